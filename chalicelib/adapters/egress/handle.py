"""One libcurl handle, set up once for all that never changes and used for one request after another.

How a connection is held to the addresses that were vetted:

* libcurl never resolves a receiver's name. `CONNECT_TO` sends it to a made-up name that stands for the vetted addresses
  (a digest of them under `.invalid`), and `RESOLVE` gives that name those addresses. The URL keeps the real name: so do
  `Host`, SNI and the check of the certificate.
* When a socket is about to be opened, `OPENSOCKETFUNCTION` vets the address itself once more, and that it is one of those.
* Kept connections are pooled under the made-up name as well as the real one. So one is used again only by an attempt whose
  own look-up led to the very same set of addresses; for any other set there is another name, and another connection.
* Before a request leaves on a kept connection, `PREREQFUNCTION` looks whether it is young and clean; else a new one is made.
  From then on the connection is watched: an answer that was there before the request is none, and a request to which any
  byte came back is not sent again.
"""

from __future__ import annotations

import hashlib
import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

import pycurl

from chalicelib.adapters.egress.answer import Answer
from chalicelib.adapters.egress.connections import CONNECTION_IDLE_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.adapters.egress.connections import KeptConnection, KeptConnections
    from chalicelib.adapters.egress.limits import Limits
    from chalicelib.domain.delivery.attempt import OutboundRequest
    from chalicelib.domain.webhooks.addresses import AddressPolicy
    from chalicelib.domain.webhooks.urls import ReceiverUrl

ADDRESSES_TRIED_MAX: Final = 8
"""Addresses of a name that one attempt may try. All that the name has are vetted."""
CONNECTION_LIFE_S: Final = 300

