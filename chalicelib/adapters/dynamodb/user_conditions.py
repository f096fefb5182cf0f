"""Conditions of a write on a user's item, for `Table.putting`, `updating`, `deleting` and `checking`.

A transaction takes one step per item ("TransactWriteItems", docs.aws.amazon.com/amazondynamodb/latest/APIReference/
API_TransactWriteItems.html). If two conditions are on the same user, join them with `all_of`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.adapters.dynamodb.table import Condition
from chalicelib.domain.directory.users import Role

if TYPE_CHECKING:
    from chalicelib.domain.directory.users import Caller

IS_NEW: Final = Condition("attribute_not_exists(#pk)")
IS_THERE: Final = Condition("attribute_exists(#pk)")
IS_COUNTED: Final = Condition("attribute_exists(#key_count)")
IS_NOT_COUNTED: Final = Condition("attribute_not_exists(#key_count)")
IS_ENABLED: Final = Condition("(attribute_not_exists(#is_enabled) OR #is_enabled = :enabled)", {":enabled": True})


def is_incarnation(incarnation: str) -> Condition:
    """The user exists, and has this incarnation. Users from before there were incarnations have none."""
    is_same = "#incarnation = :incarnation"
    if not incarnation:
        is_same = f"attribute_exists(#pk) AND (attribute_not_exists(#incarnation) OR {is_same})"
    return Condition(is_same, {":incarnation": incarnation})


def is_version(version: int) -> Condition:
    """The user has not changed since this version. Users from before there were versions count as version 1."""
    is_same = "#version = :read"
    return Condition(f"(attribute_not_exists(#version) OR {is_same})" if version == 1 else is_same, {":read": version})


def is_role(role: Role) -> Condition:
    """The user has this role."""
    return Condition("#role = :as_role", {":as_role": role.value})


def is_admin(caller: Caller) -> Condition:
    """The caller's user has the incarnation of the presented key, and is still an admin who is not suspended."""
    return all_of(is_incarnation(caller.incarnation), IS_ENABLED, is_role(Role.ADMIN))


def has_room(keys_max: int) -> Condition:
    """The user may have another key."""
    return Condition("#key_count < :keys_max", {":keys_max": keys_max})


def all_of(first: Condition, *more: Condition) -> Condition:
    """All conditions, joined by AND. A value's name has to mean the same value in all of them."""
    conditions = (first, *more)
    joined = " AND ".join(each.expression for each in conditions)
    return Condition(joined, {name: value for each in conditions for name, value in each.values.items()})
