"""Webhooks and the messages for them: the same for the worker and for the bare client."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from benchmarks.delivery.certificates import DOMAIN
from chalicelib.adapters.dynamodb import webhook_item
from chalicelib.codec import messages
from chalicelib.domain import ids
from chalicelib.domain.delivery import signing
from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.notifications import notification
from chalicelib.domain.payloads import formats
from chalicelib.domain.payloads.formats import BodyFormat
from chalicelib.domain.webhooks.webhook import Webhook

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.values import Item

_BORN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_NOTIFICATION_BYTES: Final = 1_024


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is delivered, and how.

    Args:
        origin: scheme and port, such as "https://{host}:8443".
        hosts: how many host names the receivers have: one for each webhook, or one for all.
        webhooks: how many webhooks there are.
        path: the path of the URLs (`receivers.mjs` documents it).
        batch: messages of one event.
        batches: how many events are measured.
        warm: how many events of warm-up precede them.

    """

    origin: str
    hosts: int
    webhooks: int
    path: str
    batch: int
    batches: int
    warm: int

    @classmethod
    def read(cls, text: str) -> Scenario:
        """The reverse of `dataclasses.asdict` and `json.dumps`."""
        return cls(**json.loads(text))


def webhook_id(number: int) -> str:
    """The id of a webhook by its number."""
    return ids.WEBHOOK + ids.derived(_BORN, "webhook", str(number))


def url(scenario: Scenario, number: int) -> str:
    """The URL of a webhook."""
    host = f"h{number % scenario.hosts}.{DOMAIN}"
    return f"{scenario.origin.format(host=host)}{scenario.path}"


def items(scenario: Scenario) -> list[Item]:
    """All webhooks, as items of the table."""
    return [webhook_item.encode(_webhook(scenario, number)) for number in range(scenario.webhooks)]


def events(scenario: Scenario) -> list[dict[str, Any]]:
    """The events of the warm-up and of the measured batches, with the webhooks in rotation."""
    total = (scenario.warm + scenario.batches) * scenario.batch
    records = [_record(scenario, number) for number in range(total)]
    return [{"Records": records[at : at + scenario.batch]} for at in range(0, total, scenario.batch)]


def body() -> str:
    """The body of a delivery in the format `slack`, of a notification of 1 KB."""
    read = notification.parse(_text(), notification_id="ntf_bench", accepted_at=_BORN)
    return formats.body(BodyFormat.SLACK, read, read.sentence({}))


def _text() -> str:
    given = {
        "notificationType": "modelDeleted",
        "text": "Steve Touw has deleted the test data source.",
        "dataSourceName": "test",
        "actionBy": 1,
        "modelType": "datasource",
        "modelId": 15,
        "targetUser": 1,
        "targetGroup": None,
    }
    room = _NOTIFICATION_BYTES - len(json.dumps({**given, "description": ""}))
    words = "".join(f"{ids.derived(_BORN, 'word', str(number))} " for number in range(room))
    return json.dumps({**given, "description": words[:room]})


def _webhook(scenario: Scenario, number: int) -> Webhook:
    return Webhook(
        id=webhook_id(number),
        owner_id="1",
        url=url(scenario, number),
        name=f"Receiver {number}",
        notification_types=("ALL_NOTIFICATIONS",),
        is_global=True,
        action_type=None,
        groups=(),
        created_at=_BORN,
        updated_at=_BORN,
        secrets=(signing.new_secret(number.to_bytes(32, "big")),),
    )


def _record(scenario: Scenario, number: int) -> dict[str, Any]:
    """A message as a record of Lambda's event (docs.aws.amazon.com/lambda/latest/dg/with-sqs.html)."""
    now = datetime.now(UTC)
    read = notification.parse(_text(), notification_id=f"ntf_{number}", accepted_at=now)
    attempt = Delivery.of(read, webhook_id(number % scenario.webhooks)).first_attempt(body())
    sent_ms = str(int(now.timestamp() * 1_000))
    return {
        "messageId": f"00000000-0000-4000-8000-{number:012}",
        "receiptHandle": "AQEB" + "x" * 400,
        "body": messages.attempt_to_text(attempt),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": sent_ms,
            "SenderId": "AROAEXAMPLE:posthorn-notify",
            "ApproximateFirstReceiveTimestamp": sent_ms,
            "MessageGroupId": attempt.webhook_id,
        },
        "messageAttributes": {},
        "md5OfBody": "0" * 32,
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:posthorn-deliveries",
        "awsRegion": "us-east-1",
    }
