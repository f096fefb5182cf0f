"""The directory table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import batches, directory_item
from chalicelib.adapters.dynamodb.table import Condition, Query, Table

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.domain.directory import ApiKey, User

_IS_NEW: Final = Condition("attribute_not_exists(#pk)")
_IS_THERE: Final = Condition("attribute_exists(#pk)")


class DynamoDirectory:
    """Users, their keys, and pointers from the ones to the others."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def user(self, user_id: str) -> User | None:
        """One user."""
        item = self._table.get(directory_item.user_key(user_id))
        return None if item is None else directory_item.decode_user(item)

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
        """Keep a user, and carry role and groups over to the keys; repeated after a failure, it ends the same."""
        self._table.put(directory_item.encode_user(user))
        values = {":role": user.role.value, ":groups": list(user.groups)}
        for key_id in self._key_ids(user.id):
            key = directory_item.key_key(key_id)
            self._table.is_updated(key, "SET #role = :role, #groups = :groups", values, _IS_THERE)

    def delete_user(self, user_id: str) -> None:
        """Remove the keys first: a user who is gone has none that works."""
        for key in self.keys_of(user_id):
            self.delete_key(key)
        self._table.delete(directory_item.user_key(user_id))

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
