"""Authentication: the check of every request's API key."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain.directory import users as domain
from chalicelib.domain.directory.users import ApiKey, Caller
from chalicelib.domain.errors import NotAuthenticated

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.directory.ports import Directory
    from chalicelib.ports import Clock

_CACHED_KEYS_MAX: Final = 10_000


class Callers:
    """Authenticates callers by their keys, and caches a key for some seconds."""

    def __init__(self, *, directory: Directory, clock: Clock, key_cache_s: float) -> None:
        self._directory = directory
        self._clock = clock
        self._key_cache = timedelta(seconds=key_cache_s)
        self._cached: dict[str, tuple[ApiKey, datetime]] = {}

    def authenticate(self, authorization: str | None) -> Caller:
        """The caller with the key in this ``Authorization`` header, raw or after ``Bearer``; raise `NotAuthenticated`."""
        presented = _presented_key(authorization)
        key = self._key(domain.key_id(presented))
        if key is None or not key.is_for(presented):
            message = "The API key is unknown or was revoked."
            raise NotAuthenticated(message)
        if not key.is_enabled:
            message = (
                'The API key\'s user is suspended. An admin can enable the user again: PUT /users/{id} with "enabled": true.'
            )
            raise NotAuthenticated(message)
        if key.expires_at is not None and key.is_expired(self._clock.now()):
            message = f"The API key expired at {key.expires_at:%Y-%m-%dT%H:%M:%SZ}. Ask an admin for a new one."
            raise NotAuthenticated(message)
        return Caller(key.user_id, key.role, key.groups, key.rights, key.incarnation, key.id)

    def forget_key(self, key_id: str) -> None:
        """Remove a key from the cache."""
        self._cached.pop(key_id, None)

    def forget_user(self, user_id: str) -> None:
        """Remove all keys of a user from the cache."""
        self._cached = {key_id: entry for key_id, entry in self._cached.items() if entry[0].user_id != user_id}

    def _key(self, key_id: str) -> ApiKey | None:
        """The key from the cache, or else from the table. The day of its use is written once a day."""
        now = self._clock.now()
        cached = self._cached.get(key_id)
        if cached is not None and now < cached[1]:
            return cached[0]
        key = self._directory.key(key_id)
        if key is None:
            self._cached.pop(key_id, None)
            return None
        if key.last_used_on != now.date():
            self._directory.touch_key(key, now.date())
            key = replace(key, last_used_on=now.date())
        if len(self._cached) >= _CACHED_KEYS_MAX:
            self._cached.clear()
        self._cached[key_id] = (key, now + self._key_cache)
        return key


def _presented_key(authorization: str | None) -> str:
    """The key in the header; raise `NotAuthenticated` if there is none."""
    scheme, _, rest = (authorization or "").strip().partition(" ")
    presented = rest.strip() if scheme.lower() == "bearer" else (authorization or "").strip()
    if not presented:
        message = "Send an API key in the header Authorization: Bearer <key>."
        raise NotAuthenticated(message)
    return presented
