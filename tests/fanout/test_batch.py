"""The messages of a batch are worked on together, and none harms another."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.notifications.catalogue import custom
from chalicelib.fanout import preparation, reads
from testbed.fakes.people import person
from testbed.fakes.service import FakeAdapters, service_on
from tests.delivery.crashes import refusal
from tests.domain.samples import webhook
from tests.fanout.fanning import handed_out, received, take_queued
from tests.fanout.watching import watched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from chalicelib.delivery.ports import Enqueued


@pytest.fixture
def world() -> FakeAdapters:
    """Three webhooks that want everything."""
    made = FakeAdapters()
    for number in range(3):
        made.webhooks.create(webhook(number, is_global=True))
    return made


LOOKS = ("subscribed", "matching", "get_many")
"""What the store of webhooks is asked by a fan-out."""


def fan_out(world: FakeAdapters, *message_ids: str) -> dict[str, Exception]:
    return service_on(world).fan_out.batch([received(each) for each in message_ids])


def per_notification(world: FakeAdapters) -> Counter[str]:
    return Counter(each.attempt.notification_id for each in world.deliveries.sent)


def refusing_once(monkeypatch: pytest.MonkeyPatch, port: object, name: str, refused: Callable[[object], bool]) -> None:
    """Have the first call that matches refused."""
    real = getattr(port, name)
    calls: list[object] = []

    def call(first: object, *others: object) -> object:
        if refused(first) and not calls:
            calls.append(first)
            raise refusal()
        return real(first, *others)

    monkeypatch.setattr(port, name, call)


def test_a_batch_is_sent_by_one_call_and_kept_by_one(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    made = watched(monkeypatch, (world.deliveries, "send"), (world.held, "keep"))
    assert fan_out(world, *(f"m-{number}" for number in range(10))) == {}
    assert made == ["keep", "send"]
    assert len(per_notification(world)) == 10


def test_all_is_sent_before_the_first_claim_is_finished(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    made = watched(monkeypatch, (world.claims, "take"), (world.deliveries, "send"), (world.claims, "finish"))
    rooms = service_on(world)
    assert rooms.fan_out.batch([received(each, id=each) for each in ("m-1", "m-2")]) == {}
    assert made == ["take", "take", "send", "finish", "finish"]


@pytest.mark.parametrize(("rows_max", "asked"), [(30, ("subscribed",)), (0, ("subscribed", "matching"))])
def test_what_a_batch_reads_is_read_once(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch, rows_max: int, asked: tuple[str, ...]
) -> None:
    """Be it little that an audience asks for, or much."""
    monkeypatch.setattr(reads, "_AUDIENCE_ROWS_MAX", rows_max)
    made = watched(monkeypatch, *((world.webhooks, name) for name in LOOKS))
    fan_out(world, "m-1")
    alone = Counter(made)
    assert alone.keys() == {*asked, "get_many"}
    fan_out(world, *(f"m-{number}" for number in range(10)))
    assert Counter(made) == {name: 2 * count for name, count in alone.items()}


def test_webhooks_and_names_of_all_notifications_are_read_by_one_call_each(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10, 20):
        world.webhooks.create(webhook(number, owner_id=str(number)))
    made = watched(monkeypatch, (world.webhooks, "get_many"), (world.directory, "names"))
    rooms = service_on(world)
    assert rooms.fan_out.batch([received(f"m-{number}", actionBy=number) for number in range(10, 20)]) == {}
    assert made == ["get_many", "names"]
    assert Counter(per_notification(world).values()) == {4: 10}


def test_a_name_that_a_notification_needs_is_in_its_text(world: FakeAdapters) -> None:
    for number in range(2):
        world.directory.put_user(person(Caller(f"u{number}", Role.USER), name=f"Name {number}"))
    rooms = service_on(world)
    assert rooms.fan_out.batch([received(f"m-{number}", actionBy=f"u{number}") for number in range(2)]) == {}
    said = {json.loads(each.attempt.body)["text"].split(" has ")[0] for each in world.deliveries.sent}
    assert said == {"Name 0", "Name 1"}


@pytest.mark.parametrize(("port", "name"), [("webhooks", "get_many"), ("directory", "names")])
def test_what_cannot_be_read_for_all_at_once_is_read_for_each(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch, port: str, name: str
) -> None:
    refusing_once(monkeypatch, getattr(world, port), name, lambda _: True)
    assert fan_out(world, "m-1", "m-2") == {}
    assert sorted(per_notification(world).values()) == [3, 3]


def test_an_audience_that_cannot_be_read_harms_only_the_notifications_that_need_it(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing_once(monkeypatch, world.webhooks, "subscribed", lambda audience: audience == "actor:7")
    failures = service_on(world).fan_out.batch([received("m-1", actionBy=7), received("m-2", actionBy=8)])
    assert {key: type(each) for key, each in failures.items()} == {"m-1": Unavailable}
    assert list(per_notification(world).values()) == [3]


def test_a_claim_that_is_refused_harms_only_its_own_notification(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing_once(monkeypatch, world.claims, "take", lambda _: True)
    failures = service_on(world).fan_out.batch([received(each, id=each) for each in ("m-1", "m-2")])
    assert {key: type(each) for key, each in failures.items()} == {"m-1": Unavailable}
    assert per_notification(world) == {"m-2": 3}


def test_a_claim_that_cannot_be_finished_brings_only_its_own_message_back(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing_once(monkeypatch, world.claims, "finish", lambda _: True)
    rooms = service_on(world)
    messages = [received(each, id=each) for each in ("m-1", "m-2")]
    assert {key: type(each) for key, each in rooms.fan_out.batch(messages).items()} == {"m-1": Unavailable}
    assert rooms.fan_out.batch(messages) == {}
    assert per_notification(world) == {"m-1": 6, "m-2": 3}


def test_the_rest_of_several_notifications_is_queued_by_one_call(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = watched(monkeypatch, (world.deliveries, "send"), (world.accepted, "send"))
    rooms = service_on(world, fan_out_page_max=2)
    assert rooms.fan_out.batch([received("m-1"), received("m-2")]) == {}
    assert made == ["send", "send"]
    rest = take_queued(world)
    assert rooms.fan_out.batch([handed_out(each, f"c-{number}") for number, each in enumerate(rest)]) == {}
    assert sorted(per_notification(world).values()) == [3, 3]


def test_a_rest_that_cannot_be_queued_brings_its_messages_back_unfinished(world: FakeAdapters) -> None:
    world.accepted.is_refusing = True
    rooms = service_on(world, fan_out_page_max=2)
    messages = [received("m-1", id="m-1"), received("m-2", id="m-2", notificationType="other")]
    assert rooms.fan_out.batch(messages).keys() == {"m-1", "m-2"}
    world.accepted.is_refusing = False
    assert rooms.fan_out.batch(messages) == {}
    assert len(take_queued(world)) == 2


def test_the_next_batch_reads_anew(world: FakeAdapters) -> None:
    fan_out(world, "m-1")
    world.webhooks.create(webhook(7, is_global=True))
    fan_out(world, "m-2")
    assert sorted(per_notification(world).values()) == [3, 4]


def test_a_refused_sending_is_told_for_each_message_and_made_good_by_the_next_batch(world: FakeAdapters) -> None:
    world.deliveries.is_refusing = True
    failures = fan_out(world, "m-1", "m-2")
    assert {key: type(each) for key, each in failures.items()} == {"m-1": Unavailable, "m-2": Unavailable}
    world.deliveries.is_refusing = False
    assert fan_out(world, "m-1", "m-2") == {}
    assert sorted(per_notification(world).values()) == [3, 3]


def test_many_attempts_leave_before_the_batch_is_whole(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "_GROUP_WEBHOOKS", 6)
    sent: list[int] = []
    original = world.deliveries.send

    def send(messages: Sequence[Enqueued]) -> None:
        sent.append(len(messages))
        original(messages)

    monkeypatch.setattr(world.deliveries, "send", send)
    fan_out(world, "m-1", "m-2", "m-3")
    assert sent == [6, 3]


def test_a_refusal_touches_only_those_that_were_sent_together(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation, "_GROUP_WEBHOOKS", 6)
    refusing_once(monkeypatch, world.deliveries, "send", lambda _: True)
    failures = fan_out(world, "m-1", "m-2", "m-3")
    assert {key: type(each) for key, each in failures.items()} == {"m-1": Unavailable, "m-2": Unavailable}
    assert list(per_notification(world).values()) == [3]


def test_two_copies_of_one_message_are_one_step(world: FakeAdapters) -> None:
    assert fan_out(world, "m-1", "m-1") == {}
    assert list(per_notification(world).values()) == [3]


def test_of_two_notifications_of_one_id_in_a_batch_the_second_is_dropped_and_not_handed_back(world: FakeAdapters) -> None:
    assert service_on(world).fan_out.batch([received(each, id="evt-1") for each in ("m-1", "m-2")]) == {}
    assert per_notification(world) == {"evt-1": 3}


def test_of_two_copies_of_a_continuation_in_a_batch_the_second_is_dropped_and_not_handed_back(world: FakeAdapters) -> None:
    rooms = service_on(world, fan_out_page_max=2)
    for _ in range(2):
        rooms.fan_out.step(received("m-1"))
    rest = take_queued(world)
    assert rooms.fan_out.batch([handed_out(each, f"c-{number}") for number, each in enumerate(rest)]) == {}
    assert len(world.deliveries.sent) == 2 + 2 + 1


def test_an_empty_batch_sends_nothing(world: FakeAdapters) -> None:
    assert fan_out(world) == {}
    assert world.deliveries.sent == []


HOSTILE, OTHER = "66", "2"
WANTED = {"notificationType": "modelDeleted"}


def weighed(world: FakeAdapters, batch: Sequence[Mapping[str, object]]) -> None:
    """Fan a batch out."""
    messages = [received(f"m-{number}", text=json.dumps({**WANTED, **members})) for number, members in enumerate(batch)]
    assert service_on(world).fan_out.batch(messages) == {}


@pytest.mark.parametrize("of_all", [0, 40])
def test_the_first_attempt_waits_for_one_look_at_each_audience(monkeypatch: pytest.MonkeyPatch, of_all: int) -> None:
    """However many webhooks the others of its batch are for, and even where all of them are for many."""
    world = FakeAdapters()
    for number in range(100):
        world.webhooks.create(webhook(number, owner_id=HOSTILE))
    for number in range(200, 200 + of_all):
        world.webhooks.create(webhook(number, is_global=True))
    world.webhooks.create(webhook(900, owner_id=OTHER))
    calls = watched(monkeypatch, *((world.webhooks, name) for name in LOOKS), (world.deliveries, "send"))
    weighed(world, [{"actionBy": 66, "targetUser": 66}] * 5 + [{"actionBy": 2}] + [{"actionBy": 66}] * 4)
    assert world.deliveries.sent[of_all].attempt.webhook_id == webhook(900).id
    before = Counter(calls[: calls.index("send")])
    assert before["subscribed"] == 4, "for everybody, for the hostile user as actor and as target, and for the other one"
    assert before["matching"] == (2 if of_all else 0)
    assert before["get_many"] == 1


def test_a_notification_that_its_schema_is_long_about_waits_for_the_others(world: FakeAdapters) -> None:
    """They are for no more webhooks than it is."""
    world.notification_types.put(custom(name="long", template=None, description=None, schema='{"uniqueItems": true}'))
    long = {"notificationType": "long", "list": ["x" * 1_000] * 60}
    weighed(world, [long] * 3 + [{"text": "mine"}])
    assert [json.loads(each.attempt.body)["text"] for each in world.deliveries.sent][:3] == ["mine"] * 3


@pytest.mark.parametrize(("kind", "size_kb", "sendings"), [("long", 32, 2), ("long", 29, 1), ("short", 32, 1)])
def test_a_notification_whose_schema_is_checked_weighs_a_webhook_for_each_kilobyte(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch, kind: str, size_kb: int, sendings: int
) -> None:
    """What is heavier by more than 30 is sent later."""
    sent = watched(monkeypatch, (world.deliveries, "send"))
    world.notification_types.put(custom(name="long", template=None, description=None, schema="{}"))
    weighed(world, [{"notificationType": kind, "list": ["x" * 1_000] * size_kb}, {}])
    assert len(sent) == sendings
