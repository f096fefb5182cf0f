"""In which order a step does its work, how often, and under which ids: what a crash in between depends on."""

from __future__ import annotations

import json

import pytest

from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import SchemaViolation
from chalicelib.domain.notifications import envelope, matching
from chalicelib.domain.notifications.catalogue import custom
from chalicelib.fanout import reads
from chalicelib.fanout.reads import BatchCatalogue, BatchReads
from chalicelib.intake.catalogue import Catalogue
from chalicelib.intake.messages import ReceivedNotification
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import at, webhook
from tests.fanout.fanning import SENT, WANTING, furnish, handed_out, received, record_ids, take_queued, work_off
from tests.fanout.watching import watched

ADMIN = Caller("9", Role.ADMIN)


def _reads(world: FakeAdapters) -> BatchReads:
    return BatchReads(store=world.webhooks, directory=world.directory, concurrently=world.concurrently)


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


def test_a_notification_is_kept_before_its_deliveries_are_sent(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the process dies in between, a recovery finds what a sender has not got."""
    rooms = furnish(world)
    made = watched(monkeypatch, (world.held, "keep"), (world.deliveries, "send"))
    rooms.fan_out.step(received())
    assert made[:2] == ["keep", "send"]


def test_a_notification_is_kept_once_however_many_steps_it_takes(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms = furnish(world)
    made = watched(monkeypatch, (world.held, "keep"))
    rooms.fan_out.step(received())
    assert work_off(world, rooms) > 1
    assert made == ["keep"]


def test_who_takes_over_a_later_copy_repeats_the_ids_of_the_first(world: FakeAdapters) -> None:
    """The second message was sent later, and is the same notification all the same."""
    rooms = furnish(world)
    rooms.fan_out.step(received("m-1", id="evt-1"))
    world.clock.advance(180)
    take_queued(world)
    rooms.fan_out.step(ReceivedNotification(json.dumps(SENT | {"id": "evt-1"}), {}, "m-2", at(170)))
    work_off(world, rooms)
    assert len(record_ids(world)) == len(WANTING)


@pytest.mark.parametrize("rows_max", [0, 30], ids=["an audience of many", "an audience of few"])
def test_a_list_that_was_cut_is_not_used_as_the_whole(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch, rows_max: int
) -> None:
    monkeypatch.setattr(reads, "_AUDIENCE_ROWS_MAX", rows_max)
    for number in range(3):
        world.webhooks.create(webhook(number, is_global=True))
    view, source = _reads(world), next(iter(matching.subscriptions(webhook(1, is_global=True))))
    cut = view.matching(source, None, 2)
    assert (len(cut), len(view.matching(source, cut[-1], 2)), len(view.matching(source, None, 9))) == (2, 1, 3)


def test_what_does_not_meet_its_types_schema_is_refused_over_https(world: FakeAdapters) -> None:
    world.notification_types.put(custom(name="order", template=None, description=None, schema='{"required": ["total"]}'))
    taken, refused = service_on(world).api.intake.accept(
        ADMIN, ['{"notificationType": "order", "total": 1}', '{"notificationType": "order"}']
    )
    assert isinstance(refused, SchemaViolation)
    assert not isinstance(taken, SchemaViolation)
    assert len(world.accepted.sent) == 1


def test_each_continuation_counts_one_step_more(world: FakeAdapters) -> None:
    """By which a fan-out that goes round for ever is stopped."""
    rooms = furnish(world)
    rooms.fan_out.step(received())
    (first,) = take_queued(world)
    rooms.fan_out.step(handed_out(first, "c-1"))
    (second,) = take_queued(world)
    assert [each.attributes[envelope.HOPS].partition("|")[0] for each in (first, second)] == ["1", "2"]


def test_a_batch_asks_once_for_a_type_that_is_not_there(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    made = watched(monkeypatch, (world.notification_types, "get"))
    catalogue = Catalogue(types=world.notification_types, clock=world.clock, cache_s=0)
    types = BatchCatalogue(catalogue, world.concurrently)
    assert [types.find(name) for name in ("absent", "Absent")] == [None, None]
    assert made == ["get"]
