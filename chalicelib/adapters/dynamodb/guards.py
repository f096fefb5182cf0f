"""Writes in the directory on behalf of an admin: the same transaction checks that the admin still is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import directory_item, user_conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalicelib.adapters.dynamodb.table import Condition, Table
    from chalicelib.domain.directory.users import Caller

    Writing = Callable[[Sequence[Condition]], dict[str, Any]]
    """Makes the step that writes a user, with these conditions in addition to its own."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """Steps of a transaction that succeeds only while `guard` is an admin. Without a guard there is no such condition.

    It also ensures that there is always an admin. A removes B while B removes A::

        A: check A is an admin, remove B ──▶ made
        B: check B is an admin, remove A ──▶ refused: DynamoDB serializes transactions on the same item
    """

    table: Table
    guard: Caller | None

    def steps(self, user_id: str, writing: Writing) -> list[dict[str, Any]]:
        """The step that writes the user, and the check. If admins change their own user, it is a condition of that step."""
        if self.guard is None:
            return [writing(())]
        is_admin = user_conditions.is_admin(self.guard)
        if self.guard.user_id == user_id:
            return [writing([is_admin])]
        return [writing(()), self.table.checking(directory_item.user_key(self.guard.user_id), is_admin)]

    def is_upheld(self) -> bool:
        """Whether the guard is an admin now. It shows why a transaction was refused."""
        if self.guard is None:
            return True
        item = self.table.get(directory_item.user_key(self.guard.user_id))
        return item is not None and directory_item.decode_user(item).is_still_admin(self.guard)
