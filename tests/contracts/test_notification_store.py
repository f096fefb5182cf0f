from __future__ import annotations

import json
import math
import random
from dataclasses import replace
from datetime import timedelta
from string import ascii_lowercase, digits
from typing import TYPE_CHECKING

import pytest

from chalicelib.adapters.dynamodb import compression, notifications, values
from chalicelib.domain import ids
from chalicelib.intake.ports import HeldNotification
from testbed import samples
from tests.contracts.engines import aws_world

if TYPE_CHECKING:
    from testbed.engines.provisioning import Clients
    from tests.contracts.engines import World

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def held(number: int, after_s: float = 0, text: str = "{}") -> HeldNotification:
    return HeldNotification(f"ntf_{number}", samples.AT + timedelta(seconds=after_s), text)


def kept(world: World, limit: int = 100, since_s: float = 0, until_s: float = 2 * 86_400) -> list[str]:
    """The ids of all pages."""
    found: list[str] = []
    since, until = samples.AT + timedelta(seconds=since_s), samples.AT + timedelta(seconds=until_s)
    page, cursor = world.held.kept(since, until, None, limit)
    found += [each.id for each in page]
    while cursor is not None:
        page, cursor = world.held.kept(since, until, cursor, limit)
        assert len(page) <= limit
        found += [each.id for each in page]
    return found


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_what_is_kept_is_found_oldest_first_across_shards_and_hours(world: World, limit: int) -> None:
    spans = [0, 1, 2, 3, 4, 5, 3_599, 3_600, 40_000, 100_000]
    for number, after_s in reversed(list(enumerate(spans))):
        world.held.keep([held(number, after_s)], 7)
    assert kept(world, limit) == [f"ntf_{number}" for number in range(len(spans))]


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_what_came_together_is_found_one_by_one(world: World, limit: int) -> None:
    """Over the turn of a minute and of an hour; some are sent again, in other company."""
    together = [held(number, 3_500 + 10 * number) for number in range(15)]
    world.held.keep(together, 7)
    world.held.keep([held(20, 3_505), held(21, 3_606)], 7)
    found = kept(world, limit)
    assert sorted(found) == sorted([*(each.id for each in together), "ntf_20", "ntf_21"])
    assert kept(world, limit, since_s=3_520, until_s=3_550) == ["ntf_2", "ntf_3", "ntf_4"]


def test_a_place_among_kept_notifications_is_no_sort_key(world: World) -> None:
    """Nobody but the store can read it: what is read out of one is an error with the fake, too."""
    world.held.keep([held(number, number) for number in range(3)], 7)
    _, cursor = world.held.kept(samples.AT, samples.AT + HOUR, None, 2)
    assert cursor is not None
    assert not ids.is_part(cursor)
    assert "|" in cursor


def test_a_span_in_which_little_is_kept_comes_in_short_pages(world: World) -> None:
    world.held.keep([held(1, 30 * 3_600)], 7)
    first, cursor = world.held.kept(samples.AT, samples.AT + 2 * DAY, None, 10)
    assert first == []
    assert cursor is not None
    assert kept(world, 10) == ["ntf_1"]


def test_one_that_is_kept_again_in_other_company_may_be_found_twice(world: World) -> None:
    world.held.keep([held(1), held(2)], 7)
    world.held.keep([held(1), held(3)], 7)
    assert sorted(kept(world)) == ["ntf_1", "ntf_1", "ntf_2", "ntf_3"]


def test_more_than_an_item_takes_is_kept_in_several(world: World) -> None:
    texts = [random.Random(number).randbytes(90_000).hex() for number in range(5)]  # noqa: S311 - it is to repeat itself
    world.held.keep([held(number, text=text) for number, text in enumerate(texts)], 7)
    page, _ = world.held.kept(samples.AT, samples.AT + HOUR, None, 100)
    assert sorted(each.text for each in page) == sorted(texts)


def test_a_text_comes_back_as_it_was(world: World) -> None:
    text = '{"n": 1.10, "é": "\N{ROCKET}", "half": "\\ud800", "raw": "\ud800"}'
    world.held.keep([held(1, text=text)], 7)
    ((found,), _) = world.held.kept(samples.AT, samples.AT + HOUR, None, 10)
    assert found == held(1, text=text)


def test_keeping_twice_is_keeping_once(world: World) -> None:
    world.held.keep([held(1)], 7)
    world.held.keep([held(1)], 7)
    assert kept(world) == ["ntf_1"]


def test_the_beginning_of_a_span_counts_and_its_end_does_not(world: World) -> None:
    for number in range(3):
        world.held.keep([held(number, number)], 7)
    assert kept(world, since_s=1, until_s=2) == ["ntf_1"]


def test_what_is_older_than_it_is_kept_is_gone(world: World) -> None:
    world.held.keep([held(1)], 7)
    world.held.keep([held(2)], 8)
    world.clock.at += 7 * DAY
    assert kept(world) == ["ntf_2"]


def test_what_is_held_back_is_due_at_its_time_and_not_before(world: World) -> None:
    world.held.schedule(held(1, 10))
    assert world.held.due(samples.AT + timedelta(seconds=9.999), 10) == []
    assert world.held.due(samples.AT + timedelta(seconds=10), 10) == [held(1, 10)]


