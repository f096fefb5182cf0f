"""API keys in the directory table, each with a pointer from its user.

The count is `key_count` of the user's item. It changes in the transaction that creates or deletes a key, so the limit holds
however many requests create keys concurrently. Users from before there were counts have none: their keys are counted before
the first such change, and the count is written only if there is still none. Until then nothing changes the number of keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from chalicelib import concurrency
from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import batches, directory_item, user_conditions
from chalicelib.adapters.dynamodb.guards import Guarded
from chalicelib.adapters.dynamodb.stored import SortKey
from chalicelib.adapters.dynamodb.table import Condition, Query, Table
from chalicelib.adapters.dynamodb.user_conditions import all_of
from chalicelib.directory.ports import KeyKept
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.directory.users import ApiKey, Caller, User

_TRIES: Final = 3


class Found(NamedTuple):
    """The ids of a user's pointers, and the keys that exist."""

    ids: list[str]
    kept: list[ApiKey]


@dataclass(frozen=True, slots=True)
class DirectoryKeys:
    """The keys of the directory table."""

    table: Table

    def get(self, key_id: str) -> ApiKey | None:
        """One key, by one read."""
        item = self.table.get(directory_item.key_key(key_id))
        return None if item is None else directory_item.decode_key(item)

    def of(self, user_id: str) -> Found:
        """The keys of a user."""
        ids = self._ids(user_id)
        items = batches.read(self.table, [directory_item.key_key(each) for each in ids])
        return Found(ids, [directory_item.decode_key(item) for item in items])

    def settle(self, user_id: str) -> None:
        """Remove the keys of earlier incarnations of the user, and copy the user's role, groups and switch to the others.

        The keys are read before the user. So a key of an incarnation other than the one read belongs to nobody, since keys
        are created under a condition on their user.
        """
        ids, kept = self.of(user_id)
        if not ids:
            return
        user = self._user(user_id)
        current = [key for key in kept if user is not None and key.incarnation == user.incarnation]
        self._remove(user_id, sorted(set(ids) - {key.id for key in current}))
        if user is not None:
            self._carry_over(user, [key for key in current if key.user_version < user.version])

    def put(self, key: ApiKey, at_most: int, guard: Caller | None) -> KeyKept:
        """Write the key, the pointer and the count in one transaction, with conditions on the user and on the admin."""
        expected = (
            user_conditions.is_incarnation(key.incarnation),
            user_conditions.is_version(key.user_version),
            user_conditions.IS_COUNTED,
            user_conditions.has_room(at_most),
        )
        steps = [
            self.table.putting(directory_item.encode_key(key), user_conditions.IS_NEW),
            self.table.putting(directory_item.pointer_key(key)),
            *Guarded(self.table, guard).steps(key.user_id, lambda extra: self._counting(key, 1, [*expected, *extra])),
        ]
        for _ in range(_TRIES):
            if self._is_made(steps):
                return KeyKept.KEPT
            found = self._why_not(key, at_most, Guarded(self.table, guard))
            if found is not None:
                return found
        return KeyKept.CHANGED

    def delete(self, key: ApiKey, guard: Caller | None) -> bool:
        """Delete the key and the pointer and change the count, in one transaction. A key of nobody is removed alone."""
        guarded = Guarded(self.table, guard)
        expected = (user_conditions.is_incarnation(key.incarnation), user_conditions.IS_COUNTED)
        steps = [
            self.table.deleting(directory_item.key_key(key.id), user_conditions.IS_THERE),
            self.table.deleting(directory_item.pointer_key(key)),
            *guarded.steps(key.user_id, lambda extra: self._counting(key, -1, [*expected, *extra])),
        ]
        for _ in range(_TRIES):
            if self._is_made(steps):
                return True
            if not guarded.is_upheld():
                return False
            user = self._user(key.user_id)
            if user is None or user.incarnation != key.incarnation or self.get(key.id) is None:
                self._remove(key.user_id, [key.id])
                return True
            self._count(key.user_id)
        message = "The key's user keeps changing. Try again."
        raise Unavailable(message)

    def _is_made(self, steps: Sequence[dict[str, Any]]) -> bool:
        try:
            self.table.transact(steps)
        except ConditionFailed:
            return False
        return True

    def _why_not(self, key: ApiKey, at_most: int, guarded: Guarded) -> KeyKept | None:
        """Why a key was not written; ``None`` if another try may succeed."""
        kept = self.get(key.id)
        if kept is not None and (kept.digest, kept.incarnation) == (key.digest, key.incarnation):
            return KeyKept.KEPT
        item = self.table.get(directory_item.user_key(key.user_id))
        user = None if item is None else directory_item.decode_user(item)
        if item is None or user is None or (user.incarnation, user.version) != (key.incarnation, key.user_version):
            return KeyKept.CHANGED
        if not guarded.is_upheld():
            return KeyKept.CHANGED
        count = directory_item.key_count(item)
        if count is None:
            self._count(key.user_id)
            return None
        return KeyKept.FULL if count >= at_most else None

    def _count(self, user_id: str) -> None:
        """Count the keys of a user who has no count yet."""
        values = {":count": len(self._ids(user_id))}
        is_still_uncounted = all_of(user_conditions.IS_THERE, user_conditions.IS_NOT_COUNTED)
        self.table.is_updated(directory_item.user_key(user_id), "SET #key_count = :count", values, is_still_uncounted)

    def _counting(self, key: ApiKey, change: int, expected: Sequence[Condition]) -> dict[str, Any]:
        user_key = directory_item.user_key(key.user_id)
        return self.table.updating(user_key, "SET #key_count = #key_count + :change", {":change": change}, all_of(*expected))

    def _carry_over(self, user: User, keys: Sequence[ApiKey]) -> None:
        """Update each key by one conditional write. It keeps a newer state, and does not create a deleted key."""
        values = {
            ":role": user.role.value,
            ":groups": list(user.groups),
            ":is_enabled": user.is_enabled,
            ":user_version": user.version,
        }
        changes = f"SET {', '.join(f'#{name[1:]} = {name}' for name in values)}"
        is_older = Condition("(attribute_not_exists(#user_version) OR #user_version < :user_version)")
        expected = all_of(user_conditions.IS_THERE, is_older)

        def write(key: ApiKey) -> None:
            self.table.is_updated(directory_item.key_key(key.id), changes, values, expected)

        concurrency.run(write, keys)

    def _remove(self, user_id: str, key_ids: Sequence[str]) -> None:
        """Remove keys, then their pointers: a repetition after a failure still finds the keys."""
        keys = [directory_item.key_key(each) for each in key_ids]
        pointers = [directory_item.pointer_of(user_id, each) for each in key_ids]
        for some in (keys, pointers):
            batches.require(self.table, [batches.deleting(each) for each in some])

    def _user(self, user_id: str) -> User | None:
        item = self.table.get(directory_item.user_key(user_id))
        return None if item is None else directory_item.decode_user(item)

    def _ids(self, user_id: str) -> list[str]:
        query = Query(key="#pk = :pk", values={":pk": directory_item.pointers(user_id)}, is_consistent=True)
        return [SortKey.of(item).sk for item in self.table.every(query)]
