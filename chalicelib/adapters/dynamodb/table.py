"""Requests to one table: single items, queries and transactions.

Expressions write every attribute as ``#name``, so that no attribute collides with one of DynamoDB's 573 reserved words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from chalicelib.adapters.aws import TRIES_MAX, ConditionFailed, is_transaction_conflict, pause, translated
from chalicelib.adapters.dynamodb.values import Item, Value, item
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

_NAME = re.compile(r"#(\w+)")
_ASSIGNMENT = re.compile(r"#(\w+) = (:\w+)")
_Answer = TypeVar("_Answer")


class Condition(NamedTuple):
    """A condition expression of a write, with its values."""

    expression: str
    values: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A range of one partition of the table or of an index, with a filter.

    Args:
        key: the condition on the keys.
        values: the values that `key` and `wanted` name.
        wanted: the filter; items that it drops are read and billed nevertheless.
        attributes: the attributes to return; if empty, all.
        index: the name of an index; ``None`` for the table.
        is_forward: whether the sort keys ascend.
        is_consistent: strongly consistent: it sees all acknowledged writes (tables only).

    """

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)
    wanted: str | None = None
    attributes: Sequence[str] = ()
    index: str | None = None
    is_forward: bool = True
    is_consistent: bool = False


class Page(NamedTuple):
    """The items of one request of a query, and the key after which the next one begins; ``None`` at the end."""

    items: list[Item]
    last_key: Item | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of that name."""

    client: DynamoDBClient
    name: str

    def get(self, key: Item) -> Item | None:
        """One item, as it is now (strongly consistent)."""
        with translated():
            answer = self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True)
        return answer.get("Item")

    def put(self, new: Item, condition: Condition | None = None) -> None:
        """Write a whole item; raise `ConditionFailed` with the old item if the condition does not hold."""
        try:
            _insisting(lambda: self.client.put_item(TableName=self.name, Item=new, **_conditions(condition)))
        except ConditionFailed as failed:
            if not (failed.was_repeated and failed.item == new):
                raise

    def update(self, key: Item, expression: str, values: Mapping[str, Value], condition: Condition | None = None) -> Item:
        """Change attributes of an item, and return them; raise `ConditionFailed` if the condition does not hold."""
        conditions = _conditions(condition, expression, values)

        try:
            answer = _insisting(
                lambda: self.client.update_item(
                    TableName=self.name, Key=key, UpdateExpression=expression, ReturnValues="UPDATED_NEW", **conditions
                )
            )
        except ConditionFailed as failed:
            made = _made(expression, conditions, failed.item or {})
            if not (failed.was_repeated and made):
                raise
            return made
        return dict(answer.get("Attributes", {}))

    def is_updated(self, key: Item, expression: str, values: Mapping[str, Value], condition: Condition) -> bool:
        """The same as `update`, but return whether the condition held."""
        try:
            self.update(key, expression, values, condition)
        except ConditionFailed:
            return False
        return True

    def delete(self, key: Item, condition: Condition | None = None) -> None:
        """Delete an item; raise `ConditionFailed` if the condition does not hold."""
        _insisting(lambda: self.client.delete_item(TableName=self.name, Key=key, **_conditions(condition)))

    def page(self, query: Query, limit: int, begin: Item | None = None) -> Page:
        """Read up to `limit` items (before the filter), or as many as fit in 1 MB."""
        with translated():
            answer = self.client.query(**self._request(query), Limit=limit, **_begin(begin))
        return Page(list(answer["Items"]), answer.get("LastEvaluatedKey"))

    def first(self, query: Query, limit: int) -> list[Item]:
        """The first `limit` items that pass the filter, in as many requests as that takes."""
        found: list[Item] = []
        begin: Item | None = None
        while True:
            items, begin = self.page(query, max(limit - len(found), 1), begin)
            found += items
            if begin is None or len(found) >= limit:
                return found[:limit]

    def every(self, query: Query) -> list[Item]:
        """All items of a range that is known to be short."""
        found: list[Item] = []
        begin: Item | None = None
        while True:
            with translated():
                answer = self.client.query(**self._request(query), **_begin(begin))
            found += answer["Items"]
            begin = answer.get("LastEvaluatedKey")
            if begin is None:
                return found

    def count(self, query: Query, at_most: int) -> int:
        """The number of items, counted up to `at_most`."""
        counted = 0
        begin: Item | None = None
        while True:
            with translated():
                answer = self.client.query(**self._request(query), Select="COUNT", Limit=at_most - counted, **_begin(begin))
            counted += answer["Count"]
            begin = answer.get("LastEvaluatedKey")
            if begin is None or counted >= at_most:
                return counted

    def putting(self, new: Item, condition: Condition | None = None) -> dict[str, Any]:
        """The write of a whole item, as a step of a transaction."""
        return {"Put": {"TableName": self.name, "Item": new, **_conditions(condition)}}

    def deleting(self, key: Item, condition: Condition | None = None) -> dict[str, Any]:
        """The deletion of an item, as a step of a transaction."""
        return {"Delete": {"TableName": self.name, "Key": key, **_conditions(condition)}}

    def updating(
        self, key: Item, expression: str, values: Mapping[str, Value], condition: Condition | None = None
    ) -> dict[str, Any]:
        """A change of attributes of an item, which is created if it does not exist, as a step of a transaction."""
        return {
            "Update": {
                "TableName": self.name,
                "Key": key,
                "UpdateExpression": expression,
                **_conditions(condition, expression, values),
            }
        }

    def checking(self, key: Item, condition: Condition) -> dict[str, Any]:
        """A condition on an item that is not written, as a step of a transaction."""
        return {"ConditionCheck": {"TableName": self.name, "Key": key, **_conditions(condition)}}

    def transact(self, steps: Sequence[Any]) -> None:
        """Make all steps or none; raise `ConditionFailed` with the numbers of the steps whose conditions do not hold.

        botocore gives each call a ClientRequestToken. If a response is lost, it retries with the same token, and DynamoDB
        makes the transaction once ("TransactWriteItems", amazondynamodb/latest/APIReference/API_TransactWriteItems).
        """
        _insisting(lambda: self.client.transact_write_items(TransactItems=steps))

    def _request(self, query: Query) -> dict[str, Any]:
        attributes = ", ".join(f"#{each}" for each in query.attributes)
        request = {
            "TableName": self.name,
            "KeyConditionExpression": query.key,
            "FilterExpression": query.wanted,
            "ProjectionExpression": attributes or None,
            "IndexName": query.index,
            "ScanIndexForward": query.is_forward,
            "ConsistentRead": query.is_consistent,
            "ExpressionAttributeNames": _names(query.key, query.wanted or "", attributes),
            "ExpressionAttributeValues": item(query.values),
        }
        return {key: value for key, value in request.items() if value is not None}


def _insisting(send: Callable[[], _Answer]) -> _Answer:
    """Send a write, and retry it if it conflicts with a transaction on the same item, or is a transaction that conflicts.

    After a conflict DynamoDB has written nothing, and botocore does not retry ("Transaction conflict handling in DynamoDB",
    amazondynamodb/latest/developerguide/transaction-apis).
    """
    for tries in range(1, TRIES_MAX):
        try:
            with translated():
                return send()
        except Unavailable as refusal:
            if not is_transaction_conflict(refusal.__cause__):
                raise
            pause(tries)
    with translated():
        return send()


def _made(expression: str, conditions: Mapping[str, Any], found: Item) -> Item:
    """The attributes that an update assigns, if `found` has all of them; otherwise none. `ADD` has no value to compare."""
    assigned: Item = {
        name: conditions["ExpressionAttributeValues"][value] for name, value in _ASSIGNMENT.findall(expression)
    }
    return assigned if assigned.items() <= found.items() else {}


def _begin(key: Item | None) -> dict[str, Any]:
    return {} if key is None else {"ExclusiveStartKey": key}


def _names(*expressions: str) -> dict[str, str]:
    return {f"#{name}": name for expression in expressions for name in _NAME.findall(expression)}


def _conditions(
    condition: Condition | None, expression: str = "", values: Mapping[str, Value] | None = None
) -> dict[str, Any]:
    """The request parameters for a condition and for the expression of an update."""
    names = _names(expression, condition.expression if condition else "")
    all_values = {**(values or {}), **(condition.values if condition else {})}
    request: dict[str, Any] = {}
    if names:
        request["ExpressionAttributeNames"] = names
    if all_values:
        request["ExpressionAttributeValues"] = item(all_values)
    if condition:
        request["ConditionExpression"] = condition.expression
        request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return request
