"""Valid webhooks, records and keys for the contract suites, with new ids in every call."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import (
    Chosen,
    Exchange,
    FailureCause,
    OutboundRequest,
    PendingAttempt,
    Response,
    Trigger,
)
from chalicelib.domain.directory.users import ApiKey, Right, Role, User
from chalicelib.domain.history.records import HistoryRecord
from chalicelib.domain.webhooks.authentication import BasicAuthentication
from chalicelib.domain.webhooks.webhook import Webhook
from chalicelib.intake.ports import ClaimRequest

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEADERS = (("x-team", "data"), ("x-key", "hush"))
BASIC = BasicAuthentication("posthorn", "hush")
KEYS_MAX = 1_000
_numbers = count(1)


def part(at: datetime = AT) -> str:
    """A new sortable part."""
    return ids.derived(at, "sample", str(next(_numbers)))


def webhook_id() -> str:
    return ids.WEBHOOK + part()


def webhook(**changes: Any) -> Webhook:  # noqa: ANN401 - any field
    sample = Webhook(
        id=webhook_id(),
        owner_id="u1",
        url="https://hooks.example.com/services/T0/B0/x",
        name="My Webhook",
        notification_types=("modelCreated", "modelDeleted"),
        is_global=False,
        action_type=None,
        groups=("g1",),
        created_at=AT,
        updated_at=AT,
    )
    return replace(sample, **changes)


def attempt(webhook_id_: str | None = None, at: datetime = AT, **changes: Any) -> PendingAttempt:  # noqa: ANN401
    sample = PendingAttempt(
        record_id=ids.RecordId(webhook_id_ or webhook_id(), part(at)),
        delivery_id=ids.DELIVERY + part(at),
        notification_id=ids.NOTIFICATION + part(at),
        notification_type="modelDeleted",
        attempt_number=1,
        trigger=Trigger.NOTIFICATION,
        body='{"text":"Zoë has deleted the data source.","attachments":[{"text":"{}"}]}',
    )
    return replace(sample, **changes)


CHOSEN = Chosen(version=3, action_by="1", target_user="é", target_group=None, is_catalogued=False, document='{"id":1.10}')


def record(
    webhook_id_: str | None = None,
    at: datetime = AT,
    *,
    failure: FailureCause | None = None,
    wait_s: float | None = None,
    **changes: Any,  # noqa: ANN401 - any field of the attempt
) -> HistoryRecord:
    """The record of an attempt that was queued at `at` and sent 0.1 s later. A failed one is retried after `wait_s`."""
    owed = attempt(webhook_id_, at, **changes)
    request = OutboundRequest(
        "https://hooks.example.com/x", (("content-type", "application/json"),), owed.body.encode(), 10.0
    )
    status = 500 if failure else 200
    exchange = Exchange(
        request=request,
        started_at=at + timedelta(milliseconds=100),
        duration_ms=50,
        response=Response(status, (("content-type", "text/plain"), ("date", "Sun, 01 Mar 2026")), b"ok\xff"),
    )
    made = HistoryRecord(attempt=owed, exchange=exchange, failure=failure, message="It is told.", next_attempt_at=None)
    if wait_s is None:
        return made
    return replace(made, next_attempt_at=made.finished_at + timedelta(seconds=wait_s))


def user(user_id: str = "u1", **changes: Any) -> User:  # noqa: ANN401
    sample = User(id=user_id, name="Steve", role=Role.USER, groups=("g1", "g2"), created_at=AT, updated_at=AT)
    return replace(sample, **changes)


def api_key(user_id: str = "u1", **changes: Any) -> ApiKey:  # noqa: ANN401
    sample = ApiKey(
        id=f"key_{next(_numbers):024x}",
        digest="d" * 64,
        user_id=user_id,
        role=Role.USER,
        groups=("g1", "g2"),
        name="laptop",
        rights=frozenset({Right.ALL}),
        created_at=AT,
        user_version=1,
    )
    return replace(sample, **changes)


def claim_request(holder: str, name: str = "evt", **changes: Any) -> ClaimRequest:  # noqa: ANN401 - any member of it
    """A claim for a minute that is remembered for ten."""
    return replace(ClaimRequest(name=name, holder=holder, lease_s=60, keep_s=600, accepted_at=AT), **changes)
