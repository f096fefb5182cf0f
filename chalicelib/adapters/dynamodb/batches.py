"""Reads and writes many items of a table per request, and retries the keys and items that DynamoDB left unprocessed."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from chalicelib import concurrency
from chalicelib.adapters import aws
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.adapters.dynamodb.values import Item

WRITES_MAX: Final = 25
"""Items that one BatchWriteItem takes."""
READS_MAX: Final = 100
"""Keys that one BatchGetItem takes."""

Write = dict[str, dict[str, Any]]
"""One write of a batch: `putting` or `deleting`."""


def putting(new: Item) -> Write:
    """The write of one whole item."""
    return {"PutRequest": {"Item": new}}


def deleting(key: Item) -> Write:
    """The removal of one item."""
    return {"DeleteRequest": {"Key": key}}


def read(table: Table, keys: Sequence[Item], attributes: Sequence[str] = ()) -> list[Item]:
    """The items that exist, in any order. Reads are strongly consistent, and the requests run in parallel.

    Raises `Unavailable` if DynamoDB keeps leaving keys unprocessed.
    """
    chunks = [keys[start : start + READS_MAX] for start in range(0, len(keys), READS_MAX)]
    return list(chain.from_iterable(concurrency.run(lambda some: _read_chunk(table, some, attributes), chunks)))


def write(table: Table, writes: Sequence[Write]) -> list[Write]:
    """Write in order: no write is made before an earlier one, except in the same request. Return the refused writes.

    If a request gets no answer, or all of its writes are refused, the remaining requests are not sent, to save time.
    """
    refused: list[Write] = []
    for start in range(0, len(writes), WRITES_MAX):
        some = list(writes[start : start + WRITES_MAX])
        try:
            left = _write_chunk(table, some)
        except Unavailable:
            left = some
        refused += left
        if len(left) == len(some):
            return refused + list(writes[start + WRITES_MAX :])
    return refused


def require(table: Table, writes: Sequence[Write]) -> None:
    """Make the writes; raise `Unavailable` if one is refused."""
    if write(table, writes):
        message = "AWS refused BatchWriteItem: it keeps leaving items undone."
        raise Unavailable(message)


def _read_chunk(table: Table, keys: Sequence[Item], attributes: Sequence[str]) -> list[Item]:
    """A response holds at most 16 MB. So keys left unprocessed count as a refusal only if it has no item at all."""
    found: list[Item] = []
    refusals = 0
    while True:
        with aws.translated():
            answer = table.client.batch_get_item(RequestItems={table.name: _reading(keys, attributes)})
        items = answer["Responses"].get(table.name, [])
        found += items
        left: Item = dict(answer.get("UnprocessedKeys", {}))
        keys = left.get(table.name, {}).get("Keys", [])
        if not keys:
            return found
        refusals = 0 if items else refusals + 1
        if refusals >= aws.TRIES_MAX:
            message = "AWS refused BatchGetItem: it keeps leaving keys undone."
            aws.log_refusal(message)
            raise Unavailable(message)
        if refusals:
            aws.pause(refusals)


def _reading(keys: Sequence[Item], attributes: Sequence[str]) -> Any:  # noqa: ANN401 - a part of a request
    reading: dict[str, Any] = {"Keys": keys, "ConsistentRead": True}
    if attributes:
        reading["ProjectionExpression"] = ", ".join(f"#{each}" for each in attributes)
        reading["ExpressionAttributeNames"] = {f"#{each}": each for each in attributes}
    return reading


def _write_chunk(table: Table, writes: list[Write]) -> list[Write]:
    for tries in range(aws.TRIES_MAX):
        if tries:
            aws.pause(tries)
        writes = _write_once(table, writes)
        if not writes:
            return []
    aws.log_refusal("AWS refused BatchWriteItem: it keeps leaving items undone.")
    return writes


def _write_once(table: Table, writes: list[Write]) -> list[Write]:
    """Send one request; return the writes that it left unprocessed, which are all if the request was refused.

    DynamoDB refuses a whole request because of one invalid item. Then each item is sent alone, so that the others succeed.
    """
    try:
        with aws.translated():
            answer = _send(table, writes)
    except Unavailable as refusal:
        cause = refusal.__cause__
        if not isinstance(cause, ClientError):
            raise
        if aws.code_of(cause) == "ValidationException" and len(writes) > 1:
            return [left for each in writes for left in _write_once(table, [each])]
        return writes
    return list(answer.get("UnprocessedItems", {}).get(table.name, []))


def _send(table: Table, writes: list[Write]) -> Any:  # noqa: ANN401 - an answer whose types are the service's
    return table.client.batch_write_item(RequestItems={table.name: writes})  # type: ignore[dict-item]
