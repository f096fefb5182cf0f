"""The attempts of one delivery.

The index `delivery` has all of them except the most common one: a first attempt that succeeded is not in it, which saves a
write. Its id is derived from the delivery. Records that were written before the index existed are found only if the request
names them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb import record_item
from chalicelib.adapters.dynamodb.bounds import HIGHEST, LOWEST
from chalicelib.adapters.dynamodb.stored import HistoryKey
from chalicelib.adapters.dynamodb.table import Query
from chalicelib.domain.delivery.delivery import Delivery

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.ids import RecordId

NAME = "delivery"


def ids_of(table: Table, attempt: PendingAttempt, before: str | None, limit: int) -> tuple[list[RecordId], str | None]:
    """Ids of records that may belong to the same delivery, newest first, before the sort key `before`: `limit`, or two more.

    Returns them with the sort key at which the next page begins, ``None`` at the end.
    """
    high = before or HIGHEST
    query = Query(
        key="#delivery_of = :of AND #sort < :high",
        values={":of": attempt.delivery_id, ":high": high},
        index=NAME,
        is_forward=False,
    )
    items, last_key = table.page(query, limit)
    rest = None if last_key is None else HistoryKey.of(last_key).sort
    listed = {record_item.id_of(item) for item in items}
    certain = (Delivery.of_attempt(attempt).first_record_id, attempt.record_id)
    known = {each for each in certain if (rest or LOWEST) <= each.sort < high}
    return sorted(listed | known, key=lambda each: each.sort, reverse=True), rest
