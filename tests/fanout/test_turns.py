"""One owner's expressions cost the others next to nothing, and what a batch has no time for is done by the next step."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.expressions.evaluation import Allowance
from chalicelib.domain.expressions.metering import OWNER_WORK_MAX
from chalicelib.domain.notifications.envelope import LEFT, POSITION
from chalicelib.fanout import sending
from chalicelib.fanout.preparation import OutOfTime
from testbed.expressions.cases import REPORTED
from testbed.fakes.service import FakeAdapters, service_on
from tests.delivery.crashes import Interrupted
from tests.domain.samples import webhook
from tests.fanout.fanning import WANTING, deliveries_of, furnish, handed_out, once_each, received, take_queued, work_off
from tests.slowness import slowness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.delivery.ports import Enqueued
    from chalicelib.domain.webhooks.webhook import Webhook

OTHER, HOSTILE = "2", "66"
CHEAP = "notificationType"
WEBHOOKS = 100
TURN_CPU_S = 0.15
"""More than twice what the whole allowance of an owner has taken here."""


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


@pytest.fixture
def few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is looked at after each attempt."""
    monkeypatch.setattr(sending, "_TOGETHER_MAX", 1)


def attack(world: FakeAdapters) -> None:
    """A hundred webhooks of one user, each with the filter that was reported, and two of somebody else."""
    for number in range(WEBHOOKS):
        world.webhooks.create(webhook(number, owner_id=HOSTILE, groups=("ops",), filter_expression=f"{REPORTED} "))
    world.webhooks.create(webhook(900, owner_id=OTHER, groups=("ops",)))
    world.webhooks.create(webhook(901, owner_id=OTHER, groups=("ops",), filter_expression=CHEAP))


def fan_out(world: FakeAdapters, notifications: Sequence[dict[str, Any]], **changes: float) -> None:
    """All of them in one batch."""
    messages = [
        received(f"m-{number}", text=json.dumps({"notificationType": "modelDeleted", **members}))
        for number, members in enumerate(notifications)
    ]
    assert service_on(world, **changes).fan_out.batch(messages) == {}


def watched(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, Enqueued]]:
    """Each attempt that is sent, with the CPU that had been taken until then, from now on."""
    sent: list[tuple[float, Enqueued]] = []
    original, began = world.deliveries.send, time.process_time()

    def send(messages: Sequence[Enqueued]) -> None:
        sent.extend((time.process_time() - began, each) for each in messages)
        original(messages)

    monkeypatch.setattr(world.deliveries, "send", send)
    return sent


TO_THE_OTHER = {"targetUser": 2}
TO_THE_HOSTILE = {"targetUser": 66}
TO_BOTH = {"targetGroup": "ops"}


@pytest.mark.parametrize("place", [0, 5, 9])
def test_somebody_elses_notification_leaves_before_the_expressions_of_the_nine_others(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch, place: int
) -> None:
    attack(world)
    batch = [TO_THE_HOSTILE] * 9
    batch.insert(place, TO_THE_OTHER)
    sent = watched(world, monkeypatch)
    fan_out(world, batch)
    assert [each.attempt.webhook_id for _, each in sent[:2]] == [webhook(900).id, webhook(901).id]
    turn_s = TURN_CPU_S * slowness()
    assert sent[1][0] < turn_s
    assert sent[-1][0] < 9 * turn_s


