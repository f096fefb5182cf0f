"""The directory table."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import batches, directory_item
from chalicelib.adapters.dynamodb.table import Condition, Query, Table
from chalicelib.services.fields import moment

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.domain.directory import ApiKey, OwnerNote, User

_IS_NEW: Final = Condition("attribute_not_exists(#pk)")
_IS_THERE: Final = Condition("attribute_exists(#pk)")
_WRITERS: Final = 8
"""Keys that are written at once: a user may have a thousand."""


class DynamoDirectory:
    """Users, their keys, and pointers from the ones to the others."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def user(self, user_id: str) -> User | None:
        """One user."""
        item = self._table.get(directory_item.user_key(user_id))
        return None if item is None else directory_item.decode_user(item)

    def users_of(self, user_ids: Collection[str]) -> dict[str, User]:
        """Those of the users that exist, up to 100 by one request."""
        keys = [directory_item.user_key(each) for each in dict.fromkeys(user_ids)]
        found = map(directory_item.decode_user, batches.read(self._table, keys))
        return {user.id: user for user in found}

    def note_owner(self, user_id: str, at: datetime) -> None:
        """One write; a deletion that was noted before stays."""
        values = {":since": moment(at)}
        self._table.update(directory_item.owner_note_key(user_id), "SET #since = :since, #noted_at = :since", values)

    def names(self, user_ids: Collection[str]) -> dict[str, str]:
        """The names of those of the users that exist."""
        keys = [directory_item.user_key(each) for each in dict.fromkeys(user_ids)]
        return {item["sk"]["S"]: item["name"]["S"] for item in batches.read(self._table, keys, ("sk", "name"))}

    def users(self, after: str | None, limit: int) -> list[User]:
        """Users in the order of their ids."""
        query = Query(
            key="#pk = :pk" + (" AND #sk > :after" if after else ""),
            values={":pk": directory_item.USERS} | ({":after": after} if after else {}),
            is_consistent=True,
        )
        return [directory_item.decode_user(item) for item in self._table.first(query, limit)]

    def put_user(self, user: User) -> None:
        """Keep a user and the note in one transaction, then the keys; repeated after a failure, it ends the same."""
        self._table.transact([self._table.putting(directory_item.encode_user(user)), self._noting(user.id, user.updated_at)])
        self.carry_over(user)

    def carry_over(self, user: User) -> None:
        """One conditional write for each key."""
        values = {":role": user.role.value, ":groups": list(user.groups)}

        def write(key_id: str) -> None:
            key = directory_item.key_key(key_id)
            self._table.is_updated(key, "SET #role = :role, #groups = :groups", values, _IS_THERE)

        with ThreadPoolExecutor(_WRITERS) as pool:
            list(pool.map(write, self._key_ids(user.id)))

    def delete_user(self, user_id: str, at: datetime, deleted_by: str) -> None:
        """Remove the keys first: a user who is gone has none that works. Their pointers go last, for a repetition."""
        key_ids = self._key_ids(user_id)
        keys = [directory_item.key_key(each) for each in key_ids]
        pointers = [directory_item.pointer_of(user_id, each) for each in key_ids]
        for some in (keys, pointers):
            batches.require(self._table, [batches.deleting(each) for each in some])
        steps = [self._table.deleting(directory_item.user_key(user_id)), self._noting(user_id, at, deleted_by)]
        self._table.transact(steps)

    def _noting(self, user_id: str, at: datetime, deleted_by: str | None = None) -> dict[str, Any]:
        """The note of a change as a step of a transaction; a deletion that was noted before stays."""
        values = {":since": moment(at)} | ({} if deleted_by is None else {":deleted_by": deleted_by})
        changes = "SET #since = :since, #noted_at = :since"
        if deleted_by is not None:
            changes += ", #deleted_at = :since, #deleted_by = :deleted_by"
        return self._table.updating(directory_item.owner_note_key(user_id), changes, values)

    def owner_note(self, user_id: str) -> OwnerNote | None:
        """One read."""
        item = self._table.get(directory_item.owner_note_key(user_id))
        return None if item is None else directory_item.decode_owner_note(item)

    def owner_notes(self, noted_before: datetime, limit: int) -> list[OwnerNote]:
        """The one partition of notes, which is empty most of the time."""
        query = Query(
            key="#pk = :pk",
            values={":pk": directory_item.OWNER_NOTES, ":before": moment(noted_before)},
            wanted="#noted_at < :before",
        )
        return [directory_item.decode_owner_note(item) for item in self._table.first(query, limit)]

    def renew_owner_note(self, note: OwnerNote, now: datetime) -> bool:
        """One conditional write."""
        key, is_same = directory_item.owner_note_key(note.user_id), _is_since(note)
        return self._table.is_updated(key, "SET #noted_at = :now", {":now": moment(now)}, is_same)

    def forget_owner_note(self, note: OwnerNote) -> None:
        """One conditional write."""
        try:
            self._table.delete(directory_item.owner_note_key(note.user_id), _is_since(note))
        except ConditionFailed:
            return  # a later change has work of its own

    def key(self, key_id: str) -> ApiKey | None:
        """One key, by one read."""
        item = self._table.get(directory_item.key_key(key_id))
        return None if item is None else directory_item.decode_key(item)

    def keys_of(self, user_id: str) -> list[ApiKey]:
        """The keys of a user, oldest first."""
        keys = [directory_item.key_key(each) for each in self._key_ids(user_id)]
        found = map(directory_item.decode_key, batches.read(self._table, keys))
        return sorted(found, key=lambda key: (key.created_at, key.id))

    def put_key(self, key: ApiKey) -> None:
        """Keep a key and the pointer to it, unless it is there."""
        steps = [
            self._table.putting(directory_item.encode_key(key), _IS_NEW),
            self._table.putting(directory_item.pointer_key(key)),
        ]
        try:
            self._table.transact(steps)
        except ConditionFailed:
            return  # the same key was put before

    def delete_key(self, key: ApiKey) -> None:
        """Remove a key and the pointer to it."""
        steps = [
            self._table.deleting(directory_item.key_key(key.id)),
            self._table.deleting(directory_item.pointer_key(key)),
        ]
        self._table.transact(steps)

    def touch_key(self, key: ApiKey, used_on: date) -> None:
        """Note the day on which a key was used; one that is gone does not come back by it."""
        values = {":day": used_on.isoformat()}
        self._table.is_updated(directory_item.key_key(key.id), "SET #last_used_on = :day", values, _IS_THERE)

    def _key_ids(self, user_id: str) -> list[str]:
        query = Query(key="#pk = :pk", values={":pk": directory_item.pointers(user_id)}, is_consistent=True)
        return [item["sk"]["S"] for item in self._table.every(query)]


def _is_since(note: OwnerNote) -> Condition:
    """Whether it is the note of that change, and not of a later one."""
    return Condition("#since = :since", {":since": moment(note.since)})
