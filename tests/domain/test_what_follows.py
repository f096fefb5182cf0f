"""Which attempt follows a record: none where the bytes are gone, and another one for each branch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.delivery.attempt import Trigger
from chalicelib.domain.errors import InvalidInput, RecordExpunged
from chalicelib.domain.webhooks import headers
from tests.domain.samples import NOON, at, attempt, attempt_at, exchange, recorded


def test_an_expunged_record_owes_no_attempt_though_it_names_the_time_of_one() -> None:
    made = recorded(came=exchange(503, headers={"retry-after": "30"}))
    expunged = made.without_content(made.finished_at)
    assert expunged.next_attempt_at == made.next_attempt_at is not None
    assert expunged.next_attempt() is None


def test_the_next_attempts_of_a_delivery_and_of_its_recovery_have_records_of_their_own() -> None:
    """Both branches may come to the same number at the same time."""
    original = replace(recorded(attempt(), exchange(500)), next_attempt_at=at(5))
    recovered = replace(attempt_at(NOON, salt="recovery"), trigger=Trigger.RECOVERY)
    recovery = replace(recorded(recovered, exchange(500)), next_attempt_at=at(5))
    one, other = original.next_attempt(), recovery.next_attempt()
    assert one is not None
    assert other is not None
    assert (one.delivery_id, one.attempt_number) == (other.delivery_id, other.attempt_number)
    assert one.record_id != other.record_id


@pytest.mark.parametrize("value", ["a\r\nx-evil: 1", "a\n", "a\x00b", " a", "é"])
def test_no_value_is_sent_that_would_change_what_is_around_it(value: str) -> None:
    with pytest.raises(InvalidInput):
        headers.require_sendable((("x-own", value),))


@pytest.mark.parametrize("name", ["x-own\r\nx-evil", "x own", "x-own:", ""])
def test_nor_is_such_a_name(name: str) -> None:
    with pytest.raises(InvalidInput):
        headers.require_sendable(((name, "a"),))


def test_an_empty_value_is_sent() -> None:
    headers.require_sendable((("accept-encoding", ""),))


def test_what_was_expunged_cannot_be_sent_again_and_keeps_nothing_that_was_said() -> None:
    made = recorded(came=exchange(200, headers={"x-said": "hush"}))
    gone = made.without_content(NOON)
    with pytest.raises(RecordExpunged):
        gone.retry(attempt_at(at(9)).record_id)
    answer = gone.exchange.response
    assert answer is not None
    assert (gone.exchange.request.headers, gone.exchange.request.body, answer.headers, answer.body) == ((), b"", (), b"")
    assert gone.sizes == made.sizes
