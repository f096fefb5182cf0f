"""A libcurl handle. Its constant options are set once, and it is used for one request after another.

How a connection is restricted to the vetted addresses:

* libcurl never resolves a receiver's name. `CONNECT_TO` makes it connect to a generated name for the set of vetted addresses
  (a digest of them under `.invalid`), and `RESOLVE` maps that name to those addresses. The URL keeps the real name, which
  is used for `Host`, SNI and the check of the certificate.
* Before a socket is opened, `OPENSOCKETFUNCTION` vets the address again, and checks that it is one of the vetted addresses.
* Idle connections are pooled by the generated name as well as the real one. So a connection is only reused by an attempt
  whose own lookup found exactly the same set of addresses. Any other set has another name, and another connection.
* Before a request is sent on an idle connection, `PREREQFUNCTION` checks that it is young and clean; otherwise a new one is
  opened. From then on the connection is watched: data that arrived before the request is not its response, and a request
  is not sent again after any byte of a response was received.
"""

from __future__ import annotations

import hashlib
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

import pycurl

from chalicelib.adapters.egress.connections import CONNECTION_IDLE_S
from chalicelib.adapters.egress.response_reader import ResponseReader

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.adapters.egress.connections import IdleConnections, ReusedConnection
    from chalicelib.adapters.egress.limits import Limits
    from chalicelib.domain.delivery.attempt import OutboundRequest
    from chalicelib.domain.webhooks.addresses import AddressPolicy
    from chalicelib.domain.webhooks.urls import ReceiverUrl

ADDRESSES_TRIED_MAX: Final = 8
"""Addresses of a name that one attempt may try. All addresses of the name are vetted."""
CONNECTION_LIFE_S: Final = 300

