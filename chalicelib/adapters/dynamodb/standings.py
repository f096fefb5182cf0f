"""Checks `chalicelib.domain.directory.preconditions` in a transaction, by conditions on users' items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.dynamodb import directory_item, user_conditions
from chalicelib.adapters.dynamodb.table import Condition, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.directory.preconditions import Standing

_IS_SUSPENDED: Final = Condition("#is_enabled = :enabled", {":enabled": False})


def checks(directory: Table, standings: Iterable[Standing]) -> list[dict[str, Any]]:
    """One step for each `Standing`. A transaction takes one step per item, so each must be of a different user."""
    return [directory.checking(directory_item.user_key(each.user_id), _condition(each)) for each in standings]


def _condition(standing: Standing) -> Condition:
    """The condition of a `Standing`. Items from before incarnations and suspensions have neither attribute."""
    parts = [user_conditions.IS_ENABLED if standing.is_enabled else _IS_SUSPENDED]
    if standing.incarnation is not None:
        parts += [user_conditions.is_incarnation(standing.incarnation)]
    if standing.role is not None:
        parts += [user_conditions.is_role(standing.role)]
    if standing.groups is not None:
        parts += [Condition("#groups = :groups", {":groups": list(standing.groups)})]
    return user_conditions.all_of(user_conditions.IS_THERE, *parts)
