"""The directory in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from chalicelib.domain.directory import ApiKey, User


class FakeDirectory:
    """Keeps users and keys, which nobody can change after handing them in."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}
        self._keys: dict[str, ApiKey] = {}

    def user(self, user_id: str) -> User | None:
        return self._users.get(user_id)

    def names(self, user_ids: Collection[str]) -> dict[str, str]:
        return {user_id: self._users[user_id].name for user_id in user_ids if user_id in self._users}

    def users(self, after: str | None, limit: int) -> list[User]:
        return [user for user_id, user in sorted(self._users.items()) if user_id > (after or "")][:limit]

    def put_user(self, user: User) -> None:
        self._users[user.id] = user
        for key in self.keys_of(user.id):
            self._keys[key.id] = replace(key, role=user.role, groups=user.groups)

    def delete_user(self, user_id: str) -> None:
        for key in self.keys_of(user_id):
            self.delete_key(key)
        self._users.pop(user_id, None)

    def key(self, key_id: str) -> ApiKey | None:
        return self._keys.get(key_id)

    def keys_of(self, user_id: str) -> list[ApiKey]:
        keys = (key for key in self._keys.values() if key.user_id == user_id)
        return sorted(keys, key=lambda key: (key.created_at, key.id))

    def put_key(self, key: ApiKey) -> None:
        self._keys.setdefault(key.id, key)

    def delete_key(self, key: ApiKey) -> None:
        self._keys.pop(key.id, None)

    def touch_key(self, key: ApiKey, used_on: date) -> None:
        if key.id in self._keys:
            self._keys[key.id] = replace(self._keys[key.id], last_used_on=used_on)
