"""The directory in memory."""

from __future__ import annotations

from dataclasses import replace
from threading import RLock
from typing import TYPE_CHECKING, Any

from chalicelib.directory.ports import KeyKept
from chalicelib.domain.directory.preconditions import StandingLost
from chalicelib.domain.directory.users import OwnerNote

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.directory.users import ApiKey, Caller, User


class FakeDirectory:
    """Keeps users and keys, which are immutable. A write is atomic."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}
        self._keys: dict[str, ApiKey] = {}
        self._notes: dict[str, tuple[datetime, OwnerNote]] = {}
        self._lock = RLock()

    def require(self, held: Iterable[Standing]) -> None:
        """The precondition that the other stores check when they write."""
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

    def put_user(self, user: User, guard: Caller | None = None) -> bool:
        with self._lock:
            if not self._is_upheld(guard) or not self._is_next(user):
                return self._users.get(user.id) == user
            self._users[user.id] = user
            self._note(user.id, user.updated_at)
        self.settle_keys(user.id)
        return True

    def _is_next(self, user: User) -> bool:
        known = self._users.get(user.id)
        if known is None:
            return user.version == 1
        return (known.incarnation, known.version) == (user.incarnation, user.version - 1)

    def _is_upheld(self, guard: Caller | None) -> bool:
        user = None if guard is None else self._users.get(guard.user_id)
        return guard is None or (user is not None and user.is_still_admin(guard))

    def delete_user(self, user_id: str, at: datetime, deleted_by: str, guard: Caller | None = None) -> bool:
        with self._lock:
            if not self._is_upheld(guard):
                return False
            self._users.pop(user_id, None)
            self._note(user_id, at, deleted_by)
        self.settle_keys(user_id)
        return True

    def settle_keys(self, user_id: str) -> None:
        with self._lock:
            user = self._users.get(user_id)
            for key in self.keys_of(user_id):
                if user is None or key.incarnation != user.incarnation:
                    del self._keys[key.id]
                else:
                    self._keys[key.id] = key.with_copy_of(user)

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

    def put_key(self, key: ApiKey, at_most: int, guard: Caller | None = None) -> KeyKept:
        with self._lock:
            if key.id in self._keys:
                return KeyKept.KEPT
            user = self._users.get(key.user_id)
            if user is None or (key.incarnation, key.user_version) != (user.incarnation, user.version):
                return KeyKept.CHANGED
            if not self._is_upheld(guard):
                return KeyKept.CHANGED
            if len(self.keys_of(key.user_id)) >= at_most:
                return KeyKept.FULL
            self._keys[key.id] = key
            return KeyKept.KEPT

    def delete_key(self, key: ApiKey, guard: Caller | None = None) -> bool:
        with self._lock:
            if not self._is_upheld(guard):
                return False
            self._keys.pop(key.id, None)
            return True

    def touch_key(self, key: ApiKey, used_on: date) -> None:
        with self._lock:
            if key.id in self._keys:
                self._keys[key.id] = replace(self._keys[key.id], last_used_on=used_on)
