"""Recoveries: what each kind enqueues, and that a crash repeats nothing but a page under the same ids."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.background.tasks import StepRecovery
from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.domain.delivery.attempt import FailureCause, Trigger
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import Forbidden, InvalidInput, PosthornError, RecoveryNotFound, RecoveryRunning, WebhookPaused
from chalicelib.domain.history.recovery import RecoveryState, Wanted
from chalicelib.intake.ports import HeldNotification
from testbed.expressions.cases import REPORTED
from testbed.fakes.people import person, put
from testbed.fakes.service import FakeAdapters, service_on
from tests.delivery.crashes import Interrupted, crash, refusal
from tests.history.recovering import (
    MINE,
    OWNER,
    SPAN,
    again,
    made,
    notified,
    recovered,
    rooms_in,
    start,
    work_off,
)
from tests.slowness import slowness

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.history.recovery import Recovery

BROKEN = FailureCause.CONNECT


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


def furnish(world: FakeAdapters) -> None:
    """Eight notifications: what became of each is what it is called by."""
    now = world.clock.now()
    names = ("delivered", "failed", "absent", "retried well", "retried badly", "due", "dropped", "not wanted")
    attempts = {name: notified(world, number, by=2 if name == "not wanted" else 1) for number, name in enumerate(names)}
    made(world, attempts["delivered"])
    made(world, attempts["failed"], BROKEN)
    made(world, again(made(world, attempts["retried well"], BROKEN), now - timedelta(minutes=9)))
    made(world, again(made(world, attempts["retried badly"], BROKEN), now - timedelta(minutes=8)), BROKEN)
    made(world, attempts["due"], BROKEN, AttemptSchedule((7_200,)))
    made(world, attempts["dropped"], BROKEN, AttemptSchedule((5,)))


EXPECTED = {
    Wanted.FAILED: ["n1", "n4", "n6"],
    Wanted.MISSING: ["n1", "n2", "n4", "n6"],
    Wanted.ALL: ["n0", "n1", "n3", "n4", "n5", "n6"],
}


@pytest.mark.parametrize("page_max", [1, 2, 100])
@pytest.mark.parametrize("only", Wanted)
def test_each_kind_enqueues_its_deliveries_once(world: FakeAdapters, only: Wanted, page_max: int) -> None:
    rooms = rooms_in(world, page_max)
    furnish(world)
    begun = start(world, rooms, only)
    work_off(world, rooms)
    ended = rooms.api.recoveries.get(OWNER, MINE.id, begun.id)
    assert recovered(world) == EXPECTED[only]
    assert (ended.state, ended.enqueued, ended.progress()) == (RecoveryState.DONE, len(EXPECTED[only]), 1.0)


def test_a_recovered_attempt_belongs_to_the_delivery_that_it_repeats(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    failed = made(world, notified(world, 1), BROKEN)
    start(world, rooms, Wanted.FAILED)
    work_off(world, rooms)
    (sent,) = world.deliveries.sent
    assert sent.attempt.delivery_id == failed.attempt.delivery_id
    assert sent.attempt.retry_of == str(failed.attempt.record_id)
    assert sent.attempt.record_id != failed.attempt.record_id


def test_a_missing_delivery_gets_the_id_that_the_fan_out_would_have_given_it(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    owed = notified(world, 1)
    start(world, rooms, Wanted.MISSING)
    work_off(world, rooms)
    assert [each.attempt.delivery_id for each in world.deliveries.sent] == [owed.delivery_id]


def test_what_a_recovery_delivered_is_not_recovered_again(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    notified(world, 1)
    made(world, notified(world, 2), BROKEN)
    for only in (Wanted.MISSING, Wanted.FAILED, Wanted.MISSING):
        start(world, rooms, only)
        work_off(world, rooms)
        for each in world.deliveries.sent:
            made(world, each.attempt)
        world.clock.advance(1)
    assert len(world.deliveries.sent) == 2


@pytest.mark.parametrize("page_max", [1, 2])
@pytest.mark.parametrize("only", [Wanted.FAILED, Wanted.MISSING])
def test_what_failed_for_good_a_moment_ago_is_recovered(world: FakeAdapters, only: Wanted, page_max: int) -> None:
    """The record before the last one still names the time of the last attempt, which was made."""
    rooms = rooms_in(world, page_max)
    first = made(world, notified(world, 1), BROKEN, AttemptSchedule((2_700,)))
    owed = first.next_attempt()
    assert owed is not None
    made(world, owed, BROKEN)
    assert first.next_attempt_at is not None
    assert timedelta() < world.clock.now() - first.next_attempt_at < timedelta(minutes=30)
    start(world, rooms, only)
    work_off(world, rooms)
    assert recovered(world) == ["n1"]


def test_what_goes_on_by_itself_while_the_recovery_runs_is_left_to_its_schedule(world: FakeAdapters) -> None:
    """Its next attempt is made, and fails, after the recovery began: the survey does not see that record."""
    rooms = rooms_in(world)
    schedule = AttemptSchedule((4_600, 600))
    first = made(world, notified(world, 1), BROKEN, schedule)
    begun = start(world, rooms, Wanted.FAILED)
    owed = first.next_attempt()
    assert owed is not None
    assert first.next_attempt_at is not None
    assert first.next_attempt_at > begun.started_at
    world.clock.at = first.next_attempt_at
    made(world, owed, BROKEN, schedule)
    work_off(world, rooms)
    assert recovered(world) == []


@pytest.mark.parametrize("how", [crash, refusal])
@pytest.mark.parametrize("only", Wanted)
def test_whatever_call_a_step_ends_before_the_same_records_are_asked_for(
    only: Wanted, how: Callable[[], BaseException]
) -> None:
    calls, is_reached = 0, True
    while is_reached:
        world = FakeAdapters()
        rooms = rooms_in(world)
        furnish(world)
        start(world, rooms, only)
        with suppress(PosthornError), Interrupted(world, calls, how) as interrupted:
            work_off(world, rooms)
        work_off(world, service_on(world, recovery_page_max=2, recovery_s=0))
        asked = [each.attempt.record_id for each in world.deliveries.sent]
        assert len(set(asked)) == len(EXPECTED[only])
        assert len(asked) <= len(EXPECTED[only]) + 2, "no more than a page is repeated"
        is_reached = interrupted.is_reached
        calls += 1
    assert calls > 10


def test_what_never_was_a_recovery_is_no_message(world: FakeAdapters) -> None:
    with pytest.raises(InvalidInput):
        rooms_in(world).recoverer.step("{this is no message")


def test_two_messages_of_one_recovery_do_not_double_it(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    furnish(world)
    start(world, rooms, Wanted.ALL)
    world.background.sent *= 2
    work_off(world, rooms)
    assert recovered(world) == EXPECTED[Wanted.ALL]


def test_a_repeated_attempt_of_a_recovery_is_recognised_and_not_sent(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    made(world, notified(world, 1), BROKEN)
    start(world, rooms, Wanted.FAILED)
    work_off(world, rooms)
    (sent,) = world.deliveries.sent
    for message_id in ("first", "copy"):
        assert rooms.deliver.batch([ReceivedAttempt(message_id, sent.attempt, 1)]) == []
    assert len(world.sender.sent) == 1


def test_one_that_was_stopped_enqueues_no_more(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    furnish(world)
    begun = start(world, rooms, Wanted.ALL)
    rooms.recoverer.step(world.background.take(StepRecovery).recovery_id)
    before = len(world.deliveries.sent)
    stopped = rooms.api.recoveries.stop(OWNER, MINE.id, begun.id)
    work_off(world, rooms)
    assert 0 < before == len(world.deliveries.sent)
    assert stopped.state is RecoveryState.STOPPED
    assert rooms.api.recoveries.stop(OWNER, MINE.id, begun.id) == stopped


@pytest.mark.parametrize(("minutes", "is_set_going"), [(14, False), (15, True)])
def test_one_that_was_left_behind_is_set_going_by_who_looks_at_it(
    world: FakeAdapters, minutes: int, *, is_set_going: bool
) -> None:
    rooms = rooms_in(world)
    furnish(world)
    begun = start(world, rooms, Wanted.ALL)
    world.background.sent.clear()
    world.clock.advance(60 * minutes)
    rooms.api.recoveries.get(OWNER, MINE.id, begun.id)
    work_off(world, rooms)
    ended = rooms.api.recoveries.get(OWNER, MINE.id, begun.id).state
    assert ended is (RecoveryState.DONE if is_set_going else RecoveryState.RUNNING)


def test_one_whose_webhook_was_paused_meanwhile_fails(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    begun = start(world, rooms, Wanted.ALL)
    world.webhooks.update(MINE, replace(MINE, is_enabled=False, version=2))
    work_off(world, rooms)
    assert rooms.api.recoveries.get(OWNER, MINE.id, begun.id).state is RecoveryState.FAILED


def test_progress_never_goes_back(world: FakeAdapters) -> None:
    rooms = rooms_in(world, 1)
    furnish(world)
    begun = start(world, rooms, Wanted.MISSING)
    seen = [begun.progress()]
    while world.background.sent:
        rooms.recoverer.step(world.background.take(StepRecovery).recovery_id)
        seen.append(rooms.api.recoveries.get(OWNER, MINE.id, begun.id).progress())
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == (0.0, 1.0)


def test_progress_counts_what_was_read_of_the_kept_notifications(world: FakeAdapters) -> None:
    """They were kept together, an hour before the end of the two: the place to read on from is in their middle."""
    rooms = rooms_in(world, 1)
    at = world.clock.now() - SPAN / 2
    texts = [json.dumps({"notificationType": "modelDeleted", "text": f"n{number}"}) for number in range(4)]
    world.held.keep([HeldNotification(f"ntf_{number}", at, text) for number, text in enumerate(texts)], 7)
    begun = start(world, rooms, Wanted.MISSING)
    seen = []
    while world.background.sent:
        rooms.recoverer.step(world.background.take(StepRecovery).recovery_id)
        seen.append(rooms.api.recoveries.get(OWNER, MINE.id, begun.id).progress())
    assert seen == [0.5, 0.75, 0.75, 0.75, 0.75, 1.0]


@pytest.mark.parametrize("only", Wanted)
def test_a_recovery_never_looks_into_a_cursor(world: FakeAdapters, only: Wanted) -> None:
    """Only the store that gave it can read it."""
    begun = start(world, rooms_in(world), only)
    for is_surveyed in (False, True):
        within = replace(begun, is_surveyed=is_surveyed, cursor="nothing but the store's", reached_at=begun.since)
        assert 0 <= within.progress() <= 1
        assert 0 <= within.ended(begun.started_at, RecoveryState.STOPPED).progress() <= 1


def test_a_recovery_is_not_started_with_a_remembered_key_of_one_who_is_no_admin_any_more(world: FakeAdapters) -> None:
    boss = Caller("5", Role.ADMIN)
    put(world, person(boss, role=Role.USER))
    with pytest.raises(Forbidden):
        rooms_in(world).api.recoveries.start(boss, MINE.id, Wanted.ALL, world.clock.now() - timedelta(hours=1), None)
    assert world.background.sent == []


def test_what_a_webhook_filters_out_is_not_missing(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    world.webhooks.update(MINE, replace(MINE, filter_expression="text == 'n1'", version=2))
    notified(world, 1)
    notified(world, 2)
    start(world, rooms, Wanted.MISSING)
    work_off(world, rooms)
    assert recovered(world) == ["n1"]


def test_a_span_that_cannot_hold_anything_is_refused(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    now = world.clock.now()
    with pytest.raises(InvalidInput):
        rooms.api.recoveries.start(OWNER, MINE.id, Wanted.ALL, now, now)
    with pytest.raises(InvalidInput):
        rooms.api.recoveries.start(OWNER, MINE.id, Wanted.ALL, now + SPAN, now + 2 * SPAN)


def test_where_nothing_is_kept_nobody_knows_what_is_missing(world: FakeAdapters) -> None:
    rooms_in(world)
    with pytest.raises(InvalidInput):
        start(world, service_on(world, notification_days=0), Wanted.MISSING)


def test_a_paused_webhook_recovers_nothing(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    world.webhooks.update(MINE, replace(MINE, is_enabled=False, version=2))
    with pytest.raises(WebhookPaused):
        start(world, rooms, Wanted.ALL)


@pytest.mark.parametrize("recovery_id", ["rcv_" + "0" * 26, "nonsense", ""])
def test_what_is_not_there_is_told(world: FakeAdapters, recovery_id: str) -> None:
    with pytest.raises(RecoveryNotFound):
        rooms_in(world).api.recoveries.get(OWNER, MINE.id, recovery_id)


def test_a_webhook_has_one_recovery_at_a_time_and_the_refusal_names_it(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    first = start(world, rooms, Wanted.ALL)
    with pytest.raises(RecoveryRunning) as refused:
        start(world, rooms, Wanted.FAILED)
    assert refused.value.fields == {"recoveryId": first.id}
    assert len(world.background.sent) == 1


def test_two_that_start_at_once_are_one(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have seen that none is running."""
    rooms, create = rooms_in(world), world.recoveries.create
    others = []

    def late(recovery: Recovery, latest: str | None, held: Sequence[Standing]) -> bool:
        monkeypatch.setattr(world.recoveries, "create", create)
        others.append(start(world, rooms, Wanted.ALL))
        return create(recovery, latest, held)

    monkeypatch.setattr(world.recoveries, "create", late)
    with pytest.raises(RecoveryRunning) as refused:
        start(world, rooms, Wanted.ALL)
    assert refused.value.fields == {"recoveryId": others[0].id}
    assert len(world.background.sent) == 1


