"""How a request shows a receiver who sends it, beside its signature."""

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
"""Printable ASCII without white space: more than RFC 6750, 2.1 allows, and still one word of one header."""
_PRINTABLE: Final = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]+")
"""RFC 7617, 2: no control characters; UTF-8 is encoded, so that any other character may stand."""


@dataclass(frozen=True, slots=True)
class BasicAuthentication:
    """A user's name and password (RFC 7617)."""

    TAG: ClassVar = "basic"

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BearerAuthentication:
    """A token as it stands (RFC 6750)."""

    TAG: ClassVar = "bearer"

    token: str = field(repr=False)


class ClientAuthentication(StrEnum):
    """How a client shows a token server who it is (RFC 6749, 2.3.1)."""

    BASIC = "basic"
    """In the header `authorization`, form-encoded first, as the RFC asks."""
    BASIC_RAW = "basicRaw"
    """In the same header as they are, for servers that do not decode them."""
    BODY = "body"
    """In the request's body, as `client_id` and `client_secret`."""


@dataclass(frozen=True, slots=True)
class OAuth2Authentication:
    """A token that is fetched with the client's own credentials (RFC 6749, 4.4)."""

    TAG: ClassVar = "oauth2"

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str | None = None
    client_authentication: ClientAuthentication = ClientAuthentication.BASIC


Authentication = BasicAuthentication | BearerAuthentication | OAuth2Authentication


@dataclass(frozen=True, slots=True)
class AuthenticationDraft:
    """What an owner wrote; where `keeps_secret`, the secret in it is empty, and the one that is there is meant."""

    written: Authentication
    keeps_secret: bool = False

    def completed(self, kept: Authentication | None) -> Authentication:
        """The authentication that is to stand in the place of `kept`; raise `RefusedHeader` where it cannot be sent.

        A client's secret is kept for its own token server only: else whoever may edit a webhook could have it sent to
        another one, and read there what is never shown here.
        """
        complete = _with_secret_of(kept, self.written) if self.keeps_secret else self.written
        _check(complete)
        return complete


def value(authentication: Authentication | None, token: str | None) -> str | None:
    """What stands in the header `authorization`; `token` is the one that was fetched, where one is needed."""
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
    """A name and a password as one word (RFC 7617, 2)."""
    return f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"


def require_one(headers: Headers, authentication: Authentication | None) -> None:
    """Raise `RefusedHeader` where a header of an owner's own would stand beside what authenticates the request."""
    if authentication is not None and HEADER in dict(headers):
        message = "A webhook has either 'authentication' or a header 'authorization' of its own, not both."
        raise RefusedHeader(message, {f"headers.{HEADER}": "there is 'authentication' already"})


def _with_secret_of(kept: Authentication | None, written: Authentication) -> Authentication:
    match written, kept:
        case BasicAuthentication(), BasicAuthentication(_, password):
            return replace(written, password=password)
        case BearerAuthentication(), BearerAuthentication():
            return kept
        case OAuth2Authentication(token_url), OAuth2Authentication(same_url, _, client_secret) if token_url == same_url:
            return replace(written, client_secret=client_secret)
    message = "There is no secret of that authentication to keep. Write one."
    raise RefusedHeader(message, {f"authentication.{secret_member(written)}": "there is no secret to keep"})


def _check(authentication: Authentication) -> None:
    """Raise `RefusedHeader` naming the first member that would make a header that cannot be sent."""
    match authentication:
        case BasicAuthentication(username, password):
            is_name = _is_printable(username) and ":" not in username
            _require(is_name, "username", "has no colon and no control character")
            _require(_is_printable(password), "password", "has no control character")
        case BearerAuthentication(token):
            _require(_TOKEN.fullmatch(token) is not None, "token", "is of printable ASCII, without white space")
        case OAuth2Authentication(_, client_id, client_secret, _, way):
            _require(_is_printable(client_id), "clientId", "has no control character")
            is_whole = way is not ClientAuthentication.BASIC_RAW or ":" not in client_id
            _require(is_whole, "clientId", "has no colon if clientAuthentication is basicRaw")
            _require(_is_printable(client_secret), "clientSecret", "has no control character")


def _is_printable(text: str) -> bool:
    return _PRINTABLE.fullmatch(text) is not None


def _require(is_so: bool, member: str, rule: str) -> None:  # noqa: FBT001 - it reads as a sentence
    if not is_so:
        message = f"The authentication cannot be sent: {member} {rule}."
        raise RefusedHeader(message, {f"authentication.{member}": rule})


def secret_member(authentication: Authentication) -> str:
    """What the secret of an authentication is called on the wire."""
    match authentication:
        case BasicAuthentication():
            return "password"
        case BearerAuthentication():
            return "token"
        case OAuth2Authentication():
            return "clientSecret"
