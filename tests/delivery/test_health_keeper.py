"""What a batch has found is written on the webhooks."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.access.audit import Auditor
from chalicelib.delivery.health import GONE_REASON, HealthKeeper
from chalicelib.delivery.recording import Ended
from chalicelib.delivery.waiting import Waiting
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.history import records as history
from chalicelib.domain.notifications import notification
from chalicelib.domain.webhooks.health import Health
from testbed.fakes.service import FakeAdapters
from tests.delivery.crashes import Interrupted
from tests.domain.samples import NOON, POLICY, SCHEDULE, at, attempt_at, broken, exchange, webhook

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import Exchange
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.webhook import Webhook

DAY_S = 24 * 3600


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


def _keeper(world: FakeAdapters) -> HealthKeeper:
    auditor = Auditor(lines=world.audit, clock=world.clock, entropy=world.entropy)
    return HealthKeeper(
        store=world.webhooks,
        notifications=world.accepted,
        waiting=Waiting(store=world.waiting, background=world.background, clock=world.clock),
        audit=auditor,
        clock=world.clock,
        policy=POLICY,
    )


def _record(came: Exchange, seconds: float = 0) -> HistoryRecord:
    moved = replace(came, started_at=at(seconds))
    return history.record(attempt_at(at(seconds), salt=str(seconds)), moved, SCHEDULE)


def _learn_of(world: FakeAdapters, sent_to: Webhook, *records: HistoryRecord) -> None:
    """Learn from attempts that were sent to a webhook as it was then."""
    _keeper(world).learn({sent_to.id: sent_to}, [Ended(each, sent_to) for each in records])


def _learn(world: FakeAdapters, *records: HistoryRecord, is_probe: bool = False) -> Webhook:
    """Learn from attempts to the one webhook there is; return it as it is then."""
    (mine,) = world.webhooks.page(None, None, 9)
    _keeper(world).learn({mine.id: mine}, [Ended(each, mine, is_probe) for each in records])
    (after,) = world.webhooks.page(None, None, 9)
    return after


def test_nothing_is_written_for_one_that_was_well_and_is_well(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    world.webhooks.create(webhook())
    monkeypatch.setattr(world.webhooks, "update_health", None)
    assert _learn(world, _record(exchange(200)), _record(exchange(204), 1)).health == Health()


def test_failures_are_counted_in_the_order_of_their_ends(world: FakeAdapters) -> None:
    world.webhooks.create(webhook())
    late, early = _record(exchange(500), 9), _record(exchange(200), 5)
    assert _learn(world, late, early).health == Health(failures=1, failing_since=at(9))


def test_enough_failures_open_the_circuit(world: FakeAdapters) -> None:
    world.webhooks.create(webhook())
    records = [_record(exchange(500), number) for number in range(4)]
    assert _learn(world, *records).health == Health(failures=4, failing_since=NOON, opens=1, probe_at=at(32))


def test_a_probe_that_fails_doubles_the_wait(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(health=Health(failures=3, failing_since=at(-9), opens=1, probe_at=at(45))))
    found = _record(exchange(500))
    after = _learn(world, found, is_probe=True)
    assert (after.health.opens, after.health.probe_at) == (2, at(60))


def test_a_success_heals(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(health=Health(failures=3, failing_since=at(-9), opens=1, probe_at=at(45))))
    assert _learn(world, _record(exchange(200))).health == Health()


def test_a_late_answer_marks_the_webhook_as_slow(world: FakeAdapters) -> None:
    world.webhooks.create(webhook())
    assert _learn(world, _record(exchange(200, duration_ms=1_000))).health == Health(slow_until=at(601))


def test_an_attempt_that_is_still_out_marks_its_webhook_as_slow(world: FakeAdapters) -> None:
    mine = webhook(health=Health(failures=1, failing_since=at(-5)))
    world.webhooks.create(mine)
    marked = Health(failures=1, failing_since=at(-5), slow_until=at(600))
    assert _keeper(world).mark_slow(mine) == marked
    assert world.webhooks.get_many([mine.id])[mine.id].health == marked


def test_of_many_that_wait_for_one_receiver_the_first_one_writes(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = webhook()
    world.webhooks.create(mine)
    marked = _keeper(world).mark_slow(mine)
    monkeypatch.setattr(world.webhooks, "update_health", None)
    assert _keeper(world).mark_slow(mine) == marked == Health(slow_until=at(600))


def test_the_end_of_an_attempt_that_was_late_writes_no_more(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    world.webhooks.create(webhook())
    marked = _keeper(world).mark_slow(webhook())
    monkeypatch.setattr(world.webhooks, "update_health", None)
    assert _learn(world, _record(exchange(200, duration_ms=3_000))).health == marked


def test_a_mark_that_another_writer_forestalls_is_made_on_what_they_wrote(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = webhook()
    world.webhooks.create(mine)
    update_health = world.webhooks.update_health
    failed = Health(failures=1, failing_since=NOON)
    forestalled = iter([failed])

    def forestalling(seen: Webhook, new: Health) -> bool:
        for theirs in forestalled:
            update_health(seen, theirs)
        return update_health(seen, new)

    monkeypatch.setattr(world.webhooks, "update_health", forestalling)
    assert _keeper(world).mark_slow(mine) == replace(failed, slow_until=at(600))


@pytest.mark.parametrize("changes", [{"is_enabled": False}, {"disabled_reason": "Before."}])
def test_one_that_is_not_live_is_not_marked(world: FakeAdapters, changes: dict[str, Any]) -> None:
    mine = webhook(**changes)
    world.webhooks.create(mine)
    assert (_keeper(world).mark_slow(mine), world.webhooks.get(mine.id)) == (None, mine)


def test_one_that_is_gone_is_not_marked(world: FakeAdapters) -> None:
    assert _keeper(world).mark_slow(webhook()) is None


def test_a_store_that_refuses_leaves_the_mark_to_the_attempts_end(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: str) -> None:
        message = "It refuses."
        raise Unavailable(message)

    monkeypatch.setattr(world.webhooks, "get", refuse)
    assert _keeper(world).mark_slow(webhook()) is None


def test_another_writers_count_is_not_lost(world: FakeAdapters) -> None:
    mine = webhook()
    world.webhooks.create(mine)
    world.webhooks.update_health(mine, Health(failures=1, failing_since=at(-5)))
    _learn_of(world, mine, _record(exchange(500)))
    (after,) = world.webhooks.page(None, None, 9)
    assert after.health == Health(failures=2, failing_since=at(-5))


def test_against_writers_without_end_it_gives_up(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    world.webhooks.create(webhook())
    tries: list[str] = []
    monkeypatch.setattr(world.webhooks, "update_health", lambda seen, _: tries.extend([seen.id]))
    assert _learn(world, _record(exchange(500))).health == Health()
    assert len(tries) == 5


def test_410_disables_and_tells_the_owner_once(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(owner_id="7", name='My "hook" é'))
    gone = [_record(exchange(410), number) for number in range(3)]
    after = _learn(world, *gone)
    _learn(world, *gone)
    assert (after.disabled_reason, after.is_enabled, after.version) == (GONE_REASON, True, 2)
    (told,) = world.accepted.sent
    taken = notification.parse(told.text, notification_id="x", accepted_at=NOON)
    assert (taken.notification_type, taken.target_user, taken.action_by, taken.is_named) == (
        "webhookDisabled",
        "7",
        None,
        True,
    )
    assert taken.sentence({}) == f"""The webhook 'My "hook" é' was disabled: {GONE_REASON}"""
    assert json.loads(told.text)["webhookId"] == after.id


@pytest.mark.parametrize(("since_s", "is_disabled"), [(5 * DAY_S - 1, False), (5 * DAY_S, True)])
def test_five_days_of_nothing_but_failures_disable(world: FakeAdapters, since_s: float, *, is_disabled: bool) -> None:
    world.webhooks.create(webhook(health=Health(failures=9, failing_since=at(-since_s), opens=1, probe_at=at(45))))
    after = _learn(world, _record(exchange(500)))
    assert (after.disabled_reason is not None) is is_disabled
    assert len(world.accepted.sent) == is_disabled
    if after.disabled_reason is not None:
        assert after.disabled_reason.startswith("There was nothing but failures since 2026-02-24 12:00 UTC, 10 in a row.")


def test_a_success_after_five_days_does_not_disable(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(health=Health(failures=9, failing_since=at(-9 * DAY_S))))
    assert _learn(world, _record(broken(FailureCause.TIMEOUT)), _record(exchange(200), 1)).is_live


@pytest.mark.parametrize("changes", [{"is_enabled": False}, {"disabled_reason": "Before."}])
def test_one_that_is_paused_or_disabled_meanwhile_is_left_as_it_is(world: FakeAdapters, changes: dict[str, Any]) -> None:
    mine = webhook(**changes)
    world.webhooks.create(mine)
    _learn_of(world, webhook(health=Health(failures=1, failing_since=NOON)), _record(exchange(410)))
    assert world.webhooks.get(mine.id) == mine
    assert world.accepted.sent == []


def test_one_that_is_deleted_meanwhile_is_not_told_of(world: FakeAdapters) -> None:
    mine = webhook()
    _learn_of(world, mine, _record(exchange(410)))
    assert world.accepted.sent == []


def test_a_change_of_the_owners_in_between_does_not_undo_the_disabling(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.webhooks.create(webhook())
    refusals = iter([False])
    disable = world.webhooks.disable
    monkeypatch.setattr(world.webhooks, "disable", lambda old, new: next(refusals, True) and disable(old, new))
    assert _learn(world, _record(exchange(410))).disabled_reason == GONE_REASON


def test_who_dies_between_telling_and_disabling_tells_again_under_the_same_id(world: FakeAdapters) -> None:
    mine = webhook()
    world.webhooks.create(mine)
    with Interrupted(world, calls_before=3):
        _learn_of(world, mine, _record(exchange(410)))
    assert world.webhooks.page(None, None, 9)[0].is_live
    assert not _learn(world, _record(exchange(410), 5)).is_live
    assert len({json.loads(each.text)["id"] for each in world.accepted.sent}) == 1
    assert len(world.accepted.sent) == 2


def test_a_store_that_refuses_costs_one_webhooks_health_and_no_more(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = webhook(1), webhook(2)
    for each in (first, second):
        world.webhooks.create(each)
    update_health = world.webhooks.update_health

    def refusing(seen: Webhook, new: Health) -> bool:
        if seen.id == first.id:
            message = "It refuses."
            raise Unavailable(message)
        return update_health(seen, new)

    monkeypatch.setattr(world.webhooks, "update_health", refusing)
    ended = [
        Ended(history.record(attempt_at(NOON, number), exchange(500), SCHEDULE), each)
        for number, each in ((1, first), (2, second))
    ]
    _keeper(world).learn({first.id: first, second.id: second}, ended)
    assert [each.health.failures for each in world.webhooks.page(None, None, 9)] == [0, 1]


def test_a_transition_that_was_not_written_is_not_reported_to_the_owner(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.webhooks.create(webhook())
    monkeypatch.setattr(world.webhooks, "update_health", lambda *_: False)
    _learn(world, *(_record(exchange(500), number) for number in range(4)))
    assert world.accepted.sent == []
