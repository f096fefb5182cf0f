"""Emptying records."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.adapters.dynamodb.history import DynamoHistory
from chalicelib.domain.delivery.attempt import FailureCause, Outcome
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.history.records import Sizes
from testbed import samples
from testbed.fakes import FakeClock

if TYPE_CHECKING:
    import pytest

    from chalicelib.adapters.dynamodb.record_item import RecordItem
    from chalicelib.domain.history.records import HistoryRecord
    from testbed.engines.provisioning import Clients
    from tests.contracts.engines import World

NOON = samples.AT
HOUR_S = 3600


def test_what_was_said_goes_and_the_fact_stays(world: World) -> None:
    made = samples.record()
    world.history.write([made])
    expunged = world.history.expunge(made.attempt.record_id, NOON)
    assert expunged == world.history.get(made.attempt.record_id) == made.without_content(NOON)
    assert expunged is not None
    assert expunged.exchange.response is not None
    assert (expunged.attempt.body, expunged.exchange.request.body, expunged.exchange.request.headers) == ("", b"", ())
    assert (expunged.exchange.response.body, expunged.exchange.response.headers) == (b"", ())
    assert (expunged.exchange.response.status, expunged.message) == (200, made.message)
    assert expunged.expunged == Sizes(len(made.exchange.request.body), 3)


def test_expunging_again_changes_nothing(world: World) -> None:
    made = samples.record()
    world.history.write([made])
    first = world.history.expunge(made.attempt.record_id, NOON)
    assert world.history.expunge(made.attempt.record_id, NOON + timedelta(hours=1)) == first


def test_a_record_that_is_not_there_is_not_made(world: World) -> None:
    record_id = samples.record().attempt.record_id
    assert world.history.expunge(record_id, NOON) is None
    assert world.history.get(record_id) is None


def test_a_wait_in_the_due_index_ends(world: World) -> None:
    made = samples.record(failure=FailureCause.TIMEOUT, wait_s=HOUR_S)
    world.history.write([made])
    expunged = world.history.expunge(made.attempt.record_id, NOON)
    assert world.history.due(NOON + timedelta(days=1), 9) == []
    assert expunged is not None
    assert (expunged.next_attempt_at, expunged.next_attempt()) == (None, None)


def test_an_expunged_record_is_listed_still(world: World) -> None:
    made = samples.record(failure=FailureCause.TIMEOUT)
    world.history.write([made])
    expunged = world.history.expunge(made.attempt.record_id, NOON)
    for wanted in (HistoryFilter(), HistoryFilter(Outcome.FAILED)):
        assert world.history.page(made.attempt.webhook_id, None, wanted, 9)[0] == [expunged]
        assert world.history.page_of_all(None, wanted, 9).records == [expunged]


def test_a_record_is_forgotten_when_its_webhook_says(world: World) -> None:
    soon, late = (replace(samples.record(), retention_days=days) for days in (1, 60))
    world.history.write([soon, late])
    world.clock.advance(2 * 24 * HOUR_S)
    assert list(world.history.get_many([soon.attempt.record_id, late.attempt.record_id])) == [late.attempt.record_id]
    world.clock.advance(40 * 24 * HOUR_S)
    assert world.history.get(late.attempt.record_id) == late


def test_a_record_that_is_written_again_meanwhile_is_expunged_as_it_is_then(
    clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = DynamoHistory(clients.dynamodb, clients.places["HISTORY_TABLE"], FakeClock(), 30)
    first = samples.record()
    second = replace(first, message="It is another one.")
    history.write([first])
    is_replaced = DynamoHistory._is_replaced
    rewritten: list[HistoryRecord] = []

    def after_another(self: DynamoHistory, old: RecordItem, new: HistoryRecord) -> bool:
        if not rewritten:
            rewritten.append(second)
            self.write(rewritten)
        return is_replaced(self, old, new)

    monkeypatch.setattr(DynamoHistory, "_is_replaced", after_another)
    history.expunge(first.attempt.record_id, NOON)
    assert history.get(first.attempt.record_id) == second.without_content(NOON)