def test_all_that_is_due_is_found_a_part_at_a_time_whatever_its_shard(world: World) -> None:
    for number in range(20):
        world.held.schedule(held(number, number))
    found: list[str] = []
    while due := world.held.due(samples.AT + HOUR, 3):
        assert len(due) <= 3
        world.held.settle(due)
        found += [each.id for each in due]
    assert sorted(found) == sorted(f"ntf_{number}" for number in range(20))


def test_what_was_held_back_twice_is_due_once_and_settled_for_good(world: World) -> None:
    world.held.schedule(held(1))
    world.held.schedule(held(1))
    assert world.held.due(samples.AT, 10) == [held(1)]
    world.held.settle([held(1)])
    world.held.settle([held(1)])
    assert world.held.due(samples.AT, 10) == []


@pytest.mark.parametrize(("attributes", "units"), [(0, 1), (38, 1), (80, 2)])
def test_a_notification_of_one_and_a_half_kb_costs_one_write_unit(clients: Clients, attributes: int, units: int) -> None:
    """The arithmetic of docs/guides/recovery.md; the values are as random as values get."""
    world, rng = aws_world(clients), random.Random(1)  # noqa: S311 - it is to repeat itself
    members = {f"attribute{number}": "".join(rng.choices(ascii_lowercase + digits, k=20)) for number in range(attributes)}
    text = json.dumps({"notificationType": "modelDeleted", "actionBy": 1, **members})
    world.held.keep([HeldNotification("ntf_" + samples.part(), samples.AT, text)], 7)
    (item,) = clients.dynamodb.scan(TableName=clients.places["NOTIFICATIONS_TABLE"])["Items"]
    assert math.ceil(values.size_bytes(dict(item)) / 1024) == units


def test_what_is_kept_and_what_is_held_back_do_not_meet(world: World) -> None:
    world.held.keep([held(1)], 7)
    world.held.schedule(held(2))
    assert kept(world) == ["ntf_1"]
    assert world.held.due(samples.AT, 10) == [held(2)]


def test_two_producers_notifications_of_one_id_are_both_held_back_and_settled_each_by_itself(world: World) -> None:
    mine, theirs = (replace(held(1), producer=f"user|{number}") for number in (1, 2))
    for each in (mine, theirs, mine):
        world.held.schedule(each)
    assert sorted(world.held.due(samples.AT, 10), key=lambda each: each.producer) == [mine, theirs]
    world.held.settle([mine])
    assert world.held.due(samples.AT, 10) == [theirs]


def test_another_text_under_the_same_id_takes_no_others_place(world: World) -> None:
    first, second = (replace(held(1, text=text), producer="user|1") for text in ("{}", '{"n":1}'))
    for each in (first, second):
        world.held.schedule(each)
    assert {each.text for each in world.held.due(samples.AT, 10)} == {"{}", '{"n":1}'}


def test_two_producers_notifications_of_one_id_are_kept_with_their_producers(world: World) -> None:
    both = [replace(held(1), producer=f"user|{number}") for number in (1, 2)]
    for each in both:
        world.held.keep([each], 7)
    found, _ = world.held.kept(samples.AT, samples.AT + HOUR, None, 10)
    assert sorted(found, key=lambda each: each.producer) == both


def test_what_was_kept_and_held_back_before_producers_had_name_spaces_is_read(clients: Clients) -> None:
    world, table, at = aws_world(clients), clients.places["NOTIFICATIONS_TABLE"], samples.AT
    packed = compression.pack(json.dumps([["evt-1", ids.milliseconds(at), 2]]).encode() + b"\n{}")
    sort = ids.derived(at, "notifications", "evt-1")
    expires_at = int((at + DAY).timestamp())
    kept_item: dict[str, values.Value | None] = {
        "pk": f"kept|{at:%Y-%m-%dT%H}|0",
        "sk": sort,
        "parcel": packed,
        "expires_at": expires_at,
    }
    old = HeldNotification("evt-1", at, "{}")
    key = {"pk": f"scheduled|{notifications._shard('evt-1')}", "sk": ids.derived(at, "notification", "evt-1")}
    held_item: dict[str, values.Value | None] = {**key, "id": "evt-1", "text": compression.pack(b"{}")}
    for item in (kept_item, held_item):
        clients.dynamodb.put_item(TableName=table, Item=values.item(item))
    assert world.held.kept(at, at + HOUR, None, 10) == ([old], None)
    assert world.held.due(at, 10) == [old]
    world.held.settle([old])
    assert world.held.due(at, 10) == []


@pytest.mark.parametrize("depth", [0, 3])
def test_a_kept_one_has_the_depth_that_it_came_with(world: World, depth: int) -> None:
    notifications = [HeldNotification(f"ntf_{number}", samples.AT, "{}", depth=depth + number) for number in range(2)]
    world.held.keep(notifications, 7)
    found, _ = world.held.kept(samples.AT, samples.AT + timedelta(seconds=1), None, 10)
    assert {each.id: each.depth for each in found} == {"ntf_0": depth, "ntf_1": depth + 1}


@pytest.mark.parametrize("depth", [0, 3])
def test_a_scheduled_one_has_the_depth_that_it_came_with(world: World, depth: int) -> None:
    world.held.schedule(HeldNotification("ntf_1", samples.AT, "{}", depth=depth))
    assert [each.depth for each in world.held.due(samples.AT, 10)] == [depth]