_CONSTANT_OPTIONS: Final = (
    (pycurl.NOSIGNAL, 1),
    (pycurl.POST, 1),
    # Only http and https, and nothing that redirects the request.
    (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
    (pycurl.FOLLOWLOCATION, 0),
    (pycurl.PROXY, ""),  # "" is no proxy; if unset, libcurl would read the environment
    (pycurl.NOPROXY, "*"),
    (pycurl.NETRC, 0),
    # Only HTTP/1.1: a connection has one request in flight, so a response cannot belong to another request. HTTP/2 would
    # save handshakes only if a batch has many requests to one host, and would add streams, windows and HPACK to what a
    # hostile receiver can attack.
    (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
    (pycurl.HTTP09_ALLOWED, 0),
    (pycurl.HTTP_CONTENT_DECODING, 0),  # the body reader decompresses, within its limits
    (pycurl.PATH_AS_IS, 1),
    # TLS: the certificate must be for the name and signed by an authority of the bundle.
    (pycurl.SSL_VERIFYPEER, 1),
    (pycurl.SSL_VERIFYHOST, 2),
    (pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
    # Keep-alive. libcurl itself sends a request again in one case: if a reused connection breaks before a byte is received.
    (pycurl.MAXAGE_CONN, CONNECTION_IDLE_S),
    (pycurl.MAXLIFETIME_CONN, CONNECTION_LIFE_S),
)

_LIBCURLS_OWN_HEADERS: Final = ("Accept", "Content-Type", "Expect", "User-Agent")
"""Headers that libcurl would add. They are turned off: only the recorded headers, Host and Content-Length are sent."""


_NO_SOCKET: Final[int] = pycurl.SOCKET_BAD
_GO_ON: Final[int] = pycurl.PREREQFUNC_OK
_ABORT: Final[int] = pycurl.PREREQFUNC_ABORT


class _Descriptor:
    """Passes a socket to PycURL, which duplicates its descriptor at once. The original is closed with this object."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened

    def fileno(self) -> int:
        return self._socket.fileno()

    def __del__(self) -> None:
        self._socket.close()


class Handle:
    """A handle, the response that it reads, and the addresses to which it may connect."""

    def __init__(self, limits: Limits, idle: IdleConnections, ca_file: str) -> None:
        self._limits = limits
        self._idle = idle
        self._reused: ReusedConnection | None = None
        self._has_opened = False
        self._may_call: Callable[[str], bool] = _no_address
        self._vetted: tuple[str, ...] = ()
        self.reader = ResponseReader(limits)
        self.refused_address: str | None = None
        self.is_stale = False
        self.curl = pycurl.Curl()
        for option, value in _CONSTANT_OPTIONS:
            self.curl.setopt(option, value)
        # As a file, libcurl parses it once for all handles of a multi. As bytes, each handle would need 16 ms of CPU.
        self.curl.setopt(pycurl.CAINFO, ca_file)
        self.curl.unsetopt(pycurl.CAPATH)
        self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open)
        self.curl.setopt(pycurl.PREREQFUNCTION, self._before_sending)
        self.curl.setopt(pycurl.HEADERFUNCTION, self._on_header)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._on_body)

    def load(
        self,
        request: OutboundRequest,
        url: ReceiverUrl,
        addresses: tuple[str, ...],
        timeout_s: float,
        policy: AddressPolicy,
    ) -> None:
        """Prepare for a request to one of `addresses`, all of which `policy` allows."""
        self._begin(timeout_s, is_fresh=False)
        self._vetted = addresses
        self._may_call = lambda address: policy.refusal(address, url.port) is None
        pin = _pin(addresses)
        self.curl.setopt(pycurl.URL, f"{url.origin}/")
        self.curl.setopt(pycurl.REQUEST_TARGET, url.target)
        self.curl.setopt(pycurl.CONNECT_TO, [f"::{pin}:"])
        # With "+" the entry expires. A permanent one would stay in a process that runs for hours.
        self.curl.setopt(pycurl.RESOLVE, [f"+{pin}:{url.port}:{_listed(addresses)}"])
        self.curl.setopt(pycurl.HTTPHEADER, _header_lines(request))
        self.curl.setopt(pycurl.POSTFIELDS, request.body)

    def reload(self, timeout_s: float) -> None:
        """Prepare for the same request on a new connection, because the idle one is stale. Nothing was sent on it."""
        self._begin(timeout_s, is_fresh=True)

    def has_sent(self, body_bytes: int) -> bool:
        """Whether that many bytes of the body were sent. It must be called before the handle is used again."""
        return int(self.curl.getinfo(pycurl.SIZE_UPLOAD_T)) >= body_bytes

    def unload(self) -> None:
        """Stop watching the reused connection: the request has ended, or uses another one."""
        if self._reused is not None:
            self._reused.close()
            self._reused = None

    def _begin(self, timeout_s: float, *, is_fresh: bool) -> None:
        self.reader = ResponseReader(self._limits)
        self.refused_address = None
        self.is_stale = False
        self._has_opened = False
        self.curl.setopt(pycurl.FRESH_CONNECT, int(is_fresh))
        self.curl.setopt(pycurl.TIMEOUT_MS, max(int(timeout_s * 1000), 1))

    def _before_sending(self, _peer_ip: str, local_ip: str, _peer_port: int, local_port: int) -> int:
        """Called when connected, before anything is sent. A new connection is clean; an idle one is checked."""
        if self._is_answered():
            return _ABORT
        if self._has_opened:
            return _GO_ON
        self.unload()
        self._reused = self._idle.take(local_ip, local_port)
        self.is_stale = self._reused is None
        return _ABORT if self.is_stale else _GO_ON

    def _is_answered(self) -> bool:
        """Whether libcurl would send a request again after a part of its response was received, which it must not."""
        if self._reused is None or not self._reused.has_received():
            return False
        self.reader.stop("The receiver closed the connection during its response.")
        return True

    def _on_header(self, line: bytes) -> int | None:
        if self.reader.is_untouched and self._is_read_ahead():
            return self.reader.stop("The receiver sent a response before the request.")
        return self.reader.on_header(line)

    def _is_read_ahead(self) -> bool:
        """Whether a response on a reused connection was in a buffer before the request was sent."""
        return self._reused is not None and not self._has_opened and self._reused.has_received() is False

    def _on_body(self, chunk: bytes) -> int | None:
        return self.reader.on_body(chunk)

    def _open(self, _purpose: int, peer: tuple[int, int, int, tuple[str, int]]) -> _Descriptor | int:
        """The last check, of the exact address that is passed to the kernel."""
        family, kind, protocol, address = peer
        if self._is_answered():
            return _NO_SOCKET
        if not self._may_connect(family, address[0]):
            self.refused_address = str(address[0])
            return _NO_SOCKET
        self._has_opened = True
        return _Descriptor(socket.socket(family, kind, protocol))

    def _may_connect(self, family: int, host: str) -> bool:
        if family not in {socket.AF_INET, socket.AF_INET6} or not self._may_call(host):
            return False
        return ip_address(host) in set(map(ip_address, self._vetted))


def _no_address(_address: str) -> bool:
    return False


def _pin(addresses: tuple[str, ...]) -> str:
    """A name for a set of addresses in any order; .invalid never resolves (RFC 6761, 6.4)."""
    digest = hashlib.sha256(" ".join(sorted(addresses)).encode()).hexdigest()
    return f"{digest[:40]}.invalid"


def tried(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """The addresses that an attempt may try, in the resolver's order: the first ones of each family.

    libcurl tries both families in parallel (RFC 8305). So a family without a route must not use up all places.
    """
    six, four = [each for each in addresses if ":" in each], [each for each in addresses if ":" not in each]
    half = ADDRESSES_TRIED_MAX // 2
    chosen = six[: max(half, ADDRESSES_TRIED_MAX - len(four))] + four[: max(half, ADDRESSES_TRIED_MAX - len(six))]
    return tuple(each for each in addresses if each in chosen)


def _listed(addresses: tuple[str, ...]) -> str:
    return ",".join(f"[{each}]" if ":" in each else each for each in tried(addresses))


def _header_lines(request: OutboundRequest) -> list[str]:
    names = {name.lower() for name, _ in request.headers}
    # For libcurl, ";" means that a header is sent without a value.
    lines = [f"{name}: {value}" if value else f"{name};" for name, value in request.headers]
    return lines + [f"{name}:" for name in _LIBCURLS_OWN_HEADERS if name.lower() not in names]
