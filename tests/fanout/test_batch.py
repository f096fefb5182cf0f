"""Steps of a batch are done together, and none harms another."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.notifications.catalogue import custom
from chalicelib.fanout import batch as fan_out_batch
from chalicelib.fanout import batch_view
from testbed.fakes.house import World, house
from tests.domain.samples import webhook
from tests.fanout.fanning import received
from tests.fanout.watching import watched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.fanout.batch import FanOutBatch


@pytest.fixture
def world() -> World:
    """Three webhooks that want everything."""
    made = World()
    for number in range(3):
        made.webhooks.create(webhook(number, is_global=True))
    return made


LOOKS = ("subscribed", "matching", "get_many")
"""What the store of webhooks is asked by a fan-out."""


def begun(world: World, *message_ids: str) -> FanOutBatch:
    batch = house(world).fan_out.batch()
    for each in message_ids:
        batch.begin(received(each))
    return batch


def per_notification(world: World) -> Counter[str]:
    return Counter(each.attempt.notification_id for each in world.deliveries.sent)


def test_nothing_is_sent_before_the_first_step_ends_and_all_is_sent_then(world: World) -> None:
    batch = begun(world, "m-1", "m-2")
    assert world.deliveries.sent == []
    batch.end("m-1")
    assert sorted(per_notification(world).values()) == [3, 3]


def test_a_batch_is_sent_by_one_call_and_kept_by_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    made = watched(monkeypatch, (world.deliveries, "send"), (world.held, "keep"))
    batch = begun(world, *(f"m-{number}" for number in range(10)))
    for number in range(10):
        batch.end(f"m-{number}")
    assert sorted(made) == ["keep", "send"]
    assert len(per_notification(world)) == 10


@pytest.mark.parametrize(("rows_max", "asked"), [(30, ("subscribed",)), (0, ("subscribed", "matching"))])
def test_what_a_batch_reads_is_read_once(
    world: World, monkeypatch: pytest.MonkeyPatch, rows_max: int, asked: tuple[str, ...]
) -> None:
    """Be it little that an audience asks for, or much."""
    monkeypatch.setattr(batch_view, "_AUDIENCE_ROWS_MAX", rows_max)
    made = watched(monkeypatch, *((world.webhooks, name) for name in LOOKS))
    begun(world, "m-1")
    alone = Counter(made)
    assert alone.keys() == {*asked, "get_many"}
    begun(world, *(f"m-{number}" for number in range(10)))
    assert Counter(made) == {name: 2 * count for name, count in alone.items()}


def test_the_next_batch_reads_anew(world: World) -> None:
    begun(world, "m-1").end("m-1")
    world.webhooks.create(webhook(7, is_global=True))
    begun(world, "m-2").end("m-2")
    assert sorted(per_notification(world).values()) == [3, 4]


def test_a_refused_sending_is_told_at_the_end_of_each_step_and_made_good_by_the_next_batch(world: World) -> None:
    world.deliveries.is_refusing = True
    batch = begun(world, "m-1", "m-2")
    for each in ("m-1", "m-2"):
        with pytest.raises(Unavailable):
            batch.end(each)
    world.deliveries.is_refusing = False
    again = begun(world, "m-1", "m-2")
    for each in ("m-1", "m-2"):
        again.end(each)
    assert sorted(per_notification(world).values()) == [3, 3]


def test_many_attempts_leave_before_the_batch_is_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out_batch, "_ATTEMPTS_MAX", 6)
    begun(world, "m-1", "m-2", "m-3")
    assert sorted(per_notification(world).values()) == [3, 3]


def test_a_refusal_touches_only_those_that_were_sent_together(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out_batch, "_ATTEMPTS_MAX", 6)
    world.deliveries.is_refusing = True
    batch = begun(world, "m-1", "m-2")
    world.deliveries.is_refusing = False
    batch.begin(received("m-3"))
    batch.end("m-3")
    for each in ("m-1", "m-2"):
        with pytest.raises(Unavailable):
            batch.end(each)
    assert list(per_notification(world).values()) == [3]


def test_two_copies_of_one_message_are_one_step(world: World) -> None:
    batch = begun(world, "m-1", "m-1")
    batch.end("m-1")
    batch.end("m-1")
    assert list(per_notification(world).values()) == [3]


def test_of_two_notifications_of_one_id_in_a_batch_the_second_is_dropped_and_not_handed_back(world: World) -> None:
    batch = house(world).fan_out.batch()
    for each in ("m-1", "m-2"):
        batch.begin(received(each, id="evt-1"))
    for each in ("m-1", "m-2"):
        batch.end(each)
    assert per_notification(world) == {"evt-1": 3}


def test_a_step_that_was_not_begun_needs_no_end(world: World) -> None:
    begun(world).end("m-1")
    assert world.deliveries.sent == []


HOSTILE, OTHER = "66", "2"


def weighed(world: World, batch: Sequence[Mapping[str, object]]) -> FanOutBatch:
    """Steps that are begun by their weight, as the worker begins them."""
    begun = house(world).fan_out.batch()
    messages = [received(f"m-{number}", text=json.dumps({**WANTED, **members})) for number, members in enumerate(batch)]
    for message in sorted(messages, key=begun.weight):
        begun.begin(message)
    return begun


WANTED = {"notificationType": "modelDeleted"}


@pytest.mark.parametrize("of_all", [0, 40])
def test_the_first_attempt_waits_for_one_look_at_each_audience(monkeypatch: pytest.MonkeyPatch, of_all: int) -> None:
    """However many webhooks the others of its batch are for, and even where all of them are for many."""
    world = World()
    for number in range(100):
        world.webhooks.create(webhook(number, owner_id=HOSTILE))
    for number in range(200, 200 + of_all):
        world.webhooks.create(webhook(number, is_global=True))
    world.webhooks.create(webhook(900, owner_id=OTHER))
    calls = watched(monkeypatch, *((world.webhooks, name) for name in LOOKS), (world.deliveries, "send"))
    weighed(world, [{"actionBy": 66, "targetUser": 66}] * 5 + [{"actionBy": 2}] + [{"actionBy": 66}] * 4)
    assert world.deliveries.sent[of_all].attempt.webhook_id == webhook(900).id
    before = Counter(calls[: calls.index("send")])
    assert before["subscribed"] == 3, "for everybody, for the hostile user, and for the other one"
    assert before["matching"] == (2 if of_all else 0)


def test_a_notification_that_its_schema_is_long_about_waits_for_the_others(world: World) -> None:
    """They are for no more webhooks than it is."""
    world.notification_types.put(custom(name="long", template=None, description=None, schema='{"uniqueItems": true}'))
    long = {"notificationType": "long", "list": ["x" * 1_000] * 60}
    weighed(world, [long] * 3 + [{"text": "mine"}])
    assert [json.loads(each.attempt.body)["text"] for each in world.deliveries.sent] == ["mine"] * 3


def test_a_notification_whose_schema_is_checked_weighs_a_webhook_for_each_kilobyte(world: World) -> None:
    world.notification_types.put(custom(name="long", template=None, description=None, schema="{}"))
    text = json.dumps({"notificationType": "long", "list": ["x" * 1_000] * 60})
    batch = house(world).fan_out.batch()
    assert batch.weight(received("m-1", text=text)) == batch.weight(received("m-2", text=json.dumps(WANTED))) + 60
