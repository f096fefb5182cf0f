"""The largest messages fit SQS, and an event of Lambda's alone.

A message has 1 MiB at most ("Amazon SQS message quotas", docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/
quotas-messages.html), and ten attributes of its own ("Amazon SQS message metadata" there).

Lambda puts as many of a batch into one event as fit 6 MB, whatever the batch size ("Lambda passes all
of the records in the batch to the function in a single call, up to the payload limit for synchronous invocation (6 MB)",
docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html). So all that is ours to hold is a single message.
"""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Final

import pytest

from chalicelib.adapters.sqs import _notification, _size_bytes
from chalicelib.codec import messages
from chalicelib.domain.delivery.attempt import Exchange, OutboundRequest, Response
from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.notifications import envelope
from chalicelib.domain.notifications.envelope import LEFT
from chalicelib.domain.notifications.notification import TEXT_LENGTH_MAX
from chalicelib.domain.payloads import formats, raw_json
from chalicelib.domain.payloads.formats import BodyFormat
from chalicelib.domain.webhooks import headers
from chalicelib.intake.messages import ReceivedNotification
from testbed.events import sqs_event
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, notified, recorded, webhook

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import PendingAttempt

MESSAGE_BYTES_MAX: Final = 1_048_576
EVENT_BYTES_MAX: Final = 6_291_456
ATTRIBUTES_MAX: Final = 10
NOTIFICATION_BYTES_MAX: Final = 131_072
PIECES: Final = {
    "angles": "<",
    "mentions": "<!",
    "quotes": '\\"',
    "backslashes": "\\\\",
    "controls": "\\u0001",
    "letters": "a",
    "emoji": "😀",
    "deletes": "\x7f",
    "noncharacters": "\uffff",
}


def _text(piece: str, member: str) -> str:
    """A notification of 128 KB whose one member is all that piece."""
    frame = f'{{"notificationType":"modelDeleted","actionBy":1,"{member}":""}}'
    room = NOTIFICATION_BYTES_MAX - len(frame)
    carried = raw_json.carriable(piece)
    count, longest = room // len(carried.encode()), TEXT_LENGTH_MAX // len(json.loads(f'"{piece}"'))
    return f"{frame[:-2]}{carried * (min(count, longest) if member == 'text' else count)}{frame[-2:]}"


def _attempt(piece: str, member: str, body_format: BodyFormat) -> PendingAttempt:
    taken = notified(_text(piece, member))
    return Delivery.of(taken, webhook().id).first_attempt(formats.body(body_format, taken, taken.sentence({})))


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
@pytest.mark.parametrize("member", ["text", "a", "dataSourceName"])
@pytest.mark.parametrize("body_format", BodyFormat)
def test_an_attempt_fits_whatever_its_notification_says(piece: str, member: str, body_format: BodyFormat) -> None:
    text = messages.attempt_to_text(_attempt(piece, member, body_format))
    assert len(text.encode()) <= MESSAGE_BYTES_MAX
    assert len(json.dumps(sqs_event("deliveries", text)).encode()) <= EVENT_BYTES_MAX


def test_a_record_that_cannot_be_compressed_fits() -> None:
    """Both bodies and all headers at their greatest, of bytes that have nothing in common."""
    noise = random.Random(1)  # noqa: S311 - it is to repeat itself
    body = noise.randbytes(131_072)
    given = tuple((f"x{each:04d}", noise.randbytes(250).decode("latin-1")) for each in range(1_000))
    sent = tuple((f"x{each:02d}", headers.MASK) for each in range(headers.COUNT_MAX))
    request = OutboundRequest("https://receiver.example/hook", sent, body, 10)
    attempt = _attempt(PIECES["letters"], "a", BodyFormat.STANDARD)
    came = Exchange(request=request, started_at=NOON, duration_ms=1, response=Response(500, given, body))
    text = messages.record_to_text(recorded(attempt, came))
    assert len(text.encode()) <= MESSAGE_BYTES_MAX
    assert len(json.dumps(sqs_event("records", text)).encode()) <= EVENT_BYTES_MAX


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_a_continuation_fits_that_names_each_webhook_of_a_step(piece: str) -> None:
    world = FakeAdapters()
    for number in range(1_000):
        world.webhooks.create(webhook(number, is_global=True, owner_id=str(number), filter_expression="id"))
    world.webhooks.create(webhook(2_000, is_global=True))
    rooms = service_on(world, fan_out_s=0)
    known = envelope.identity("ntf_1", NOON, "user|9", 3)
    rooms.fan_out.step(ReceivedNotification(_text(piece, "a"), known, "m-1", NOON, is_accepted=True))
    rooms.fan_out.step(
        ReceivedNotification(world.accepted.sent[0].text, world.accepted.sent[0].attributes, "c", NOON, is_accepted=True)
    )
    for each in world.accepted.sent:
        sent = _notification(each)
        assert len(sent["MessageAttributes"]) < ATTRIBUTES_MAX  # a dead letter has its reason beside them
        assert _size_bytes(sent) <= MESSAGE_BYTES_MAX
        taken = {name: value["StringValue"] for name, value in sent["MessageAttributes"].items()}
        event = sqs_event("notifications", sent["MessageBody"], attributes=taken)
        assert len(json.dumps(event).encode()) <= EVENT_BYTES_MAX
    assert max(len(each.attributes.get(LEFT, "").split(",")) for each in world.accepted.sent) == 999
