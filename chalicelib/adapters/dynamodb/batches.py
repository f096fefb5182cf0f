"""Many items of one table at once, and what the table left undone asked for again."""

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
"""Items of one BatchWriteItem."""
READS_MAX: Final = 100
"""Keys of one BatchGetItem."""

Write = dict[str, dict[str, Any]]
"""One write of a batch: `putting` or `deleting`."""


def putting(new: Item) -> Write:
    """The write of one whole item."""
    return {"PutRequest": {"Item": new}}


def deleting(key: Item) -> Write:
    """The removal of one item."""
    return {"DeleteRequest": {"Key": key}}


def read(table: Table, keys: Sequence[Item], attributes: Sequence[str] = ()) -> list[Item]:
    """Those of the items that exist, as they are now (strongly consistent), in any order; requests are made at once.

    Raises `Unavailable` where the table keeps leaving keys undone.
    """
    chunks = [keys[start : start + READS_MAX] for start in range(0, len(keys), READS_MAX)]
    return list(chain.from_iterable(concurrency.run(lambda some: _read_chunk(table, some, attributes), chunks)))


def write(table: Table, writes: Sequence[Write]) -> list[Write]:
    """Make the writes, earlier ones no later than later ones; return those that the table would not take.

    Where it does not answer, or takes nothing of one request, the rest is not tried: it would only cost time.
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
    """Make the writes; raise `Unavailable` where one was refused."""
    if write(table, writes):
        message = "AWS refused BatchWriteItem: it keeps leaving items undone."
        raise Unavailable(message)


def _read_chunk(table: Table, keys: Sequence[Item], attributes: Sequence[str]) -> list[Item]:
    """An answer holds 16 MB at the most: what it leaves while it brings something is no refusal."""
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
    """Send one request; return what it left undone: all of it, where the request itself was refused.

    A request is refused as a whole for one item that DynamoDB cannot take; so that it harms no other, each then goes alone.
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
