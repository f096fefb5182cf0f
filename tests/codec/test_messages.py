"""What stands in the queues' messages."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.codec import messages
from chalicelib.domain.delivery.attempt import FailureCause, OutboundRequest, Response, Trigger
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.delivery.signing import SigningSecret
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.webhooks.health import Health
from chalicelib.domain.webhooks.webhook import ActionType
from tests.domain.samples import NOON, at, attempt, exchange, recorded, webhook

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.delivery.attempt import Exchange, PendingAttempt

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
moments = st.datetimes(datetime(1970, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
headers = st.lists(st.tuples(texts, texts), max_size=3).map(tuple)

attempts = st.builds(
    attempt,
    st.integers(1, 3),
    delivery_id=texts,
    notification_id=texts,
    notification_type=texts,
    attempt_number=st.integers(1, 99),
    trigger=st.sampled_from(Trigger),
    body=texts,
    retry_of=st.none() | texts,
    slot_at=st.none() | moments,
)
responses = st.none() | st.builds(Response, st.integers(-1, 999), headers, st.binary(max_size=99), st.booleans())
exchanges = st.builds(
    lambda body, head, answer, failure, detail, started: exchange(
        request=OutboundRequest("https://x.example", head, body, 2.5),
        response=answer,
        failure=failure,
        detail=detail,
        started_at=started,
    ),
    st.binary(max_size=99),
    headers,
    responses,
    st.none() | st.sampled_from(FailureCause),
    texts,
    moments,
)


@given(attempts)
def test_an_attempt_is_read_back(owed: PendingAttempt) -> None:
    text = messages.attempt_to_text(owed)
    assert messages.attempt_from_text(text) == owed
    assert text.isascii()


@given(attempts, exchanges)
def test_a_record_is_read_back(owed: PendingAttempt, came: Exchange) -> None:
    made = recorded(owed, came)
    assert messages.record_from_text(messages.record_to_text(made)) == made


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"is_global": True, "action_type": ActionType.RECEIVED, "groups": ("ops", "dev"), "version": 7},
        {"is_enabled": False, "disabled_reason": "It is gone.", "name": "😀"},
        {"secrets": (SigningSecret("whsec_a"), SigningSecret("whsec_b", at(60)))},
        {"request_timeout_s": 2.5, "attempt_schedule": AttemptSchedule(()), "rate_limit_per_s": 1.0},
        {"attempt_schedule": AttemptSchedule((1, 2)), "health": Health(3, NOON, at(1), 2, at(0.000001))},
    ],
)
def test_a_webhook_is_read_back(changes: dict[str, Any]) -> None:
    assert messages.webhook_from_text(messages.webhook_to_text(webhook(**changes))) == webhook(**changes)


GOOD = json.loads(messages.attempt_to_text(attempt(slot_at=NOON, retry_of="rec_x")))


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("record_id", [None, 1, "", "rec_nonsense"]),
        ("delivery_id", [None, 1, []]),
        ("notification_id", [None, {}]),
        ("notification_type", [None, True]),
        ("attempt_number", [None, "1", 1.5, True, 0, -1]),
        ("trigger", [None, "nonsense", 1]),
        ("body", [None, 1, {}]),
        ("retry_of", [1, []]),
        ("slot_at", [1, "soon", "2026-03-01T12:00:00", "0001-01-01T00:00:00+14:00"]),
    ],
)
def test_an_attempt_whose_member_is_wrong_is_refused_by_its_name(key: str, values: list[Any]) -> None:
    for value in values:
        with pytest.raises(InvalidInput) as refused:
            messages.attempt_from_text(json.dumps(GOOD | {key: value}))
        assert list(refused.value.fields) == [key]


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", "null", '"x"', "{}", "[" * 100_000, '{"attempt_number":' + "9" * 5_000 + "}"]
)
@pytest.mark.parametrize("read", [messages.attempt_from_text, messages.webhook_from_text, messages.record_from_text])
def test_what_is_no_message_of_the_queue_is_refused(text: str, read: Callable[[str], object]) -> None:
    with pytest.raises(InvalidInput):
        read(text)


RECORD_ID, _, BLOB = messages.record_to_text(recorded()).partition(" ")


def _packed(data: bytes) -> str:
    return f"{RECORD_ID} {base64.b64encode(zlib.compress(data)).decode()}"


@pytest.mark.parametrize(
    "text",
    [
        f"rec_nonsense {BLOB}",
        RECORD_ID,
        f"{RECORD_ID} ",
        f"{RECORD_ID} !!!",
        f"{RECORD_ID} é",
        f"{RECORD_ID} {base64.b64encode(b'nonsense').decode()}",
        _packed(b""),
        _packed(b"{}\n"),
        _packed(b'\xff{"a":1}\n'),
        _packed(b'{"body_bytes":-1}\n'),
    ],
)
def test_what_is_no_record_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        messages.record_from_text(text)
