"""A batch of owed attempts: made, recorded, followed up, whatever refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.background.tasks import ReleaseDeliveries, Task, WriteRecord
from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.delivery.ports import Lane
from chalicelib.domain.delivery.attempt import FailureCause, Outcome, PendingAttempt, Trigger
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.webhooks.health import Health
from testbed.fakes.service import FakeAdapters, service_on
from tests.delivery.crashes import Interrupted, refusal
from tests.domain.samples import NOON, at, attempt_at, webhook

if TYPE_CHECKING:
    from chalicelib.domain.history.records import HistoryRecord
    from testbed.fakes.sender import Answer

EVERYTHING = HistoryFilter()


@pytest.fixture
def world() -> FakeAdapters:
    made = FakeAdapters()
    for number in (1, 2, 3):
        made.webhooks.create(webhook(number))
    return made


def _owed(number: int = 1, salt: str = "", **changes: Any) -> PendingAttempt:  # noqa: ANN401 - any member of it
    return replace(attempt_at(NOON, number, salt), **changes)


def _received(*attempts: PendingAttempt, times: int = 1) -> list[ReceivedAttempt]:
    return [ReceivedAttempt(f"m-{number}", each, times) for number, each in enumerate(attempts)]


def _records(world: FakeAdapters) -> list[HistoryRecord]:
    return world.history.page_of_all(None, EVERYTHING, 99).records


def _answer(world: FakeAdapters, answer: Answer, number: int = 1) -> None:
    world.sender.answers[webhook(number).url] = answer


def test_an_attempt_is_made_and_recorded(world: FakeAdapters) -> None:
    owed = _owed()
    assert service_on(world).deliver.batch(_received(owed)) == []
    (made,) = _records(world)
    assert (made.attempt, made.outcome, made.exchange.request) == (owed, Outcome.SUCCEEDED, world.sender.sent[0])
    assert (made.exchange.response and made.exchange.response.status, world.deliveries.sent) == (200, [])


def test_all_of_a_batch_are_in_flight_at_once(world: FakeAdapters) -> None:
    service_on(world).deliver.batch(_received(*[_owed(1, str(salt)) for salt in range(10)]))
    assert world.sender.in_flight_max == 10


def test_an_empty_batch_is_no_work(world: FakeAdapters) -> None:
    assert service_on(world).deliver.batch([]) == []


def test_two_copies_of_a_message_in_one_batch_are_one_attempt(world: FakeAdapters) -> None:
    assert service_on(world).deliver.batch(_received(_owed(), _owed())) == []
    assert len(world.sender.sent) == len(_records(world)) == 1


def test_a_failure_queues_the_next_attempt_on_the_slow_lane(world: FakeAdapters) -> None:
    _answer(world, 503)
    service_on(world).deliver.batch(_received(_owed()))
    (made,), (sent,) = _records(world), world.deliveries.sent
    assert sent.attempt == made.next_attempt()
    assert sent.lane is Lane.SLOW
    assert 4 <= sent.delay_s <= 7


def test_a_next_attempt_that_is_far_off_waits_in_the_due_index(world: FakeAdapters) -> None:
    _answer(world, 503)
    service_on(world).deliver.batch(_received(_owed(attempt_number=4, trigger=Trigger.SCHEDULE)))
    assert world.deliveries.sent == []
    assert world.history.still_due(world.history.due(at(3 * 3600), 9)) == _records(world)


def test_410_ends_the_delivery_and_disables_the_webhook(world: FakeAdapters) -> None:
    _answer(world, 410)
    service_on(world).deliver.batch(_received(_owed()))
    kept = world.webhooks.get(webhook(1).id)
    assert kept is not None
    assert (kept.is_live, world.deliveries.sent, len(world.accepted.sent)) == (False, [], 1)


def test_one_that_hangs_does_not_keep_the_others_from_being_recorded(world: FakeAdapters) -> None:
    _answer(world, FailureCause.TIMEOUT, 2)
    service_on(world).deliver.batch(_received(_owed(1), _owed(2), _owed(3)))
    assert {each.attempt.webhook_id: each.failure for each in _records(world)} == {
        webhook(1).id: None,
        webhook(2).id: FailureCause.TIMEOUT,
        webhook(3).id: None,
    }


def test_a_deleted_webhooks_attempts_end_quietly(world: FakeAdapters) -> None:
    world.webhooks.delete(webhook(1), NOON)
    assert service_on(world).deliver.batch(_received(_owed(1), _owed(2))) == []
    assert [each.attempt.webhook_id for each in _records(world)] == [webhook(2).id]


def test_while_the_circuit_is_open_attempts_wait_in_the_table_uncounted(world: FakeAdapters) -> None:
    ill = Health(failures=5, failing_since=NOON, opens=1, probe_at=at(30))
    world.webhooks.create(webhook(4, health=ill))
    owed = _owed(4)
    assert service_on(world).deliver.batch(_received(owed)) == []
    assert world.waiting.oldest(owed.webhook_id, 9) == [owed.put_back(NOON)]
    assert (_records(world), world.sender.sent, world.deliveries.sent) == ([], [], [])
    assert world.background.sent == [Task(ReleaseDeliveries(owed.webhook_id), delay_s=30)]


def test_a_probe_that_succeeds_closes_the_circuit(world: FakeAdapters) -> None:
    mine = webhook(4, health=Health(failures=5, failing_since=NOON, opens=1, probe_at=at(0)))
    world.webhooks.create(mine)
    service_on(world).deliver.batch(_received(_owed(4, "1"), _owed(4, "2")))
    kept = world.webhooks.get(mine.id)
    assert kept is not None
    assert (kept.health, len(world.sender.sent), len(world.waiting.oldest(mine.id, 9))) == (Health(), 1, 1)


def test_a_probe_that_fails_leaves_it_open_for_longer(world: FakeAdapters) -> None:
    mine = webhook(4, health=Health(failures=5, failing_since=NOON, opens=1, probe_at=at(0)))
    world.webhooks.create(mine)
    _answer(world, 500, 4)
    service_on(world, circuit_open_s=30).deliver.batch(_received(_owed(4)))
    kept = world.webhooks.get(mine.id)
    assert kept is not None
    assert (kept.health.opens, kept.health.probe_at) == (2, at(60.02))


def test_a_message_that_comes_again_after_its_record_is_not_sent_again(world: FakeAdapters) -> None:
    _answer(world, 503)
    service_on(world).deliver.batch(_received(_owed()))
    service_on(world).deliver.batch(_received(_owed(), times=2))
    assert len(world.sender.sent) == 1
    first, second = world.deliveries.sent
    assert first.attempt == second.attempt


def test_a_message_that_comes_again_before_its_record_is_sent_again_under_the_same_ids(world: FakeAdapters) -> None:
    with Interrupted(world, calls_before=2):
        service_on(world).deliver.batch(_received(_owed()))
    service_on(world).deliver.batch(_received(_owed(), times=2))
    assert len(_records(world)) == 1
    assert len({dict(each.headers)["webhook-id"] for each in world.sender.sent}) == 1


def test_the_first_time_nothing_is_looked_up(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.history, "get_many", None)
    assert service_on(world).deliver.batch(_received(_owed(), times=1)) == []


def test_a_record_that_the_table_refuses_goes_to_the_queue_of_records(world: FakeAdapters) -> None:
    world.history.refuses = lambda record: record.attempt.webhook_id == webhook(1).id
    assert service_on(world).deliver.batch(_received(_owed(1), _owed(2))) == []
    assert [each.record.attempt.webhook_id for each in world.background.work(WriteRecord)] == [webhook(1).id]
    assert [each.attempt.webhook_id for each in _records(world)] == [webhook(2).id]


def test_where_that_queue_refuses_too_the_messages_are_handed_back(world: FakeAdapters) -> None:
    world.history.refuses = lambda _: True
    world.background.is_refusing = True
    assert service_on(world).deliver.batch(_received(_owed(1), _owed(2))) == ["m-0", "m-1"]


def test_where_the_next_attempt_cannot_be_queued_the_message_is_handed_back_and_mended(world: FakeAdapters) -> None:
    _answer(world, 503)
    world.deliveries.is_refusing = True
    assert service_on(world).deliver.batch(_received(_owed())) == ["m-0"]
    world.deliveries.is_refusing = False
    assert service_on(world).deliver.batch(_received(_owed(), times=2)) == []
    assert [each.attempt for each in world.deliveries.sent] == [_records(world)[0].next_attempt()]
    assert len(world.sender.sent) == 1


def test_where_what_waits_cannot_be_held_its_message_alone_is_handed_back(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(4, health=Health(failures=5, failing_since=NOON, opens=1, probe_at=at(30))))
    world.background.is_refusing = True
    assert service_on(world).deliver.batch(_received(_owed(1), _owed(4))) == ["m-1"]
    assert len(_records(world)) == 1


@pytest.mark.parametrize("calls_before", range(2))
def test_where_the_stores_refuse_beforehand_nothing_is_sent_and_all_is_handed_back(
    world: FakeAdapters, calls_before: int
) -> None:
    with Interrupted(world, calls_before, refusal):
        assert service_on(world).deliver.batch(_received(_owed(1), _owed(2), times=2)) == ["m-0", "m-1"]
    assert world.sender.sent == []


@pytest.mark.parametrize("calls_before", range(12))
def test_a_crash_between_any_two_calls_loses_no_attempt(world: FakeAdapters, calls_before: int) -> None:
    _answer(world, 503)
    owed = [_owed(1), _owed(2)]
    with Interrupted(world, calls_before) as interrupted:
        service_on(world).deliver.batch(_received(*owed, times=2))
    if interrupted.is_reached:
        assert service_on(world).deliver.batch(_received(*owed, times=2)) == []
    made = {each.attempt.record_id: each for each in _records(world)}
    assert set(made) == {each.record_id for each in owed}
    following = {each.attempt.record_id for each in world.deliveries.sent}
    assert following == {each.record_id for record in made.values() if (each := record.next_attempt())}