_CONSTANT_OPTIONS: Final = (
    (pycurl.NOSIGNAL, 1),
    (pycurl.POST, 1),
    # What the URL may be, and nothing that leads elsewhere.
    (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
    (pycurl.FOLLOWLOCATION, 0),
    (pycurl.PROXY, ""),  # "" is no proxy, whatever the environment says; unset would ask it
    (pycurl.NOPROXY, "*"),
    (pycurl.NETRC, 0),
    # HTTP/1.1 alone: one request and one answer in flight on a connection, so an answer cannot belong to another request.
    # HTTP/2 would save handshakes only where a batch has many requests to one host, and add streams, windows and HPACK to
    # what a hostile receiver can play with.
    (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
    (pycurl.HTTP09_ALLOWED, 0),
    (pycurl.HTTP_CONTENT_DECODING, 0),  # the body reader expands, within its bounds
    (pycurl.PATH_AS_IS, 1),
    # TLS: the name has to be on a certificate that the bundle vouches for.
    (pycurl.SSL_VERIFYPEER, 1),
    (pycurl.SSL_VERIFYHOST, 2),
    (pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
    # Keep-alive. libcurl sends a request again by itself in one case: on a used connection that died before a byte came.
    (pycurl.MAXAGE_CONN, CONNECTION_IDLE_S),
    (pycurl.MAXLIFETIME_CONN, CONNECTION_LIFE_S),
)

_LIBCURLS_OWN_HEADERS: Final = ("Accept", "Content-Type", "Expect", "User-Agent")
"""What libcurl would add by itself: what is sent is what was signed and is kept, with Host and Content-Length."""


_NO_SOCKET: Final[int] = pycurl.SOCKET_BAD
_GO_ON: Final[int] = pycurl.PREREQFUNC_OK
_ABORT: Final[int] = pycurl.PREREQFUNC_ABORT


class _Descriptor:
    """Lends a socket to PycURL, which duplicates its descriptor at once; the original is closed with this object."""

    def __init__(self, opened: socket.socket) -> None:
        self._socket = opened

    def fileno(self) -> int:
        return self._socket.fileno()

    def __del__(self) -> None:
        self._socket.close()


class Handle:
    """A handle, the answer that it is reading, and the addresses that it may connect to."""

    def __init__(self, limits: Limits, kept: KeptConnections, ca_file: str) -> None:
        self._limits = limits
        self._kept = kept
        self._used: KeptConnection | None = None
        self._has_opened = False
        self._may_call: Callable[[str], bool] = _nobody
        self._vetted: tuple[str, ...] = ()
        self.answer = Answer(limits)
        self.refused_address: str | None = None
        self.is_stale = False
        self.curl = pycurl.Curl()
        for option, value in _CONSTANT_OPTIONS:
            self.curl.setopt(option, value)
        # The file, not its bytes: libcurl then parses it once for all handles of a multi. (Once each costs 16 ms of CPU.)
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
        """Make ready for one request to one of `addresses`, all of which `policy` lets be called."""
        self._begin(timeout_s, is_fresh=False)
        self._vetted = addresses
        self._may_call = lambda address: policy.refusal(address, url.port) is None
        pin = _pin(addresses)
        self.curl.setopt(pycurl.URL, f"{url.origin}/")
        self.curl.setopt(pycurl.REQUEST_TARGET, url.target)
        self.curl.setopt(pycurl.CONNECT_TO, [f"::{pin}:"])
        # "+" lets libcurl forget the entry; a permanent one would stay in a process that lives for hours.
        self.curl.setopt(pycurl.RESOLVE, [f"+{pin}:{url.port}:{_listed(addresses)}"])
        self.curl.setopt(pycurl.HTTPHEADER, _header_lines(request))
        self.curl.setopt(pycurl.POSTFIELDS, request.body)

    def reload(self, timeout_s: float) -> None:
        """Make ready for the same request on a new connection, the kept one being stale: nothing has left on it."""
        self._begin(timeout_s, is_fresh=True)

    def has_sent(self, body_bytes: int) -> bool:
        """Whether so many bytes of the request's body have left, which is to be asked before the handle is used again."""
        return int(self.curl.getinfo(pycurl.SIZE_UPLOAD_T)) >= body_bytes

    def unload(self) -> None:
        """Let go of the connection that was used: the request is over, or goes to another one."""
        if self._used is not None:
            self._used.close()
            self._used = None

    def _begin(self, timeout_s: float, *, is_fresh: bool) -> None:
        self.answer = Answer(self._limits)
        self.refused_address = None
        self.is_stale = False
        self._has_opened = False
        self.curl.setopt(pycurl.FRESH_CONNECT, int(is_fresh))
        self.curl.setopt(pycurl.TIMEOUT_MS, max(int(timeout_s * 1000), 1))

    def _before_sending(self, _peer_ip: str, local_ip: str, _peer_port: int, local_port: int) -> int:
        """The connection stands, and nothing was sent on it yet: a new one is clean, a kept one has to be."""
        if self._is_answered():
            return _ABORT
        if self._has_opened:
            return _GO_ON
        self.unload()
        self._used = self._kept.take(local_ip, local_port)
        self.is_stale = self._used is None
        return _ABORT if self.is_stale else _GO_ON

    def _is_answered(self) -> bool:
        """Whether libcurl is about to send again what was answered in part on a kept connection: then it may not."""
        if self._used is None or not self._used.has_spoken():
            return False
        self.answer.stop("The receiver broke the connection off in its answer.")
        return True

    def _on_header(self, line: bytes) -> int | None:
        if self.answer.is_untouched and self._is_read_ahead():
            return self.answer.stop("The receiver answered before it was asked.")
        return self.answer.on_header(line)

    def _is_read_ahead(self) -> bool:
        """Whether an answer on a kept connection was there, in a buffer, before the request was."""
        return self._used is not None and not self._has_opened and self._used.has_spoken() is False

    def _on_body(self, chunk: bytes) -> int | None:
        return self.answer.on_body(chunk)

    def _open(self, _purpose: int, peer: tuple[int, int, int, tuple[str, int]]) -> _Descriptor | int:
        """The last look, at the very address that the kernel would be given."""
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


def _nobody(_address: str) -> bool:
    return False


def _pin(addresses: tuple[str, ...]) -> str:
    """A name for a set of addresses, whatever their order; .invalid never resolves (RFC 6761, 6.4)."""
    digest = hashlib.sha256(" ".join(sorted(addresses)).encode()).hexdigest()
    return f"{digest[:40]}.invalid"


def tried(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """The addresses that an attempt may try, in the resolver's order: the first ones, and some of each family.

    libcurl tries both families side by side (RFC 8305). So a family that leads nowhere from here does not take all places.
    """
    six, four = [each for each in addresses if ":" in each], [each for each in addresses if ":" not in each]
    half = ADDRESSES_TRIED_MAX // 2
    chosen = six[: max(half, ADDRESSES_TRIED_MAX - len(four))] + four[: max(half, ADDRESSES_TRIED_MAX - len(six))]
    return tuple(each for each in addresses if each in chosen)


def _listed(addresses: tuple[str, ...]) -> str:
    return ",".join(f"[{each}]" if ":" in each else each for each in tried(addresses))


def _header_lines(request: OutboundRequest) -> list[str]:
    given = {name.lower() for name, _ in request.headers}
    # ";" is how libcurl is told that a header is to be sent without a value.
    lines = [f"{name}: {value}" if value else f"{name};" for name, value in request.headers]
    return lines + [f"{name}:" for name in _LIBCURLS_OWN_HEADERS if name.lower() not in given]
