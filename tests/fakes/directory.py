"""The directory in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chalicelib.domain.directory import OwnerNote
from chalicelib.domain.standing import StandingLost

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from chalicelib.domain.directory import ApiKey, User
    from chalicelib.domain.standing import Standing


class FakeDirectory:
    """Keeps users and keys, which nobody can change after handing them in."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}
        self._keys: dict[str, ApiKey] = {}
        self._notes: dict[str, tuple[datetime, OwnerNote]] = {}

    def require(self, held: Iterable[Standing]) -> None:
        """What the other stores check in the moment of a write."""
        if not all(each.holds_for(self.user(each.user_id)) for each in held):
            raise StandingLost

    def user(self, user_id: str) -> User | None:
        return self._users.get(user_id)

    def users_of(self, user_ids: Collection[str]) -> dict[str, User]:
        return {user_id: self._users[user_id] for user_id in user_ids if user_id in self._users}

    def note_owner(self, user_id: str, at: datetime) -> None:
        self._note(user_id, at)

    def names(self, user_ids: Collection[str]) -> dict[str, str]:
        return {user_id: self._users[user_id].name for user_id in user_ids if user_id in self._users}

    def users(self, after: str | None, limit: int) -> list[User]:
        return [user for user_id, user in sorted(self._users.items()) if user_id > (after or "")][:limit]

    def put_user(self, user: User) -> None:
        self._users[user.id] = user
        self._note(user.id, user.updated_at)
        self.carry_over(user)

    def carry_over(self, user: User) -> None:
        for key in self.keys_of(user.id):
            self._keys[key.id] = replace(key, role=user.role, groups=user.groups)

    def delete_user(self, user_id: str, at: datetime, deleted_by: str) -> None:
        for key in self.keys_of(user_id):
            self.delete_key(key)
        self._users.pop(user_id, None)
        self._note(user_id, at, deleted_by)

    def _note(self, user_id: str, at: datetime, deleted_by: str | None = None) -> None:
        _, known = self._notes.get(user_id, (at, OwnerNote(user_id=user_id, since=at)))
        deleted: dict[str, Any] = {"deleted_at": at, "deleted_by": deleted_by} if deleted_by is not None else {}
        self._notes[user_id] = (at, replace(known, since=at, **deleted))

    def owner_note(self, user_id: str) -> OwnerNote | None:
        return self._notes[user_id][1] if user_id in self._notes else None

    def owner_notes(self, noted_before: datetime, limit: int) -> list[OwnerNote]:
        return [note for _, (at, note) in sorted(self._notes.items()) if at < noted_before][:limit]

    def renew_owner_note(self, note: OwnerNote, now: datetime) -> bool:
        kept = self.owner_note(note.user_id)
        if kept is None or kept.since != note.since:
            return False
        self._notes[note.user_id] = (now, kept)
        return True

    def forget_owner_note(self, note: OwnerNote) -> None:
        kept = self.owner_note(note.user_id)
        if kept is not None and kept.since == note.since:
            del self._notes[note.user_id]

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
