"""A test: through the queue and the worker like any other, with an answer that waits for it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.domain.delivery.attempt import FailureCause, Outcome, Trigger
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import AnotherTestRunning, InvalidInput, Unavailable, WebhookDisabled, WebhookPaused
from chalicelib.domain.history.records import HistoryRecord
from chalicelib.domain.ids import RecordId
from chalicelib.webhooks import test_delivery
from chalicelib.webhooks.test_delivery import BEYOND_S, WAIT_MAX_S
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, webhook

if TYPE_CHECKING:
    from testbed.fakes.service import Service

OWNER = Caller("1", Role.USER)
MINE = webhook(1, notification_types=("modelCreated", "modelDeleted"))


@pytest.fixture
def world() -> FakeAdapters:
    made = FakeAdapters()
    made.webhooks.create(MINE)
    return made


def with_a_worker(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> Service:
    """While the answer waits, the deliver worker works."""
    rooms = service_on(world)

    def sleep(seconds: float) -> None:
        world.clock.advance(seconds)
        waiting, world.deliveries.sent = world.deliveries.sent, []
        rooms.deliver.batch([ReceivedAttempt(str(each.attempt.record_id), each.attempt, 1) for each in waiting])

    monkeypatch.setattr(world.clock, "sleep", sleep)
    return rooms


@pytest.mark.parametrize(("answer", "outcome"), [(200, Outcome.SUCCEEDED), (FailureCause.TLS, Outcome.FAILED)])
def test_the_answer_shows_what_came_of_it(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch, answer: int | FailureCause, outcome: Outcome
) -> None:
    world.sender.answers[MINE.url] = answer
    record = with_a_worker(world, monkeypatch).api.tester.run(OWNER, MINE.id, None)
    assert isinstance(record, HistoryRecord)
    assert (record.outcome, record.attempt.trigger) == (outcome, Trigger.TEST)
    assert record.attempt.notification_type == "modelCreated"
    assert record.next_attempt_at is None


def test_one_that_takes_longer_is_answered_by_its_id(world: FakeAdapters) -> None:
    given = service_on(world).api.tester.run(OWNER, MINE.id, None)
    assert isinstance(given, RecordId)
    assert [each.attempt.record_id for each in world.deliveries.sent] == [given]
    assert (world.clock.now() - NOON).total_seconds() == WAIT_MAX_S < 3


def test_the_callers_own_notification_is_sent(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '{"notificationType":"tagCreated","text":"Mine.","n":1.10}'
    record = with_a_worker(world, monkeypatch).api.tester.run(OWNER, MINE.id, text)
    assert isinstance(record, HistoryRecord)
    assert r"\"n\":1.10" in record.attempt.body


def test_a_filter_that_holds_it_back_is_what_the_record_says(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    world.webhooks.update(MINE, replace(MINE, filter_expression="text == 'other'", version=2))
    record = with_a_worker(world, monkeypatch).api.tester.run(OWNER, MINE.id, None)
    assert isinstance(record, HistoryRecord)
    assert record.failure is FailureCause.RENDERING
    assert "filter" in record.message
    assert world.sender.sent == []


def test_what_is_no_notification_is_refused(world: FakeAdapters) -> None:
    with pytest.raises(InvalidInput):
        service_on(world).api.tester.run(OWNER, MINE.id, "{}")
    assert world.deliveries.sent == []


@pytest.mark.parametrize(
    ("change", "error"), [({"is_enabled": False}, WebhookPaused), ({"disabled_reason": "410."}, WebhookDisabled)]
)
def test_one_that_is_not_called_is_not_tested(
    world: FakeAdapters, change: dict[str, object], error: type[Exception]
) -> None:
    world.webhooks.update(MINE, replace(MINE, version=2, **change))  # type: ignore[arg-type]
    with pytest.raises(error):
        service_on(world).api.tester.run(OWNER, MINE.id, None)


def test_a_second_one_is_refused_with_the_id_of_the_record_of_the_first(world: FakeAdapters) -> None:
    first = service_on(world).api.tester.run(OWNER, MINE.id, None)
    with pytest.raises(AnotherTestRunning) as refused:
        service_on(world).api.tester.run(OWNER, MINE.id, None)
    assert refused.value.fields == {"recordId": str(first)}
    assert str(first) in refused.value.message
    assert len(world.deliveries.sent) == 1


def test_another_may_start_as_soon_as_the_record_of_the_first_is_there(world: FakeAdapters) -> None:
    service_on(world).api.tester.run(OWNER, MINE.id, None)
    service_on(world).deliver.batch([ReceivedAttempt("m", each.attempt, 1) for each in world.deliveries.sent])
    assert isinstance(service_on(world).api.tester.run(OWNER, MINE.id, None), RecordId)


def test_one_whose_record_was_awaited_leaves_nothing_behind(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    with_a_worker(world, monkeypatch).api.tester.run(OWNER, MINE.id, None)
    assert world.locks.held == {}


def test_one_that_died_blocks_others_for_the_time_of_its_attempt_and_some_seconds(world: FakeAdapters) -> None:
    service_on(world).api.tester.run(OWNER, MINE.id, None)
    world.clock.at = NOON + timedelta(seconds=10 + BEYOND_S)
    assert isinstance(service_on(world).api.tester.run(OWNER, MINE.id, None), RecordId)


def test_one_that_cannot_be_enqueued_blocks_nobody(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        message = "AWS refused SendMessageBatch."
        raise Unavailable(message)

    with monkeypatch.context() as patch:
        patch.setattr(world.deliveries, "send", refuse)
        with pytest.raises(Unavailable):
            service_on(world).api.tester.run(OWNER, MINE.id, None)
    assert isinstance(service_on(world).api.tester.run(OWNER, MINE.id, None), RecordId)


def test_webhooks_are_tested_beside_each_other(world: FakeAdapters) -> None:
    other = webhook(2)
    world.webhooks.create(other)
    service_on(world).api.tester.run(OWNER, MINE.id, None)
    assert isinstance(service_on(world).api.tester.run(OWNER, other.id, None), RecordId)


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [("modelCreated", "modelCreated"), ("ALL_NOTIFICATIONS", "modelDeleted"), ("model.*", "modelDeleted")],
)
def test_the_example_is_of_the_type_that_the_webhook_names_if_it_names_one(wanted: str, sent: str) -> None:
    assert json.loads(test_delivery.sample(webhook(1, notification_types=(wanted,))))["notificationType"] == sent
