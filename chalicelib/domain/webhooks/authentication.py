"""How requests authenticate to a receiver, in addition to their signature."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Final

from chalicelib.domain.errors import RefusedHeader

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import Headers

SECRET_LENGTH_MAX: Final = 4_096
HEADER: Final = "authorization"

_TOKEN: Final = re.compile(r"[\x21-\x7e]+")
"""Printable ASCII without white space. This is more than RFC 6750, 2.1 allows, but still a single word of a header."""
_PRINTABLE: Final = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")
"""RFC 7617, 2: no control characters. Others are allowed, since the text is encoded as UTF-8."""


@dataclass(frozen=True, slots=True)
class BasicAuthentication:
    """A user name and a password (RFC 7617)."""

    TAG: ClassVar = "basic"

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BearerAuthentication:
    """A fixed token (RFC 6750)."""

    TAG: ClassVar = "bearer"

    token: str = field(repr=False)


class ClientAuthentication(StrEnum):
    """How a client authenticates to a token server (RFC 6749, 2.3.1)."""

    BASIC = "basic"
    """In the header `authorization`, form-encoded first as the RFC requires."""
    BASIC_RAW = "basicRaw"
    """In the same header, not encoded, for servers that do not decode."""
    BODY = "body"
    """In the request's body, as `client_id` and `client_secret`."""


@dataclass(frozen=True, slots=True)
class OAuth2Authentication:
    """A token that is fetched with client credentials (RFC 6749, 4.4)."""

    TAG: ClassVar = "oauth2"

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str | None = None
    client_authentication: ClientAuthentication = ClientAuthentication.BASIC


Authentication = BasicAuthentication | BearerAuthentication | OAuth2Authentication


@dataclass(frozen=True, slots=True)
class AuthenticationDraft:
    """What an owner wrote. If `keeps_secret`, its secret is empty and the current one is kept."""

    written: Authentication
    keeps_secret: bool = False

    def completed(self, current: Authentication | None) -> Authentication:
        """The authentication that replaces `current`; raise `RefusedHeader` if it cannot be sent.

        A client's secret is only kept with the same token URL. Otherwise anybody who may edit a webhook could have the
        secret sent to a server of their own.
        """
        complete = _with_secret_of(current, self.written) if self.keeps_secret else self.written
        _check(complete)
        return complete


def value(authentication: Authentication | None, token: str | None) -> str | None:
    """The value of the header `authorization`; `token` is the fetched token, if the authentication needs one."""
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
    """The header's value for a name and a password (RFC 7617, 2)."""
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


def require_one(headers: Headers, authentication: Authentication | None) -> None:
    """Raise `RefusedHeader` if a webhook has both an authentication and an own header `authorization`."""
    if authentication is not None and HEADER in dict(headers):
        message = "A webhook has either 'authentication' or a header 'authorization', not both. Remove one of them."
        raise RefusedHeader(message, {f"headers.{HEADER}": "the webhook has 'authentication' already"})


def _with_secret_of(current: Authentication | None, written: Authentication) -> Authentication:
    match written, current:
        case BasicAuthentication(), BasicAuthentication(_, password):
            return replace(written, password=password)
        case BearerAuthentication(), BearerAuthentication():
            return current
        case OAuth2Authentication(token_url), OAuth2Authentication(same_url, _, client_secret) if token_url == same_url:
            return replace(written, client_secret=client_secret)
    message = "The webhook has no secret of that authentication to keep. Send one."
    raise RefusedHeader(message, {f"authentication.{secret_member(written)}": "there is no secret to keep"})


def _check(authentication: Authentication) -> None:
    """Raise `RefusedHeader` with the first member that would make a header that cannot be sent."""
    match authentication:
        case BasicAuthentication(username, password):
            is_name = _is_printable(username) and ":" not in username
            _require(is_name, "username", "must not contain a colon or a control character")
            _require(_is_printable(password), "password", "must not contain a control character")
        case BearerAuthentication(token):
            _require(_TOKEN.fullmatch(token) is not None, "token", "must be printable ASCII without white space")
        case OAuth2Authentication(_, client_id, client_secret, _, way):
            _require(_is_printable(client_id), "clientId", "must not contain a control character")
            is_whole = way is not ClientAuthentication.BASIC_RAW or ":" not in client_id
            _require(is_whole, "clientId", "must not contain a colon if clientAuthentication is basicRaw")
            _require(_is_printable(client_secret), "clientSecret", "must not contain a control character")


def _is_printable(text: str) -> bool:
    return _PRINTABLE.fullmatch(text) is not None


def _require(is_so: bool, member: str, rule: str) -> None:  # noqa: FBT001 - it reads as a sentence
    if not is_so:
        message = f"The authentication cannot be sent: {member} {rule}."
        raise RefusedHeader(message, {f"authentication.{member}": rule})


def secret_member(authentication: Authentication) -> str:
    """The member of the API that contains the secret."""
    match authentication:
        case BasicAuthentication():
            return "password"
        case BearerAuthentication():
            return "token"
        case OAuth2Authentication():
            return "clientSecret"
