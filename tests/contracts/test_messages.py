from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.codec import messages
from chalicelib.domain.errors import InvalidInput
from testbed import samples


def changed(**changes: Any) -> str:  # noqa: ANN401 - whatever a message may hold
    return json.dumps(json.loads(messages.attempt_to_text(samples.attempt())) | changes)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("record_id", "rec_1"),
        ("record_id", None),
        ("delivery_id", 5),
        ("notification_type", ["modelCreated"]),
        ("attempt_number", 0),
        ("attempt_number", True),
        ("attempt_number", "1"),
        ("trigger", "whim"),
        ("body", {"text": "x"}),
        ("slot_at", "soon"),
        ("slot_at", "2026-03-01T12:00:00"),
        ("slot_at", "0001-01-01T00:00:00+23:59"),
        ("retry_of", 1),
    ],
)
def test_an_attempt_with_a_wrong_field_is_poison_and_the_reason_names_it(field: str, value: object) -> None:
    with pytest.raises(InvalidInput, match=field):
        messages.attempt_from_text(changed(**{field: value}))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "1", '"x"', "{}", "[" * 100_000, '{"a":' + "9" * 5_000 + "}"])
def test_what_is_no_attempt_at_all_is_poison(text: str) -> None:
    with pytest.raises(InvalidInput):
        messages.attempt_from_text(text)


@given(st.text(st.characters()))
def test_no_text_makes_a_codec_fail_in_another_way(text: str) -> None:
    for read in (messages.attempt_from_text, messages.webhook_from_text, messages.record_from_text):
        with pytest.raises(InvalidInput):
            read(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", 1),
        ("groups", "g1"),
        ("groups", [1]),
        ("secrets", [1]),
        ("attempt_schedule", {"waits_s": [1.5]}),
        ("request_timeout_s", "1"),
        ("health", []),
        ("is_global", 1),
        ("request_timeout_s", 10**400),
    ],
)
def test_a_webhook_with_a_wrong_field_is_poison(field: str, value: object) -> None:
    text = json.dumps(json.loads(messages.webhook_to_text(samples.webhook())) | {field: value})
    with pytest.raises(InvalidInput, match=field):
        messages.webhook_from_text(text)


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-8], lambda text: text.replace("rec_", "reg_"), lambda text: text + "\x00"]
)
def test_a_spoilt_record_is_poison(spoil: Any) -> None:  # noqa: ANN401 - a function of the text
    text = spoil(messages.record_to_text(samples.record()))
    with pytest.raises(InvalidInput):
        messages.record_from_text(text)
