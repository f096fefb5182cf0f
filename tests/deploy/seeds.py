"""Writes large amounts of data into a stage's tables, as the service would write it over time or for many callers."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, Final, TypeVar

from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.dynamodb import subscription_item, webhook_item
from chalicelib.adapters.dynamodb.history import DynamoHistory
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.notifications.matching import subscriptions
from testbed import samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.webhook import Webhook
    from tests.deploy.stage import Stage

T = TypeVar("T")

_AT_ONCE: Final = 4
_PUTS_MAX: Final = 25
_RECORDS_AT_ONCE: Final = 250
_HISTORY_DAYS: Final = 30

_numbers = count(1)


def webhooks(stage: Stage, url: str, how_many: int) -> list[str]:
    """Create webhooks for all notifications, each with its own path below the URL. Returns their ids."""
    made = [_webhook(f"{url}/{number}") for number in range(how_many)]
    _put(stage, stage.outputs["WebhooksTableName"], [item for each in made for item in _items(each)])
    return [each.id for each in made]


def failures(stage: Stage, webhook_id: str, how_many: int, *, padding: str = "", wait_s: float | None = None) -> set[str]:
    """So many deliveries that failed one to three hours ago, for good or to be tried again after `wait_s`; their ids.

    The receiver sees the ids in `webhook-id`. Each body has the padding in it.
    """
    began, span = datetime.now(UTC) - timedelta(hours=3), timedelta(hours=2)
    times = (began + span * number / how_many for number in range(how_many))
    made = [_failure(webhook_id, at, padding, wait_s) for at in times]
    client, table = stage.account.client("dynamodb"), stage.outputs["HistoryTableName"]
    history = DynamoHistory(client, table, SystemClock(), _HISTORY_DAYS)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        refused = list(pool.map(history.write, _in_parts(made, _RECORDS_AT_ONCE)))
    assert not any(refused)
    return {each.attempt.delivery_id for each in made}


def _webhook(url: str) -> Webhook:
    now = datetime.now(UTC)
    return samples.webhook(
        id=ids.WEBHOOK + ids.derived(now, "seed", str(next(_numbers))),
        url=url,
        notification_types=("ALL_NOTIFICATIONS",),
        is_global=True,
        groups=(),
        created_at=now,
        updated_at=now,
    )


def _items(webhook: Webhook) -> Iterator[dict[str, Any]]:
    yield webhook_item.encode(webhook)
    for source in subscriptions(webhook):
        yield subscription_item.encode(source, webhook)


def _failure(webhook_id: str, at: datetime, padding: str, wait_s: float | None) -> HistoryRecord:
    part = ids.derived(at, "seed", str(next(_numbers)))
    names = {"delivery_id": ids.DELIVERY + part, "notification_id": ids.NOTIFICATION + part}
    body = json.dumps({"text": part + padding})
    return samples.record(webhook_id, at, failure=FailureCause.STATUS, wait_s=wait_s, body=body, **names)


def _put(stage: Stage, table: str, items: Sequence[dict[str, Any]]) -> None:
    client = stage.account.client("dynamodb")

    def put(some: Sequence[dict[str, Any]]) -> None:
        answer = client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": each}} for each in some]})
        assert not answer["UnprocessedItems"]

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(put, _in_parts(items, _PUTS_MAX)))


def _in_parts(everything: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for first in range(0, len(everything), size):
        yield everything[first : first + size]
