"""The handlers on true SQS events: poison is set aside, what cannot be done now is handed back, the rest goes on."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.background import tasks
from chalicelib.background.tasks import FollowOwner, PurgeHistory, Task, WriteRecord
from chalicelib.codec import messages
from chalicelib.composition import process
from chalicelib.delivery.ports import Lane
from chalicelib.domain.delivery.hops import Hops
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.notifications import envelope, notification
from chalicelib.domain.notifications.catalogue import custom
from chalicelib.domain.webhooks.health import Health
from chalicelib.intake import claim_names
from chalicelib.intake.messages import content_of
from chalicelib.workers import background, deliver, notify, schedule
from testbed.events import arn, handed_back, message_id, scheduled_event, sqs_event
from testbed.fakes.service import FakeAdapters, service_on
from testbed.samples import claim_request
from tests.domain.samples import NOON, PAGE_SAMPLE, at, attempt_at, exchange, recorded, webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from chalicelib.delivery.ports import Enqueued
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.intake.ports import HeldNotification

EVERYTHING = HistoryFilter()
POISON = ["nonsense", "", "[]", "{}", "null"]


@pytest.fixture
def world() -> Iterator[FakeAdapters]:
    """One webhook that gets everything, one that was deleted, and the service that the handlers find."""
    made = FakeAdapters()
    made.webhooks.create(webhook(1, is_global=True))
    made.webhooks.create(webhook(2))
    made.webhooks.delete(webhook(2), NOON)
    made.history.write([recorded(attempt_at(NOON, 2))])
    with process.using(service_on(made, notification_bytes_max=1_000)):
        yield made


def _attempt(number: int = 1, salt: str = "") -> str:
    return messages.attempt_to_text(attempt_at(NOON, number, salt))


def _records(world: FakeAdapters) -> list[HistoryRecord]:
    return world.history.page_of_all(None, EVERYTHING, 99).records


@dataclass(frozen=True)
class Case:
    """A handler, a message that it can work on, how to tell that it did, and a port's method that it cannot do without."""

    handler: Any
    queue: str
    good: str
    is_done: Callable[[FakeAdapters], bool]
    needs: tuple[str, str]

    def handle(self, *bodies: str) -> object:
        """What the handler answers to a batch."""
        return self.handler(sqs_event(self.queue, *bodies), None)


CASES = {
    "notify": Case(
        notify.notify,
        "notifications",
        PAGE_SAMPLE,
        lambda world: len(world.deliveries.sent) == 1,
        ("webhooks", "subscribed"),
    ),
    "deliver": Case(
        deliver.deliver, "deliveries", _attempt(), lambda world: len(world.sender.sent) == 1, ("webhooks", "get_many")
    ),
    "deliver_slow": Case(
        deliver.deliver_slow,
        "slow-deliveries",
        _attempt(),
        lambda world: len(world.sender.sent) == 1,
        ("webhooks", "get_many"),
    ),
    "purge": Case(
        background.background,
        "background",
        tasks.to_text(Task(PurgeHistory(webhook(2)))),
        lambda world: not _records(world),
        ("history", "purge"),
    ),
    "record": Case(
        background.background,
        "background",
        tasks.to_text(Task(WriteRecord(recorded()))),
        lambda world: recorded() in _records(world),
        ("history", "write"),
    ),
}
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@each_case
def test_a_good_message_is_worked_on(world: FakeAdapters, case: Case) -> None:
    assert case.handle(case.good) == handed_back()
    assert case.is_done(world)
    assert world.dead_letters.sent == []


