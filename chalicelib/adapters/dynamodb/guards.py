"""A write in the directory on an admin's word: the admin's user is checked in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import directory_item, user_conditions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalicelib.adapters.dynamodb.table import Condition, Table
    from chalicelib.domain.directory.users import Caller

    Writing = Callable[[Sequence[Condition]], dict[str, Any]]
    """Makes a step that writes a user, of the conditions that come on top of its own."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """Steps of a transaction that is made only while `guard` is an admin; without one it is made in any case.

    This is also why an admin always remains. A removes B while B removes A::

        A: check A is an admin, remove B ──▶ made
        B: check B is an admin, remove A ──▶ refused: transactions on one item are made one after the other
    """

    table: Table
    guard: Caller | None

    def steps(self, user_id: str, writing: Writing) -> list[dict[str, Any]]:
        """The step that writes that user, and the check: in that very step if the admin changes their own user."""
        if self.guard is None:
            return [writing(())]
        is_admin = user_conditions.is_admin(self.guard)
        if self.guard.user_id == user_id:
            return [writing([is_admin])]
        return [writing(()), self.table.checking(directory_item.user_key(self.guard.user_id), is_admin)]

    def is_upheld(self) -> bool:
        """Whether the guard is an admin now; for finding out why a transaction was refused."""
        if self.guard is None:
            return True
        item = self.table.get(directory_item.user_key(self.guard.user_id))
        return item is not None and directory_item.decode_user(item).is_still_admin(self.guard)