@pytest.mark.parametrize("end", ["done", "stopped", "failed"])
def test_another_may_start_as_soon_as_it_has_ended(world: FakeAdapters, end: str) -> None:
    rooms = rooms_in(world)
    begun = start(world, rooms, Wanted.ALL)
    if end == "stopped":
        rooms.api.recoveries.stop(OWNER, MINE.id, begun.id)
    if end == "failed":
        paused = replace(MINE, is_enabled=False, version=2)
        world.webhooks.update(MINE, paused)
        work_off(world, rooms)
        world.webhooks.update(paused, replace(MINE, version=3))
    work_off(world, rooms)
    world.clock.advance(1)
    assert rooms.api.recoveries.get(OWNER, MINE.id, begun.id).state == end
    assert start(world, rooms, Wanted.ALL).id != begun.id


def test_one_that_was_left_behind_is_set_going_again_by_who_wants_another(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    begun = start(world, rooms, Wanted.ALL)
    world.background.sent.clear()
    world.clock.advance(900)
    with pytest.raises(RecoveryRunning):
        start(world, rooms, Wanted.ALL)
    assert world.background.take(StepRecovery).recovery_id == begun.id


def test_recoveries_of_a_webhook_are_listed_newest_first(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    begun = []
    for _ in range(3):
        begun.append(start(world, rooms, Wanted.ALL).id)
        work_off(world, rooms)
        world.clock.advance(1)
    page, rest = rooms.api.recoveries.page(OWNER, MINE.id, None, 2)
    last, end = rooms.api.recoveries.page(OWNER, MINE.id, rest, 2)
    assert ([each.id for each in page + last], end) == ([*reversed(begun)], None)


def test_recoveries_go_with_their_webhook(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    begun = start(world, rooms, Wanted.ALL)
    rooms.api.webhooks.delete(OWNER, MINE.id)
    rooms.purge.step(MINE)
    assert world.recoveries.get(begun.id) is None


def test_a_page_ends_early_where_a_filter_takes_much_work_and_nothing_is_lost(world: FakeAdapters) -> None:
    """The expression that was reported takes 15 ms for each notification."""
    count = 30
    costly = replace(MINE, filter_expression=f"{REPORTED} || `true`", version=2)
    rooms = rooms_in(world, count)
    assert world.webhooks.update(MINE, costly)
    for number in range(count):
        notified(world, number)
    begun = start(world, rooms, Wanted.MISSING)
    pages = []
    before = 0
    began = time.process_time()
    while world.background.sent:
        rooms.recoverer.step(begun.id, world.background.sent.pop(0).hops)
        examined = rooms.api.recoveries.get(OWNER, MINE.id, begun.id).examined
        pages.append((examined - before, time.process_time() - began))
        before, began = examined, time.process_time()
    assert sorted(recovered(world)) == sorted(f"n{number}" for number in range(count))
    assert len(world.deliveries.sent) == count
    assert all(examined < 10 and cpu_s < slowness() for examined, cpu_s in pages)


@pytest.mark.parametrize("only", [Wanted.FAILED, Wanted.MISSING])
def test_what_succeeded_at_first_and_failed_when_a_person_repeated_it_is_not_recovered(
    world: FakeAdapters, only: Wanted
) -> None:
    rooms = rooms_in(world)
    first = made(world, notified(world, 1))
    made(world, again(first, world.clock.now() - timedelta(minutes=9)), BROKEN)
    start(world, rooms, only)
    work_off(world, rooms)
    assert recovered(world) == []


@pytest.mark.parametrize("only", [Wanted.FAILED, Wanted.ALL])
def test_what_was_expunged_is_not_recovered(world: FakeAdapters, only: Wanted) -> None:
    rooms = rooms_in(world)
    made(world, notified(world, 1), BROKEN)
    gone = made(world, notified(world, 2), BROKEN)
    world.history.expunge(gone.attempt.record_id, world.clock.now())
    start(world, rooms, only)
    work_off(world, rooms)
    assert recovered(world) == ["n1"]


def test_who_finds_that_another_message_has_moved_the_recovery_drops_out(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms_in(world)
    rooms = service_on(world, recovery_page_max=1, recovery_s=100)
    for number in range(3):
        made(world, notified(world, number), BROKEN)
    begun = start(world, rooms, Wanted.FAILED)
    advances: list[Recovery] = []
    monkeypatch.setattr(world.recoveries, "advance", lambda old, _: advances.append(old))
    rooms.recoverer.step(begun.id)
    assert advances == [begun]


@pytest.mark.parametrize("only", [Wanted.FAILED, Wanted.ALL])
def test_a_test_is_not_recovered(world: FakeAdapters, only: Wanted) -> None:
    rooms = rooms_in(world)
    made(world, replace(notified(world, 1), trigger=Trigger.TEST), BROKEN)
    start(world, rooms, only)
    work_off(world, rooms)
    assert recovered(world) == []


def test_a_recovered_delivery_begins_its_schedule_anew_without_the_place_that_it_had(world: FakeAdapters) -> None:
    rooms = rooms_in(world)
    last = replace(notified(world, 1), attempt_number=8, trigger=Trigger.SCHEDULE, slot_at=world.clock.now())
    made(world, last, BROKEN)
    start(world, rooms, Wanted.FAILED)
    work_off(world, rooms)
    (sent,) = world.deliveries.sent
    assert (sent.attempt.attempt_number, sent.attempt.trigger, sent.attempt.slot_at) == (1, Trigger.RECOVERY, None)
