"""The only parser of receivers' URLs.

If a guard and an HTTP client parse a URL differently, they may mean different hosts. So the text is parsed here once. The
host that is vetted, resolved and called comes from the parsed parts, never from the text.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import AddressValueError, IPv6Address
from typing import Final
from urllib.parse import quote

from chalicelib.domain.errors import InvalidInput, PosthornError, RefusedUrl
from chalicelib.domain.webhooks import international

LENGTH_MAX: Final = 2_048
HOST_LENGTH_MAX: Final = 253
"""RFC 1035, 2.3.4, without the root's dot."""
PORT_MAX: Final = 65_535

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)([^#]*)(#.*)?")
_IN_BRACKETS: Final = re.compile(r"\[([^\[\]]*)\](?::(.*))?")
_PORT: Final = re.compile(r"[0-9]{1,5}")
_LABEL: Final = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMBER_AT_THE_END: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_PRINTABLE_ASCII: Final = "".join(map(chr, range(0x21, 0x7F)))


class Malformation(StrEnum):
    """What is wrong with a malformed URL."""

    LENGTH = f"is longer than {LENGTH_MAX:,} characters"
    CHARACTERS = "contains white space, a control character or a backslash"
    FORM = "does not have the form https://host/path"
    FRAGMENT = "has a fragment (#…), which is never sent; remove it, or write # as %23"
    BRACKETS = "has brackets that do not match"
    PORT = f"has a port that is not a number from 1 to {PORT_MAX:,}"
    IPV6 = "has brackets that do not contain an IPv6 address"
    ZONE = "has an IPv6 address with a zone"
    HOST = "has no host, or one that is not a valid internet name"
    IDNA = "has a host that cannot be converted to a valid internet name"
    IPV4 = "has a host that ends in a number and is not an IPv4 address"


class Refusal(StrEnum):
    """Why a well-formed URL is never called."""

    SCHEME = "its scheme is neither https nor http"
    HTTP = "its scheme must be https"
    CREDENTIALS = "it contains credentials; use 'authentication' or 'headers' instead"
    DOT = "its host ends in a dot"


@dataclass(frozen=True, slots=True)
class ReceiverUrl:
    """A parsed URL. `host` is ASCII in lower case, without brackets; `target` is the path and the query, in ASCII."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        """Scheme, host and port, also if the port is the default."""
        return f"{self.scheme}://{self._bracketed_host}:{self.port}"

    @property
    def masked(self) -> str:
        """The URL for logs, without path and query, since they are the secret of a chat's webhook."""
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self._bracketed_host}{port}/…"

    @property
    def _bracketed_host(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


def parse(url: str, *, allow_http: bool = True) -> ReceiverUrl:
    """Parse a URL; raise `InvalidInput` if it is malformed, `RefusedUrl` if it is well formed but never called."""
    if len(url) > LENGTH_MAX:
        raise _malformed(Malformation.LENGTH)
    if not url.isprintable() or " " in url or "\\" in url:
        raise _malformed(Malformation.CHARACTERS)
    match = _URL.fullmatch(url)
    if match is None:
        raise _malformed(Malformation.FORM)
    scheme, authority, target, fragment = match.groups()
    if fragment is not None:
        raise _malformed(Malformation.FRAGMENT)
    scheme = _scheme(scheme.lower(), allow_http=allow_http)
    host, port = _split(authority)
    return ReceiverUrl(scheme, host, _port(port, scheme), _target(target))


def origin(url: str) -> str | None:
    """A URL's scheme, host and port; ``None`` if it cannot be parsed."""
    try:
        return parse(url).origin
    except PosthornError:
        return None


def masked(url: str) -> str:
    """A URL for logs: its scheme and host, or a placeholder if it cannot be parsed."""
    try:
        return parse(url).masked
    except PosthornError:
        return "(a malformed URL)"


def is_literal(host: str) -> bool:
    """Whether a parsed URL's host is an IP address and not a name."""
    return ":" in host or _NUMBER_AT_THE_END.fullmatch(host) is not None


def _malformed(problem: Malformation) -> InvalidInput:
    return InvalidInput(f"The URL {problem}.", {"url": problem})


def _refused(problem: Refusal) -> RefusedUrl:
    return RefusedUrl(f"The URL is refused: {problem}.", {"url": problem})


def _scheme(scheme: str, *, allow_http: bool) -> str:
    if scheme not in _DEFAULT_PORTS:
        raise _refused(Refusal.SCHEME)
    if scheme == "http" and not allow_http:
        raise _refused(Refusal.HTTP)
    return scheme


def _split(authority: str) -> tuple[str, str | None]:
    """Split ``host:port``."""
    if "@" in authority:
        raise _refused(Refusal.CREDENTIALS)
    if authority.startswith("["):
        match = _IN_BRACKETS.fullmatch(authority)
        if match is None:
            raise _malformed(Malformation.BRACKETS)
        return _ipv6(match[1]), match[2]
    host, colon, port = authority.partition(":")
    return _name(host), port if colon else None


def _port(text: str | None, scheme: str) -> int:
    if text is None:
        return _DEFAULT_PORTS[scheme]
    if _PORT.fullmatch(text) is None or not 0 < int(text) <= PORT_MAX:
        raise _malformed(Malformation.PORT)
    return int(text)


def _target(text: str) -> str:
    """Keep ASCII as written; percent-encode everything else (RFC 3987, 3.1)."""
    encoded = text if text.isascii() else quote(text, safe=_PRINTABLE_ASCII)
    return encoded if encoded.startswith("/") else f"/{encoded}"


def _ipv6(text: str) -> str:
    """Parse the address in brackets. A zone (``fe80::1%eth0``) is refused, since it is valid on one machine only."""
    try:
        address = IPv6Address(text)
    except AddressValueError as error:
        raise _malformed(Malformation.IPV6) from error
    if address.scope_id is not None:
        raise _malformed(Malformation.ZONE)
    return str(address)


def _name(text: str) -> str:
    """The host in ASCII. If it ends in a number, it is an IPv4 address in one of its many forms."""
    host = _ascii(text)
    if host.endswith("."):
        raise _refused(Refusal.DOT)
    if len(host) > HOST_LENGTH_MAX or _NAME.fullmatch(host) is None:
        raise _malformed(Malformation.HOST)
    return _ipv4(host) if is_literal(host) else host


def _ascii(text: str) -> str:
    """Encode by IDNA. This also maps circled digits to 127, which are then parsed as an address."""
    if text.isascii():
        return text.lower()
    if len(text) > HOST_LENGTH_MAX:
        raise _malformed(Malformation.HOST)
    try:
        return international.to_ascii(text)
    except international.NotAName as error:
        raise _malformed(Malformation.IDNA) from error


def _ipv4(host: str) -> str:
    """Parse ``127.1``, ``0x7f.1``, ``2130706433`` as the C library does, and write it in the usual form."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError as error:
        raise _malformed(Malformation.IPV4) from error
