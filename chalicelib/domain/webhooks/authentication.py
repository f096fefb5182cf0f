"""How requests authenticate to the receiver, in addition to the signature."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import RefusedHeader

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import Headers

SECRET_LENGTH_MAX: Final = 4_096
HEADER: Final = "authorization"

_TOKEN: Final = re.compile(r"[\x21-\x7e]+")
"""Printable ASCII without white space: more than RFC 6750, 2.1 allows, and still one word of one header."""
_PRINTABLE: Final = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")
"""RFC 7617, 2: no control characters. UTF-8 is encoded, so any other character is allowed."""


@dataclass(frozen=True, slots=True)
class BasicAuthentication:
    """A user name and a password (RFC 7617)."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BearerAuthentication:
    """A bearer token (RFC 6750)."""

    token: str = field(repr=False)


class ClientAuthentication(StrEnum):
    """How a client authenticates to a token server (RFC 6749, 2.3.1)."""

    BASIC = "basic"
    """In the header `authorization`, form-encoded first, as the RFC requires."""
    BASIC_RAW = "basicRaw"
    """In the same header without encoding, for servers that do not decode."""
    BODY = "body"
    """In the request's body, as `client_id` and `client_secret`."""


@dataclass(frozen=True, slots=True)
class OAuth2Authentication:
    """A token that is fetched with the client credentials (RFC 6749, 4.4)."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str | None = None
    client_authentication: ClientAuthentication = ClientAuthentication.BASIC


Authentication = BasicAuthentication | BearerAuthentication | OAuth2Authentication


@dataclass(frozen=True, slots=True)
class AuthenticationDraft:
    """The authentication in a request. With `keeps_secret` its secret is empty, and means the stored one."""

    written: Authentication
    keeps_secret: bool = False

    def completed(self, kept: Authentication | None) -> Authentication:
        """The authentication that replaces `kept`; raise `RefusedHeader` if it cannot be sent.

        A client's secret is kept only for the same token server. Otherwise anybody who may edit a webhook could have it sent
        to another server and read it there.
        """
        complete = _with_secret_of(kept, self.written) if self.keeps_secret else self.written
        _check(complete)
        return complete


def value(authentication: Authentication | None, token: str | None) -> str | None:
    """The value of the header `authorization`; `token` is the fetched one, if one is needed."""
    match authentication:
        case None:
            return None
        case BasicAuthentication(username, password):
            return basic(username, password)
        case BearerAuthentication(own):
            return f"Bearer {own}"
        case OAuth2Authentication():
            return f"Bearer {token}"


def basic(username: str, password: str) -> str:
    """A user name and a password as one word (RFC 7617, 2)."""
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


def require_one(headers: Headers, authentication: Authentication | None) -> None:
    """Raise `RefusedHeader` if a custom header has the same name as the one that authenticates the request."""
    if authentication is not None and HEADER in dict(headers):
        message = "A webhook has either 'authentication' or a custom header 'authorization', not both."
        raise RefusedHeader(message, {f"headers.{HEADER}": "there is an 'authentication'"})


def _with_secret_of(kept: Authentication | None, written: Authentication) -> Authentication:
    match written, kept:
        case BasicAuthentication(), BasicAuthentication(_, password):
            return replace(written, password=password)
        case BearerAuthentication(), BearerAuthentication():
            return kept
        case OAuth2Authentication(token_url), OAuth2Authentication(same_url, _, client_secret) if token_url == same_url:
            return replace(written, client_secret=client_secret)
    message = "This authentication has no stored secret. Send one."
    raise RefusedHeader(message, {f"authentication.{secret_member(written)}": "there is no stored secret"})


def _check(authentication: Authentication) -> None:
    """Raise `RefusedHeader` for the first member that cannot be sent in a header."""
    match authentication:
        case BasicAuthentication(username, password):
            is_name = _is_printable(username) and ":" not in username
            _require(is_name, "username", "must not have a colon or a control character")
            _require(_is_printable(password), "password", "must not have a control character")
        case BearerAuthentication(token):
            _require(_TOKEN.fullmatch(token) is not None, "token", "must be printable ASCII without white space")
        case OAuth2Authentication(_, client_id, client_secret, _, way):
            _require(_is_printable(client_id), "clientId", "must not have a control character")
            is_whole = way is not ClientAuthentication.BASIC_RAW or ":" not in client_id
            _require(is_whole, "clientId", "must not have a colon if clientAuthentication is basicRaw")
            _require(_is_printable(client_secret), "clientSecret", "must not have a control character")


def _is_printable(text: str) -> bool:
    return _PRINTABLE.fullmatch(text) is not None


def _require(is_so: bool, member: str, rule: str) -> None:  # noqa: FBT001 - it reads as a sentence
    if not is_so:
        message = f"The authentication cannot be sent: {member} {rule}."
        raise RefusedHeader(message, {f"authentication.{member}": rule})


def secret_member(authentication: Authentication) -> str:
    """The wire name of an authentication's secret."""
    match authentication:
        case BasicAuthentication():
            return "password"
        case BearerAuthentication():
            return "token"
        case OAuth2Authentication():
            return "clientSecret"
