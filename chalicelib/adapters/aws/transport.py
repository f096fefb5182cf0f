"""How botocore's requests travel: by libcurl, over connections that are kept, at a third of the CPU of urllib3.

It stands where botocore has its own HTTP session, behind all that botocore does: what is refused, lost or late is told by
botocore's own exceptions, so that it is tried again as ever.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

import certifi
import pycurl
from botocore.awsrequest import AWSResponse
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)

if TYPE_CHECKING:
    from botocore.config import Config

_UNREACHABLE: Final = frozenset({pycurl.E_COULDNT_RESOLVE_PROXY, pycurl.E_COULDNT_RESOLVE_HOST, pycurl.E_COULDNT_CONNECT})
_UNTRUSTED: Final = frozenset(
    {
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_SSL_CERTPROBLEM,
        pycurl.E_SSL_CACERT_BADFILE,
    }
)
_CLOSED: Final = frozenset({pycurl.E_GOT_NOTHING, pycurl.E_SEND_ERROR, pycurl.E_RECV_ERROR, pycurl.E_PARTIAL_FILE})
_LEFT_OUT: Final = ("Expect:", "Accept:")
"""Headers that libcurl would add by itself."""


class Transport:
    """Sends the requests of one client, all of them POSTs; threads may share it."""

    def __init__(self, config: Config, ca_file: str | None) -> None:
        """Take the timeouts from the client's `config`; no `ca_file` means the authorities that everybody trusts.

        A request has `read_timeout` for all of it, of which `connect_timeout` for the connection.
        """
        self._connect_ms = round(config.connect_timeout * 1_000)  # type: ignore[attr-defined] # not in the stubs
        self._all_ms = round(config.read_timeout * 1_000)  # type: ignore[attr-defined]
        self._ca_file = ca_file or certifi.where()
        self._idle: deque[pycurl.Curl] = deque()

    def send(self, request: Any) -> AWSResponse:  # noqa: ANN401 - botocore has no types
        """Send a request and return the answer; raise botocore's exception where there is none."""
        curl = self._taken()
        head: list[bytes] = []
        body: list[bytes] = []
        curl.setopt(pycurl.URL, request.url)
        curl.setopt(pycurl.HTTPHEADER, _lines(request.headers))
        curl.setopt(pycurl.POSTFIELDS, request.body or b"")
        curl.setopt(pycurl.HEADERFUNCTION, head.append)
        curl.setopt(pycurl.WRITEFUNCTION, body.append)
        try:
            curl.perform()
        except pycurl.error as error:
            refusal = _refusal(curl, error, request)
            curl.close()
            raise refusal from error
        headers: Any = _headers(head)
        answer = AWSResponse(request.url, curl.getinfo(pycurl.RESPONSE_CODE), headers, _Body(body))
        self._idle.append(curl)
        return answer

    def close(self) -> None:
        """Close the connections that are kept."""
        while self._idle:
            self._idle.pop().close()

    def _taken(self) -> pycurl.Curl:
        """A handle with its connection, the one that was used last; a new one where all are in use."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._new()

    def _new(self) -> pycurl.Curl:
        curl = pycurl.Curl()
        curl.setopt(pycurl.POST, 1)
        curl.setopt(pycurl.NOSIGNAL, 1)
        curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        curl.setopt(pycurl.TCP_KEEPALIVE, 1)
        curl.setopt(pycurl.CONNECTTIMEOUT_MS, self._connect_ms)
        curl.setopt(pycurl.TIMEOUT_MS, self._all_ms)
        curl.setopt(pycurl.CAINFO, self._ca_file)
        return curl


class _Body:
    """The body of an answer, as botocore reads it from a socket."""

    def __init__(self, chunks: list[bytes]) -> None:
        self._chunks = chunks

    def stream(self) -> list[bytes]:
        """All that there is."""
        return self._chunks


def _lines(headers: Any) -> list[str]:  # noqa: ANN401 - botocore has no types
    named = [f"{name}: {value.decode() if isinstance(value, bytes) else value}" for name, value in headers.items()]
    return [*named, *_LEFT_OUT]


def _headers(head: list[bytes]) -> dict[str, str]:
    """The headers of an answer; its first line, and the empty one behind the last, have no colon in the right place."""
    parted = [line.decode("latin-1").partition(":") for line in head[1:]]
    return {name: value.strip() for name, colon, value in parted if colon}


def _refusal(curl: pycurl.Curl, error: pycurl.error, request: Any) -> Exception:  # noqa: ANN401 - botocore has no types
    """What botocore would have raised."""
    code = error.args[0]
    if code == pycurl.E_OPERATION_TIMEDOUT:
        is_connected = curl.getinfo(pycurl.CONNECT_TIME) > 0
        return (ReadTimeoutError if is_connected else ConnectTimeoutError)(endpoint_url=request.url, error=error)
    if code in _UNREACHABLE:
        return EndpointConnectionError(endpoint_url=request.url, error=error)
    if code in _UNTRUSTED:
        return SSLError(endpoint_url=request.url, error=error)
    if code in _CLOSED:
        return ConnectionClosedError(endpoint_url=request.url, request=request, error=error)
    return HTTPClientError(request=request, error=error)