@each_case
def test_what_is_handed_back_comes_again_after_seconds_and_later_each_time(
    world: FakeAdapters, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS waits for the visibility timeout, 360 s, by itself (Lambda developer guide, "Using Lambda with Amazon SQS")."""

    def refuse(*_: object) -> None:
        message = "It refuses."
        raise Unavailable(message)

    port, name = case.needs
    monkeypatch.setattr(getattr(world, port), name, refuse)
    delays = []
    for receive_count in range(1, 31):
        assert case.handler(sqs_event(case.queue, case.good, receive_count=receive_count), None) == handed_back(1)
        ((source_arn, brought),) = world.redelivery.asked
        assert (source_arn, brought.receipt) == (arn(case.queue), "AQEB1")
        world.redelivery.asked.clear()
        delays.append(brought.delay_s)
    assert 1 <= delays[0] <= 2
    assert 16 <= delays[4] <= 32
    assert 300 <= min(delays[9:]) <= max(delays[9:]) <= 600
    assert sum(delays) > 2 * 3600, "an outage of hours makes no dead letter"


@each_case
def test_what_cannot_be_brought_back_is_handed_back_all_the_same(
    world: FakeAdapters, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.redelivery.is_refusing = True
    monkeypatch.setattr(world.dead_letters, "is_refusing", True)
    assert case.handle("nonsense") == handed_back(1)


def test_a_runaway_attempt_is_set_aside_and_says_why(world: FakeAdapters, caplog: pytest.LogCaptureFixture) -> None:
    owed = replace(attempt_at(NOON), hops=Hops(1_000, at(-60)))
    with caplog.at_level(logging.WARNING):
        deliver.deliver(sqs_event("deliveries", messages.attempt_to_text(owed)), None)
    assert world.sender.sent == []
    (letter,) = world.dead_letters.sent
    assert letter.reason == (
        "Runaway: the service has put this message back 1000 times since 2026-03-01 11:59:00 UTC, which is the limit."
    )
    assert [each.message for each in caplog.records] == ["message.runaway"]
    assert messages.attempt_from_text(letter.body) == attempt_at(NOON), "a dead letter that is redriven begins anew"


def test_a_runaway_fan_out_and_a_runaway_task_are_set_aside(world: FakeAdapters) -> None:
    attributes = {envelope.HOPS: f"100000|{NOON.isoformat()}", envelope.POSITION: "0|"}
    notify.notify(sqs_event("accepted", PAGE_SAMPLE, attributes=attributes), None)
    task = Task(PurgeHistory(webhook(2)), Hops(100_000, NOON))
    background.background(sqs_event("background", tasks.to_text(task)), None)
    assert ["Runaway" in each.reason for each in world.dead_letters.sent] == [True, True]
    assert world.dead_letters.sent[0].body == PAGE_SAMPLE
    assert world.dead_letters.sent[0].attributes == {envelope.POSITION: "0|"}, "redriven, it goes on where it stopped"
    assert tasks.from_text(world.dead_letters.sent[1].body) == Task(PurgeHistory(webhook(2)))
    assert (world.deliveries.sent, len(_records(world))) == ([], 1)


@each_case
def test_poison_is_set_aside_with_its_reason_on_the_queue_it_came_from(world: FakeAdapters, case: Case) -> None:
    assert case.handle(*POISON) == handed_back()
    assert [(each.source_arn, each.body) for each in world.dead_letters.sent] == [(arn(case.queue), body) for body in POISON]
    assert all(each.reason for each in world.dead_letters.sent)


@each_case
def test_poison_harms_nothing_else_in_its_batch(world: FakeAdapters, case: Case) -> None:
    assert case.handle("nonsense", case.good, "nonsense") == handed_back()
    assert case.is_done(world)
    assert len(world.dead_letters.sent) == 2


@each_case
def test_poison_that_cannot_be_set_aside_now_is_handed_back(world: FakeAdapters, case: Case) -> None:
    world.dead_letters.is_refusing = True
    assert case.handle(case.good, "nonsense") == handed_back(2)
    assert case.is_done(world)


@each_case
def test_what_is_unexpected_is_handed_back_with_its_trace_in_the_log(
    world: FakeAdapters, case: Case, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        message = "a bug"
        raise KeyError(message)

    port, name = case.needs
    monkeypatch.setattr(getattr(world, port), name, fail)
    with caplog.at_level(logging.ERROR):
        assert case.handle("nonsense", case.good) == handed_back(2)
    (line,) = caplog.records
    assert line.exc_info is not None
    assert len(world.dead_letters.sent) == 1


def test_a_notification_that_is_too_long_is_set_aside(world: FakeAdapters) -> None:
    long = json.dumps({"notificationType": "modelDeleted", "n": "x" * 1_000})
    notify.notify(sqs_event("notifications", long, PAGE_SAMPLE), None)
    assert ["The limit is 1000" in each.reason for each in world.dead_letters.sent] == [True]
    assert len(world.deliveries.sent) == 1


def test_a_notifications_id_follows_from_its_message(world: FakeAdapters) -> None:
    plain = '{"notificationType":"modelDeleted"}'
    for _ in range(2):
        notify.notify(sqs_event("notifications", plain, plain), None)
    ids = [each.attempt.notification_id for each in world.deliveries.sent]
    assert ids == [f"ntf_{message_id(1)}", f"ntf_{message_id(2)}"] * 2
    assert len({each.attempt.record_id for each in world.deliveries.sent}) == 2


def test_a_notification_is_taken_when_it_was_sent(world: FakeAdapters) -> None:
    notify.notify(sqs_event("notifications", PAGE_SAMPLE), None)
    (sent,) = world.deliveries.sent
    assert recorded(sent.attempt).created_at == NOON


def test_a_notification_that_another_worker_has_is_handed_back(world: FakeAdapters) -> None:
    sent = notification.parse(
        PAGE_SAMPLE, notification_id="", accepted_at=NOON, producer_name="sender|AIDAIENQZJOLO23YVJ4VO"
    )
    claimed = claim_request("other", claim_names.root_name(sent), content=content_of(PAGE_SAMPLE))
    world.claims.take(claimed, world.clock.now())
    other = PAGE_SAMPLE.replace("evt-7f3", "evt-8")
    assert notify.notify(sqs_event("notifications", PAGE_SAMPLE, other), None) == handed_back(1)
    assert [each.attempt.notification_id for each in world.deliveries.sent] == ["evt-8"]


def test_a_full_queue_of_deliveries_hands_the_notification_back(world: FakeAdapters) -> None:
    world.deliveries.is_refusing = True
    assert notify.notify(sqs_event("notifications", PAGE_SAMPLE), None) == handed_back(1)


def test_a_batch_of_attempts_is_sent_and_recorded(world: FakeAdapters) -> None:
    deliver.deliver(sqs_event("deliveries", *[_attempt(salt=str(salt)) for salt in range(10)]), None)
    assert len(world.sender.sent) == len(_records(world)) - 1 == 10


@pytest.mark.parametrize(("handler", "sent"), [(deliver.deliver, 0), (deliver.deliver_slow, 1)])
def test_the_fast_lane_makes_no_attempt_at_a_webhook_that_is_known_to_be_slow(
    world: FakeAdapters, handler: Callable[[Any, Any], Any], sent: int
) -> None:
    world.webhooks.update_health(webhook(1), Health(slow_until=at(60)))
    owed = attempt_at(NOON, 1)
    assert handler(sqs_event("deliveries", messages.attempt_to_text(owed)), None) == handed_back()
    assert len(world.sender.sent) == sent
    assert [(each.attempt, each.lane) for each in world.deliveries.sent] == [(owed.put_back(NOON), Lane.SLOW)] * (1 - sent)


def test_an_attempt_that_comes_again_is_recognised_by_its_receive_count(world: FakeAdapters) -> None:
    for receive_count in (1, 2):
        deliver.deliver(sqs_event("deliveries", _attempt(), receive_count=receive_count), None)
    assert len(world.sender.sent) == 1


def test_attempts_that_cannot_be_concluded_are_handed_back_by_message(world: FakeAdapters) -> None:
    world.history.refuses = lambda _: True
    world.background.is_refusing = True
    event = sqs_event("deliveries", _attempt(salt="a"), "nonsense", _attempt(salt="b"))
    assert deliver.deliver(event, None) == handed_back(1, 3)
    assert len(world.dead_letters.sent) == 1


def test_a_record_that_is_refused_stays_on_its_queue(world: FakeAdapters) -> None:
    made = [recorded(attempt_at(at(number))) for number in range(2)]
    world.history.refuses = lambda each: each == made[0]
    event = sqs_event("background", *[tasks.to_text(Task(WriteRecord(each))) for each in made])
    assert background.background(event, None) == handed_back(1)
    assert made[1] in _records(world)
    assert made[0] not in _records(world)


def test_each_minute_what_is_due_what_was_left_behind_and_what_is_wrong_is_taken_up(world: FakeAdapters) -> None:
    """The webhook's owner is not in the directory."""
    world.history.write([recorded(came=exchange(503, headers={"retry-after": "3600"}))])
    world.clock.advance(3_601)
    assert schedule.schedule(scheduled_event(), None) == {
        "swept": 1,
        "notificationsSwept": 0,
        "listsWoken": 0,
        "purgesResumed": 1,
        "ownersResumed": 0,
        "ownersSwept": 1,
    }


def test_a_deleted_users_webhooks_go_by_a_message(world: FakeAdapters) -> None:
    world.directory.delete_user("1", at(1), "9")
    world.clock.advance(2)
    event = sqs_event("background", tasks.to_text(Task(FollowOwner("1", at(1)))))
    assert background.background(event, None) == handed_back()
    assert world.webhooks.get(webhook(1).id) is None


def test_a_notification_whose_schema_takes_too_much_work_for_it_is_set_aside_and_the_rest_goes_on(
    world: FakeAdapters,
) -> None:
    doubling = json.dumps(
        {"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"items": {"allOf": [{"$ref": "#/$defs/a"}] * 2}}}}
    )
    world.notification_types.put(custom(name="orderShipped", template=None, description=None, schema=doubling))
    heavy = json.dumps({"notificationType": "orderShipped", "actionBy": 1, "a": json.loads("[" * 25 + "]" * 25)})
    light = json.dumps({"notificationType": "orderShipped", "actionBy": 1, "a": []})
    assert notify.notify(sqs_event("notifications", heavy, light), None) == handed_back()
    (letter,) = world.dead_letters.sent
    assert letter.body == heavy
    assert "needs more work than is allowed" in letter.reason


def test_a_notification_that_does_not_meet_its_types_schema_is_set_aside_with_the_path(world: FakeAdapters) -> None:
    world.notification_types.put(
        custom(name="orderShipped", template=None, description=None, schema='{"properties":{"orderId":{"type":"integer"}}}')
    )
    wrong, right = (json.dumps({"notificationType": "ordershipped", "orderId": each}) for each in ("seven", 7))
    assert notify.notify(sqs_event("notifications", wrong, right), None) == handed_back()
    (letter,) = world.dead_letters.sent
    assert letter.body == wrong
    assert 'orderId: type of the schema is "integer"' in letter.reason
    assert [each.attempt.notification_type for each in world.deliveries.sent] == ["orderShipped"]


def test_a_notification_for_few_leaves_before_the_webhooks_of_one_for_many_are_read(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2, 102):
        world.webhooks.create(webhook(number, owner_id="66"))
    world.webhooks.create(webhook(900, owner_id="2"))
    seen: list[object] = []
    read, send = world.webhooks.get_many, world.deliveries.send

    def get_many(webhook_ids: Collection[str]) -> dict[str, Webhook]:
        seen.append(len(webhook_ids))
        return read(webhook_ids)

    def send_seen(attempts: Sequence[Enqueued]) -> None:
        seen.append({each.attempt.webhook_id for each in attempts})
        send(attempts)

    monkeypatch.setattr(world.webhooks, "get_many", get_many)
    monkeypatch.setattr(world.deliveries, "send", send_seen)
    heavy, light = ({"notificationType": "modelDeleted", "actionBy": user} for user in (66, 2))
    assert notify.notify(sqs_event("notifications", *map(json.dumps, [heavy, heavy, light])), None) == handed_back()
    mine = webhook(900).id
    first_sent = next(number for number, each in enumerate(seen) if isinstance(each, set))
    assert mine in seen[first_sent]  # type: ignore[operator] # a set
    assert all(each != 100 for each in seen[:first_sent])
    assert len(world.deliveries.sent) >= 201


def test_notifications_that_are_all_for_many_are_kept_and_sent_together(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is light leaves early; of the others none does, so that they share their requests."""
    for number in range(2, 42):
        world.webhooks.create(webhook(number, owner_id="66"))
    kept: list[int] = []
    keep = world.held.keep

    def keep_seen(held: Sequence[HeldNotification], days: int) -> None:
        kept.append(len(held))
        keep(held, days)

    monkeypatch.setattr(world.held, "keep", keep_seen)
    heavy = json.dumps({"notificationType": "modelDeleted", "actionBy": 66})
    assert notify.notify(sqs_event("notifications", heavy, heavy), None) == handed_back()
    assert kept == [2]


def test_a_sweep_that_fails_keeps_no_other_from_its_turn_and_the_invocation_fails(world: FakeAdapters) -> None:
    """By which the alarm on functions that raise goes off."""
    world.history.write([recorded(attempt_at(NOON), exchange(503, headers={"retry-after": "3600"}))])
    world.clock.advance(7_200)
    world.deliveries.is_refusing = True
    with pytest.raises(Unavailable):
        schedule.schedule(scheduled_event(), None)
    assert [each.webhook.id for each in world.background.work(PurgeHistory)] == [webhook(2).id]
