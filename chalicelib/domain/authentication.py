"""How a request shows a receiver who sends it, beside its signature."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BasicAuthentication:
    """A user's name and password (RFC 7617)."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BearerAuthentication:
    """A token as it stands (RFC 6750)."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OAuth2Authentication:
    """A token that is fetched with the client's own credentials (RFC 6749, 4.4)."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str | None = None


Authentication = BasicAuthentication | BearerAuthentication | OAuth2Authentication