def test_so_it_is_where_both_hear_of_each_notification(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    attack(world)
    sent = watched(world, monkeypatch)
    fan_out(world, [TO_BOTH] * 10)
    assert {each.attempt.webhook_id for _, each in sent[:20]} == {webhook(900).id, webhook(901).id}
    turn_s = TURN_CPU_S * slowness()
    assert sent[19][0] < turn_s
    assert sent[20][0] > sent[19][0]
    assert sent[-1][0] < 10 * turn_s


def problems(world: FakeAdapters) -> dict[str, str | None]:
    """What is enqueued for each webhook and notification: a body, or a problem."""
    return {str(each.attempt.record_id): each.attempt.problem for each in world.deliveries.sent}


def test_what_an_owner_has_no_work_left_for_is_a_failure_that_says_so(world: FakeAdapters) -> None:
    attack(world)
    fan_out(world, [TO_THE_HOSTILE])
    said = Counter(problems(world).values())
    ((text, count),) = said.items()
    assert WEBHOOKS - 5 < count < WEBHOOKS
    assert text is not None
    assert text.startswith(
        "The webhook's filter failed: the filters and transforms of this owner's webhooks together take more work"
    )


def test_the_work_of_an_owner_in_a_step_is_within_the_allowance(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowances: list[Allowance] = []

    def allowance(work_max: int) -> Allowance:
        allowances.append(Allowance(work_max))
        return allowances[-1]

    monkeypatch.setattr(sending, "Allowance", allowance)
    attack(world)
    fan_out(world, [TO_THE_HOSTILE] * 3)
    assert len(allowances) == 3
    assert all(OWNER_WORK_MAX / 2 < each.spent <= OWNER_WORK_MAX for each in allowances)


def outcomes(world: FakeAdapters, batch: Sequence[dict[str, Any]], **changes: float) -> dict[str, str | None]:
    """What becomes of the first of some notifications."""
    batch = [{**members, "id": f"evt-{members.get('number')}"} for members in batch]
    fan_out(world, batch, **changes)
    work_off(world, service_on(world, **changes))
    found = {
        each.attempt.webhook_id: each.attempt.problem
        for each in world.deliveries.sent
        if each.attempt.notification_id == "evt-1"
    }
    world.deliveries.sent.clear()
    return found


@pytest.mark.usefixtures("few_at_a_time")
def test_whether_a_webhook_gets_its_delivery_depends_on_nothing_but_its_owners_webhooks(world: FakeAdapters) -> None:
    """Not on what else is in the batch, nor on when the time is up, nor on how often the step was begun."""
    mixed = [f"{REPORTED} ", CHEAP, "{a: id}"]
    for number in range(30):
        expression = {"filter_expression": mixed[number % 3]} if number % 3 < 2 else {"transform_expression": mixed[2]}
        world.webhooks.create(webhook(number, owner_id=str(60 + number % 2), groups=("ops",), **expression))
    wanted, others = {**TO_BOTH, "number": 1}, [{**TO_BOTH, "number": number} for number in range(2, 5)]
    found = []
    for batch, seconds in (([wanted], 20), ([*others, wanted], 20), ([wanted, *others], 0), ([*others, wanted], 0)):
        for each in ("claims", "deliveries"):
            vars(world)[each] = type(getattr(world, each))()
        found.append(outcomes(world, batch, fan_out_s=seconds))
    assert found[1:] == [found[0]] * 3
    assert 20 < len(found[0]) < 30
    assert Counter(problem is None for problem in found[0].values()).keys() == {True, False}


@pytest.fixture
def slow_queue(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> FakeAdapters:
    """Each sending takes nine seconds."""
    original = world.deliveries.send

    def send(messages: Sequence[Enqueued]) -> None:
        world.clock.advance(9)
        original(messages)

    monkeypatch.setattr(world.deliveries, "send", send)
    return world


def many(world: FakeAdapters, count: int, **changes: str) -> list[Webhook]:
    """Webhooks of as many owners, who all hear of everything."""
    made = [webhook(number, owner_id=f"u{number}", is_global=True, **changes) for number in range(count)]
    for each in made:
        world.webhooks.create(each)
    return made


@pytest.mark.parametrize("expressions", [{}, {"filter_expression": CHEAP}, {"transform_expression": "{a: id}"}])
def test_what_there_is_no_time_for_is_left_to_the_next_step(slow_queue: FakeAdapters, expressions: dict[str, str]) -> None:
    made = many(slow_queue, 450, **expressions)
    rooms = service_on(slow_queue)
    began = slow_queue.clock.now()
    rooms.fan_out.step(received())
    assert (slow_queue.clock.now() - began).total_seconds() == 27
    assert len(slow_queue.deliveries.sent) == 300
    (left,) = slow_queue.accepted.sent
    assert (left.attributes[POSITION], len(left.attributes[LEFT].split(","))) == ("8||1", 150)
    assert work_off(slow_queue, rooms) == 1
    assert deliveries_of(slow_queue) == {each.id: 1 for each in made}


@pytest.mark.usefixtures("few_at_a_time")
@pytest.mark.parametrize("page", [1, 2, 3, 7])
@pytest.mark.parametrize("members", [{}, {"id": "evt-1"}])
def test_steps_that_have_no_time_at_all_get_on_one_by_one(world: FakeAdapters, page: int, members: dict[str, str]) -> None:
    furnish(world)
    rooms = service_on(world, fan_out_page_max=page, fan_out_s=0)
    rooms.fan_out.step(received(**members))
    work_off(world, rooms)
    assert deliveries_of(world) == once_each(WANTING)


@pytest.mark.usefixtures("few_at_a_time")
def test_a_name_is_taken_once_though_its_steps_had_no_time(world: FakeAdapters) -> None:
    furnish(world)
    rooms = service_on(world, fan_out_page_max=3, fan_out_s=0)
    for message_id in ("m-1", "m-2"):
        rooms.fan_out.step(received(message_id, id="evt-1"))
        work_off(world, rooms)
    assert deliveries_of(world) == once_each(WANTING)


@pytest.mark.usefixtures("few_at_a_time")
@pytest.mark.parametrize("members", [{}, {"id": "evt-1"}])
@pytest.mark.parametrize("calls_before", range(75))
def test_a_crash_between_any_two_calls_of_such_steps_loses_nothing(
    world: FakeAdapters, calls_before: int, members: dict[str, str]
) -> None:
    furnish(world)
    pending = [received("m-1", **members)]
    with Interrupted(world, calls_before) as interrupted:
        dying = service_on(world, fan_out_page_max=3, fan_out_s=0)
        while pending:
            dying.fan_out.step(pending[0])
            pending = [handed_out(each, f"c-{number}") for number, each in enumerate(take_queued(world))]
    assert interrupted.is_reached == bool(pending)
    pending += [handed_out(each, "left") for each in take_queued(world)]
    rooms = service_on(world, fan_out_page_max=3, fan_out_s=0)
    for each in pending:
        rooms.fan_out.step(each)
    work_off(world, rooms)
    assert set(deliveries_of(world)) == set(once_each(WANTING))
    assert max(deliveries_of(world).values()) <= 2


@pytest.mark.usefixtures("few_at_a_time")
def test_of_two_laps_of_a_repeated_step_one_is_dropped(world: FakeAdapters) -> None:
    furnish(world)
    rooms = service_on(world, fan_out_page_max=7, fan_out_s=0)
    rooms.fan_out.step(received())
    rooms.fan_out.step(received())
    one, other = take_queued(world)
    rooms.fan_out.step(handed_out(one, "c-1"))
    rooms.fan_out.step(handed_out(other, "c-2"))
    assert len(world.accepted.sent) == 1
    work_off(world, rooms)
    assert set(deliveries_of(world)) == set(once_each(WANTING))


def test_steps_that_were_not_begun_when_the_time_is_over_are_handed_back_untouched(slow_queue: FakeAdapters) -> None:
    many(slow_queue, 350)
    messages = [received("m-1", id="evt-1"), received("m-2", id="evt-2")]
    failures = service_on(slow_queue).fan_out.batch(messages)
    assert [(key, type(each)) for key, each in failures.items()] == [("m-2", OutOfTime)]
    assert "FAN_OUT_S" in str(failures["m-2"])
    rooms = service_on(slow_queue)
    work_off(slow_queue, rooms)
    rooms.fan_out.step(received("m-2", id="evt-2"))
    work_off(slow_queue, rooms)
    assert Counter(each.attempt.notification_id for each in slow_queue.deliveries.sent) == {"evt-1": 350, "evt-2": 350}


def test_owners_take_turns_over_the_batch(world: FakeAdapters) -> None:
    """Who has spent more comes later, whichever notification it is for."""
    for number, owner_id in enumerate(("a", "a", "b", "c")):
        expression = f"map(&@, `{json.dumps([0] * (200 if owner_id == 'a' else 1))}`)"
        world.webhooks.create(webhook(number, owner_id=owner_id, is_global=True, filter_expression=expression))
    fan_out(world, [{}, {}])
    owners = {webhook(0).id: "a", webhook(1).id: "a", webhook(2).id: "b", webhook(3).id: "c"}
    assert "".join(owners[each.attempt.webhook_id] for each in world.deliveries.sent) == "bcbcaaaa"


def test_an_unexpected_failure_of_the_sending_lets_no_step_pass_for_done(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(world)

    def fail(_: Sequence[Enqueued]) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(world.deliveries, "send", fail)
        failures = service_on(world).fan_out.batch([received(each, id=each) for each in ("m-1", "m-2")])
    assert {key: type(each) for key, each in failures.items()} == {"m-1": ZeroDivisionError, "m-2": ZeroDivisionError}
    rooms = service_on(world)
    for each in ("m-1", "m-2"):
        rooms.fan_out.step(received(each, id=each))
    work_off(world, rooms)
    assert Counter(each.attempt.notification_id for each in world.deliveries.sent) == {"m-1": 7, "m-2": 7}


def test_an_owner_who_has_spent_much_waits_for_those_who_have_not(world: FakeAdapters) -> None:
    """However few webhooks it has."""
    world.webhooks.create(webhook(0, owner_id="a", is_global=True, filter_expression=f"{REPORTED} || `true`"))
    for number in (1, 2):
        world.webhooks.create(webhook(number, owner_id="b", is_global=True, filter_expression=CHEAP))
    fan_out(world, [{}, {}])
    owners = {webhook(0).id: "a", webhook(1).id: "b", webhook(2).id: "b"}
    assert "".join(owners[each.attempt.webhook_id] for each in world.deliveries.sent) == "abbbba"
