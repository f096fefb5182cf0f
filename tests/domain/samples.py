"""A valid sample of each type. A test sets only the fields that it is about."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import Exchange, FailureCause, OutboundRequest, PendingAttempt, Response, Trigger
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.history import records
from chalicelib.domain.notifications import notification
from chalicelib.domain.webhooks.health import HealthPolicy
from chalicelib.domain.webhooks.webhook import Webhook
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.notifications.notification import Notification

NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
WAITS: Final = next(each for each in fields(Settings) if each.name == "attempt_waits_s")
SCHEDULE: Final = AttemptSchedule(cast("tuple[int, ...]", WAITS.default))
POLICY: Final = HealthPolicy(
    open_after=3, open_s=30, open_max_s=100, slow_after_s=1, slow_for_s=600, disable_after_s=5 * 24 * 3600
)
PAGE_SAMPLE: Final = (
    '{"id":"evt-7f3","notificationType":"modelDeleted","text":"Steve Touw has deleted the test data source.",'
    '"dataSourceName":"test","actionBy":1,"modelType":"datasource","modelId":15,"targetUser":1,"targetGroup":null}'
)


def at(seconds: float) -> datetime:
    """The time some seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def webhook_id(number: int) -> str:
    """An id that sorts like its number."""
    return ids.WEBHOOK + ids.derived(at(number), "webhook", str(number))


def webhook(number: int = 1, **changes: Any) -> Webhook:  # noqa: ANN401 - any member of it
    """A user's webhook for all notifications that concern the user."""
    plain = Webhook(
        id=webhook_id(number),
        owner_id="1",
        url=f"https://receiver-{number}.example/hook",
        name=f"Webhook {number}",
        notification_types=("ALL_NOTIFICATIONS",),
        is_global=False,
        action_type=None,
        groups=(),
        created_at=NOON,
        updated_at=NOON,
    )
    return replace(plain, **changes)


def notified(text: str = PAGE_SAMPLE, *, notification_id: str = "ntf_1", accepted_at: datetime = NOON) -> Notification:
    """A notification as the notify worker parses it."""
    return notification.parse(text, notification_id=notification_id, accepted_at=accepted_at)


def attempt(number: int = 1, **changes: Any) -> PendingAttempt:  # noqa: ANN401 - any member of it
    """The first attempt of a delivery to the webhook of the same number."""
    plain = PendingAttempt(
        record_id=ids.RecordId(webhook_id(number), ids.derived(NOON, "record", str(number))),
        delivery_id=ids.DELIVERY + ids.derived(NOON, "delivery", str(number)),
        notification_id="evt-7f3",
        notification_type="modelDeleted",
        attempt_number=1,
        trigger=Trigger.NOTIFICATION,
        body='{"text":"it happened"}',
    )
    return replace(plain, **changes)


def attempt_at(moment: datetime, number: int = 1, salt: str = "") -> PendingAttempt:
    """An attempt whose record has a certain time in the history of a webhook."""
    return attempt(number, record_id=ids.RecordId(webhook_id(number), ids.derived(moment, "record", str(number), salt)))


def exchange(status: int = 200, *, headers: dict[str, str] | None = None, **changes: Any) -> Exchange:  # noqa: ANN401 - any member of it
    """A request with a response."""
    plain = Exchange(
        request=OutboundRequest("https://receiver.example/hook", (("content-type", "application/json"),), b"{}", 10),
        started_at=NOON,
        duration_ms=0,
        response=Response(status, tuple((headers or {}).items()), b"ok"),
    )
    return replace(plain, **changes)


def broken(cause: FailureCause = FailureCause.TIMEOUT, **changes: Any) -> Exchange:  # noqa: ANN401 - any member of it
    """A request without a response."""
    return exchange(**({"response": None, "failure": cause, "detail": "It went wrong."} | changes))


def recorded(owed: PendingAttempt | None = None, came: Exchange | None = None) -> HistoryRecord:
    """The record of an attempt."""
    return records.record(owed or attempt(), came or exchange(), SCHEDULE)
