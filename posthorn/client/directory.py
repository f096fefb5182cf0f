"""`client.users` and `client.keys`: users and their API keys for admins, and the caller's own keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posthorn.client.validation import path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posthorn.client.transport import Transport
    from posthorn.schemas import Key, KeyInput, KeyWithSecret, OwnKey, User, UserInput


class Users:
    """Users: their roles, groups and whether their keys work. Admins only."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, page_length: int | None = None) -> Iterator[User]:
        """All users."""
        return self._transport.pages("/users", {"limit": page_length})

    def get(self, user_id: str | int) -> User:
        """A user."""
        user: User = self._transport.call("GET", path("/users", user_id))
        return user

    def put(self, user_id: str | int, user: UserInput) -> User:
        """Create, change or suspend a user. Members that are left out do not change. A new user needs a name."""
        changed: User = self._transport.call("PUT", path("/users", user_id), body=user)
        return changed

    def delete(self, user_id: str | int) -> None:
        """Delete a user with their keys and webhooks."""
        self._transport.call("DELETE", path("/users", user_id))


class Keys:
    """API keys. Each belongs to a user."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, user_id: str | int, *, page_length: int | None = None) -> Iterator[Key]:
        """A user's keys, without the secret part. Admins only."""
        return self._transport.pages(path("/users", user_id, "keys"), {"limit": page_length})

    def create(self, user_id: str | int, key: KeyInput) -> KeyWithSecret:
        """Create a key for a user. Only this result contains the key itself. Admins only."""
        created: KeyWithSecret = self._transport.call("POST", path("/users", user_id, "keys"), body=key)
        return created

    def revoke(self, user_id: str | int, key_id: str) -> None:
        """Revoke a user's key. Admins only."""
        self._transport.call("DELETE", path("/users", user_id, "keys", key_id))

    def own(self, *, page_length: int | None = None) -> Iterator[OwnKey]:
        """The caller's own keys. `current` marks the key that this client uses."""
        return self._transport.pages("/me/keys", {"limit": page_length})

    def revoke_own(self, key_id: str) -> None:
        """Revoke one of the caller's own keys."""
        self._transport.call("DELETE", path("/me/keys", key_id))
