"""A receiver that asks for a pause gets one, from all deliveries of its webhook."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.delivery.release import PROBE_DELAY_S
from chalicelib.domain.delivery.attempt import PendingAttempt, Response, Trigger
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.payloads.formats import BodyFormat
from chalicelib.domain.webhooks.health import REST_MAX_S, Health
from chalicelib.webhooks.edits import WebhookEdit
from testbed.fakes.people import settle
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, at, attempt_at, webhook

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.delivery.attempt import OutboundRequest
    from chalicelib.domain.webhooks.webhook import Webhook
    from testbed.fakes.sender import Answer, Plain
    from testbed.fakes.service import Service

MINE = webhook(1)
BUSY = Response(503, (("Retry-After", "60"),), b"")
OWNER = Caller(user_id="1", role=Role.USER)


@pytest.fixture
def world() -> FakeAdapters:
    made = FakeAdapters()
    settle(made, OWNER)
    made.webhooks.create(MINE)
    return made


class Receiver:
    """Answers as it is told, and notes when it was called."""

    def __init__(self, world: FakeAdapters, *answers: Plain) -> None:
        self.called_at: list[datetime] = []
        self._world = world
        self._answers = iter(answers)
        world.sender.answers[MINE.url] = self.answer

    def answer(self, _: OutboundRequest) -> Plain:
        self.called_at.append(self._world.clock.now())
        return next(self._answers, 200)


def _now(world: FakeAdapters) -> Webhook:
    kept = world.webhooks.get(MINE.id)
    assert kept is not None
    return kept


def _owed(world: FakeAdapters, salt: str, trigger: Trigger = Trigger.NOTIFICATION) -> PendingAttempt:
    return replace(attempt_at(world.clock.now(), salt=salt), delivery_id=f"msg_{salt}", trigger=trigger)


def _batch(rooms: Service, *owed: PendingAttempt) -> None:
    assert rooms.deliver.batch([ReceivedAttempt(f"m-{number}", each, 1) for number, each in enumerate(owed)]) == []


def _run(world: FakeAdapters, rooms: Service, until: datetime) -> None:
    """A notification each nine seconds for a minute; both queues are worked off as their messages become visible."""
    owed: list[tuple[datetime, PendingAttempt]] = [(at(9 * each), _at(9 * each)) for each in range(6)]
    looks: list[datetime] = []
    while (now := world.clock.now()) < until:
        owed += [(now + timedelta(seconds=each.delay_s), each.attempt) for each in world.deliveries.sent]
        world.deliveries.sent.clear()
        looks += [now + timedelta(seconds=each.delay_s) for each in world.background.sent]
        world.background.sent.clear()
        for _ in [each for each in looks if each <= now]:
            rooms.release.step(MINE.id)
        looks = [each for each in looks if each > now]
        due = [attempt for visible_at, attempt in owed if visible_at <= now]
        owed = [(visible_at, attempt) for visible_at, attempt in owed if visible_at > now]
        _batch(rooms, *due)
        world.clock.advance(1)


def _at(seconds: float) -> PendingAttempt:
    return replace(attempt_at(at(seconds), salt=str(seconds)), delivery_id=f"msg_{seconds}")


def test_the_receiver_is_left_alone_until_then_and_the_others_wait_uncounted(world: FakeAdapters) -> None:
    receiver = Receiver(world, BUSY)
    rooms = service_on(world)
    _run(world, rooms, at(180))
    assert receiver.called_at[0] == NOON
    assert receiver.called_at[1] >= at(60)
    records = world.history.page_of_all(None, HistoryFilter(), 99).records
    assert sorted(each.attempt.attempt_number for each in records if each.failure is None) == [1, 1, 1, 1, 1, 2]
    assert len(records) == 7
    assert (_now(world).health, world.waiting.oldest(MINE.id, 9), world.accepted.sent) == (Health(), [], [])


def test_at_the_end_of_a_rest_one_attempt_finds_out_if_it_is_over(world: FakeAdapters) -> None:
    receiver = Receiver(world, BUSY, BUSY, BUSY)
    _run(world, service_on(world), at(185))
    first, second, third, *_ = receiver.called_at
    assert first == NOON
    assert at(60) <= second <= at(63)
    assert second + timedelta(seconds=60) <= third <= second + timedelta(seconds=63 + PROBE_DELAY_S)
    assert _now(world).health.probe_at is None


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
def test_every_failure_that_asks_for_a_pause_gets_it(world: FakeAdapters, status: int) -> None:
    Receiver(world, Response(status, (("retry-after", "60"),), b""))
    _batch(service_on(world), _owed(world, "1"))
    assert _now(world).health == Health(failures=1, failing_since=at(0.02), rest_until=at(60.02))


def test_a_success_asks_for_nothing(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    Receiver(world, Response(200, (("retry-after", "60"),), b""))
    monkeypatch.setattr(world.webhooks, "update_health", None)
    _batch(service_on(world), _owed(world, "1"))
    assert _now(world).health == Health()


@pytest.mark.parametrize("asked", ["0", "soon", "-5", "Wed, 21 Oct 2015 07:28:00 GMT"])
def test_nonsense_and_nothing_are_no_pause(world: FakeAdapters, asked: str) -> None:
    Receiver(world, Response(503, (("retry-after", asked),), b""))
    _batch(service_on(world), _owed(world, "1"))
    assert _now(world).health.rest_until is None


def test_a_rest_is_bounded_and_the_delivery_itself_waits_as_long_as_it_was_asked_to(world: FakeAdapters) -> None:
    Receiver(world, Response(503, (("retry-after", "7200"),), b""))
    _batch(service_on(world), _owed(world, "1"))
    (made,) = world.history.page_of_all(None, HistoryFilter(), 9).records
    assert (_now(world).health.rest_until, made.next_attempt_at) == (at(REST_MAX_S + 0.02), at(7_200.02))


def test_what_waits_is_looked_at_within_what_a_queue_can_delay(world: FakeAdapters) -> None:
    """A new URL wakes what waits by then; what a worker holds by an old view a moment later must not wait for an hour."""
    world.webhooks.update_health(MINE, Health(failures=1, failing_since=NOON, rest_until=at(3_600)))
    _batch(service_on(world), _owed(world, "1"))
    found = world.waiting.list_of(MINE.id)
    assert found is not None
    assert found.wake_at == at(900)
    world.clock.advance(900)
    service_on(world).release.step(MINE.id)
    moved = world.waiting.list_of(MINE.id)
    assert moved is not None
    assert (moved.wake_at, world.deliveries.sent) == (at(3_600), [])


def test_a_new_url_does_not_rest(world: FakeAdapters) -> None:
    Receiver(world, BUSY)
    rooms = service_on(world)
    _batch(rooms, _owed(world, "1"))
    _batch(rooms, _owed(world, "2"))
    world.background.sent.clear()
    rooms.api.editor.edit(OWNER, MINE.id, WebhookEdit({"url": "https://elsewhere.example/"}), None)
    assert (_now(world).health, len(world.background.sent)) == (Health(), 1)


def test_a_discord_webhook_rests_by_discords_unit(world: FakeAdapters) -> None:
    url = "https://discord.example/api/webhooks/1/token"
    mine = webhook(2, url=url, body_format=BodyFormat.DISCORD)
    world.webhooks.create(mine)
    headers = (("Retry-After", "6500"), ("X-RateLimit-Reset-After", "6.5"), ("content-type", "application/json"))
    answer: Answer = Response(429, headers, b'{"message": "You are being rate limited.", "retry_after": 6500}')
    world.sender.answers[url] = answer
    service_on(world).deliver.batch([ReceivedAttempt("m", attempt_at(NOON, 2), 1)])
    kept = world.webhooks.get(mine.id)
    assert kept is not None
    assert kept.health.rest_until == at(6.52)


def test_the_rest_of_a_batch_is_held_when_an_answer_asks_for_a_pause(world: FakeAdapters) -> None:
    receiver = Receiver(world, BUSY)
    rooms = service_on(world, in_flight_max=1, in_flight_per_webhook_max=1)
    _batch(rooms, *[_owed(world, str(number)) for number in range(5)])
    assert (len(receiver.called_at), len(world.waiting.oldest(MINE.id, 9)), world.deliveries.sent[1:]) == (1, 4, [])
    found = world.waiting.list_of(MINE.id)
    assert found is not None
    assert found.wake_at == at(60.02)


def test_a_persons_retry_is_sent_at_once_and_its_success_ends_the_rest(world: FakeAdapters) -> None:
    receiver = Receiver(world, BUSY)
    rooms = service_on(world)
    _batch(rooms, _owed(world, "1"))
    _batch(rooms, _owed(world, "2"))
    world.clock.advance(5)
    world.background.sent.clear()
    _batch(rooms, _owed(world, "3", Trigger.RETRY))
    assert receiver.called_at == [NOON, at(5)]
    assert (_now(world).health, len(world.background.sent)) == (Health(), 1)


def test_a_persons_retry_that_fails_opens_no_circuit(world: FakeAdapters) -> None:
    Receiver(world, BUSY, 500)
    rooms = service_on(world)
    _batch(rooms, _owed(world, "1"))
    _batch(rooms, _owed(world, "2", Trigger.RETRY))
    found = _now(world).health
    assert (found.failures, found.probe_at, found.rest_until, world.accepted.sent) == (2, None, at(60.02), [])


def test_the_owner_is_not_notified_of_a_rest(world: FakeAdapters) -> None:
    Receiver(world, BUSY)
    rooms = service_on(world)
    _batch(rooms, _owed(world, "1"))
    world.clock.advance(61)
    _batch(rooms, _owed(world, "2"))
    assert (_now(world).health, world.accepted.sent) == (Health(), [])
