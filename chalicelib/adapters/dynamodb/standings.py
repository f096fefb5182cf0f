"""The conditions of `chalicelib.domain.standing` as steps of a transaction, each on a user's item in the directory table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.dynamodb import directory_item
from chalicelib.adapters.dynamodb.table import Condition, Table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.adapters.dynamodb.values import Value
    from chalicelib.domain.standing import Standing

_IS_ACTIVE: Final = "(attribute_not_exists(#is_enabled) OR #is_enabled = :enabled)"
_IS_SUSPENDED: Final = "#is_enabled = :enabled"
_IS_SAME: Final = "#incarnation = :incarnation"
_IS_FROM_BEFORE: Final = "(attribute_not_exists(#incarnation) OR #incarnation = :incarnation)"


def checks(directory: Table, standings: Iterable[Standing]) -> list[dict[str, Any]]:
    """One step for each. A transaction takes one step for an item, so no two may be of the same user."""
    return [directory.checking(directory_item.user_key(each.user_id), _condition(each)) for each in standings]


def _condition(standing: Standing) -> Condition:
    """Items from before there were incarnations and suspensions have neither attribute."""
    values: dict[str, Value] = {":enabled": int(standing.is_enabled)}
    parts = ["attribute_exists(#pk)", _IS_ACTIVE if standing.is_enabled else _IS_SUSPENDED]
    if standing.incarnation is not None:
        values[":incarnation"] = standing.incarnation
        parts += [_IS_SAME if standing.incarnation else _IS_FROM_BEFORE]
    if standing.role is not None:
        values[":role"] = standing.role.value
        parts += ["#role = :role"]
    if standing.groups is not None:
        values[":groups"] = list(standing.groups)
        parts += ["#groups = :groups"]
    return Condition(" AND ".join(parts), values)
