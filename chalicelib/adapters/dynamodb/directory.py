"""The directory table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import batches, directory_item, user_conditions
from chalicelib.adapters.dynamodb.directory_keys import DirectoryKeys
from chalicelib.adapters.dynamodb.guards import Guarded
from chalicelib.adapters.dynamodb.table import Condition, Query, Table
from chalicelib.adapters.dynamodb.user_conditions import all_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.guards import Writing
    from chalicelib.directory.ports import KeyKept
    from chalicelib.domain.directory.users import ApiKey, Caller, OwnerNote, User


class DynamoDirectory:
    """Users, their keys, and the pointers from users to keys."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)
        self._keys = DirectoryKeys(self._table)

    def user(self, user_id: str) -> User | None:
        """One user (strongly consistent)."""
        item = self._table.get(directory_item.user_key(user_id))
        return None if item is None else directory_item.decode_user(item)

    def users_of(self, user_ids: Collection[str]) -> dict[str, User]:
        """The users that exist, by id; one request for up to 100."""
        keys = [directory_item.user_key(each) for each in dict.fromkeys(user_ids)]
        found = map(directory_item.decode_user, batches.read(self._table, keys))
        return {user.id: user for user in found}

    def note_owner(self, user_id: str, at: datetime) -> None:
        """Note that the user's webhooks have to be updated. It is one write, and keeps an earlier note of a deletion."""
        values = {":since": at}
        self._table.update(directory_item.owner_note_key(user_id), "SET #since = :since, #noted_at = :since", values)

    def names(self, user_ids: Collection[str]) -> dict[str, str]:
        """The names of the users that exist, by id."""
        keys = [directory_item.user_key(each) for each in dict.fromkeys(user_ids)]
        found = map(directory_item.UserName.of, batches.read(self._table, keys, ("sk", "name")))
        return {user.sk: user.name for user in found}

    def users(self, after: str | None, limit: int) -> list[User]:
        """Users in the order of their ids."""
        query = Query(
            key="#pk = :pk" + (" AND #sk > :after" if after else ""),
            values={":pk": directory_item.USERS} | ({":after": after} if after else {}),
            is_consistent=True,
        )
        return [directory_item.decode_user(item) for item in self._table.first(query, limit)]

    def put_user(self, user: User, guard: Caller | None = None) -> bool:
        """Write the user and the note in one transaction, then update the keys.

        A deleted user with the same id may have left keys: they are removed before the user is created, and again after it,
        since another one may have been created and deleted in the meantime.
        """
        if user.version == 1:
            self.settle_keys(user.id)
        try:
            self._table.transact([*Guarded(self._table, guard).steps(user.id, self._writing(user)), self._noting(user)])
        except ConditionFailed:
            if self.user(user.id) != user:  # if equal, an earlier try succeeded and its response was lost
                return False
        self.settle_keys(user.id)
        return True

    def _writing(self, user: User) -> Writing:
        """A put for a new user. A change is an update, which keeps the count of the keys."""
        key = directory_item.user_key(user.id)
        if user.version == 1:
            new = directory_item.encode_user(user) | directory_item.NO_KEYS
            return lambda extra: self._table.putting(new, all_of(user_conditions.IS_NEW, *extra))
        values = {f":{name}": value for name, value in directory_item.changeable(user).items()}
        changes = f"SET {', '.join(f'#{name[1:]} = {name}' for name in values)}"
        is_as_read = (user_conditions.is_incarnation(user.incarnation), user_conditions.is_version(user.version - 1))
        return lambda extra: self._table.updating(key, changes, values, all_of(*is_as_read, *extra))

    def delete_user(self, user_id: str, at: datetime, deleted_by: str, guard: Caller | None = None) -> bool:
        """Delete the user first, in one transaction with the note: after that, no condition on the user holds.

        If the process dies before the keys are removed, they can only read, and the note makes the background remove them.
        """
        key = directory_item.user_key(user_id)

        def deleting(extra: Sequence[Condition]) -> dict[str, Any]:
            return self._table.deleting(key, all_of(*extra) if extra else None)

        steps = Guarded(self._table, guard).steps(user_id, deleting)
        try:
            self._table.transact([*steps, self._noting_deletion(user_id, at, deleted_by)])
        except ConditionFailed:
            return False
        self.settle_keys(user_id)
        return True

    def settle_keys(self, user_id: str) -> None:
        """See `DirectoryKeys.settle`."""
        self._keys.settle(user_id)

    def _noting(self, user: User) -> dict[str, Any]:
        """The note of a change, as a step of a transaction. It keeps an earlier note of a deletion."""
        return self._note(user.id, "SET #since = :since, #noted_at = :since", {":since": user.updated_at})

    def _noting_deletion(self, user_id: str, at: datetime, deleted_by: str) -> dict[str, Any]:
        changes = "SET #since = :since, #noted_at = :since, #deleted_at = :since, #deleted_by = :deleted_by"
        return self._note(user_id, changes, {":since": at, ":deleted_by": deleted_by})

    def _note(self, user_id: str, changes: str, values: dict[str, Any]) -> dict[str, Any]:
        return self._table.updating(directory_item.owner_note_key(user_id), changes, values)

    def owner_note(self, user_id: str) -> OwnerNote | None:
        """The note on a user's webhooks, by one read."""
        item = self._table.get(directory_item.owner_note_key(user_id))
        return None if item is None else directory_item.decode_owner_note(item)

    def owner_notes(self, noted_before: datetime, limit: int) -> list[OwnerNote]:
        """Notes older than `noted_before`. All are in one partition, which is empty most of the time."""
        query = Query(
            key="#pk = :pk",
            values={":pk": directory_item.OWNER_NOTES, ":before": noted_before},
            wanted="#noted_at < :before",
        )
        return [directory_item.decode_owner_note(item) for item in self._table.first(query, limit)]

    def renew_owner_note(self, note: OwnerNote, now: datetime) -> bool:
        """Renew the note's time, unless a later change has replaced the note. It is one conditional write."""
        key, is_same = directory_item.owner_note_key(note.user_id), _is_since(note)
        return self._table.is_updated(key, "SET #noted_at = :now", {":now": now}, is_same)

    def forget_owner_note(self, note: OwnerNote) -> None:
        """Delete the note, unless a later change has replaced it. It is one conditional write."""
        try:
            self._table.delete(directory_item.owner_note_key(note.user_id), _is_since(note))
        except ConditionFailed:
            return  # the note of a later change stays

    def key(self, key_id: str) -> ApiKey | None:
        """One key, by one read."""
        return self._keys.get(key_id)

    def keys_of(self, user_id: str) -> list[ApiKey]:
        """The keys of a user, oldest first."""
        return sorted(self._keys.of(user_id).kept, key=lambda key: (key.created_at, key.id))

    def put_key(self, key: ApiKey, at_most: int, guard: Caller | None = None) -> KeyKept:
        """See `DirectoryKeys.put`."""
        return self._keys.put(key, at_most, guard)

    def delete_key(self, key: ApiKey, guard: Caller | None = None) -> bool:
        """See `DirectoryKeys.delete`."""
        return self._keys.delete(key, guard)

    def touch_key(self, key: ApiKey, used_on: date) -> None:
        """Store the day on which a key was last used. It does not create a key that is deleted."""
        values = {":day": used_on.isoformat()}
        self._table.is_updated(directory_item.key_key(key.id), "SET #last_used_on = :day", values, user_conditions.IS_THERE)


def _is_since(note: OwnerNote) -> Condition:
    """Holds if it is still the note of that change, and not of a later one."""
    return Condition("#since = :since", {":since": note.since})
