"""`client.users` and `client.keys`: the directory, for admins; and everybody's own keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posthorn.client.addresses import segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posthorn.client.given import KeyInput, UserInput
    from posthorn.client.shown import Key, KeyWithSecret, OwnKey, User
    from posthorn.client.transport import Transport


class Users:
    """Who has keys, and belongs to which groups."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, page_length: int | None = None) -> Iterator[User]:
        """All users, page by page as they are taken."""
        return self._transport.pages("/users", {"limit": page_length})

    def get(self, user_id: str | int) -> User:
        """One of them."""
        user: User = self._transport.call("GET", _path(user_id))
        return user

    def put(self, user_id: str | int, user: UserInput) -> User:
        """Make a user, or change or suspend one; what is left out stays as it is. A new user needs a name."""
        put: User = self._transport.call("PUT", _path(user_id), body=user)
        return put

    def delete(self, user_id: str | int) -> None:
        """Remove a user with their keys and webhooks."""
        self._transport.call("DELETE", _path(user_id))


class Keys:
    """API keys, each of a user."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, user_id: str | int, *, page_length: int | None = None) -> Iterator[Key]:
        """A user's keys, without themselves."""
        return self._transport.pages(_path(user_id, "keys"), {"limit": page_length})

    def create(self, user_id: str | int, key: KeyInput) -> KeyWithSecret:
        """Make a key for a user; it is shown here, once."""
        made: KeyWithSecret = self._transport.call("POST", _path(user_id, "keys"), body=key)
        return made

    def revoke(self, user_id: str | int, key_id: str) -> None:
        """Make a key worthless."""
        self._transport.call("DELETE", _path(user_id, "keys", key_id))

    def own(self, *, page_length: int | None = None) -> Iterator[OwnKey]:
        """The keys of the caller's own; `current` is the one that the client has."""
        return self._transport.pages("/me/keys", {"limit": page_length})

    def revoke_own(self, key_id: str) -> None:
        """Make one of the caller's own keys worthless."""
        self._transport.call("DELETE", f"/me/keys/{segment(key_id)}")


def _path(*parts: str | int) -> str:
    return "/".join(["/users", *map(segment, parts)])
