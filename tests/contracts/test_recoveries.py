from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain import ids
from chalicelib.domain.directory.preconditions import Standing, StandingLost
from chalicelib.domain.directory.users import Role
from chalicelib.domain.history.recovery import Recovery, RecoveryState, Wanted
from testbed import samples

if TYPE_CHECKING:
    from datetime import datetime

    from tests.contracts.engines import World

CURSOR = "what a store gave: only it can read it"


def recovery(**changes: object) -> Recovery:
    sample = Recovery(
        id=ids.RECOVERY + samples.part(),
        webhook_id=samples.webhook_id(),
        only=Wanted.MISSING,
        since=samples.AT - timedelta(days=1, microseconds=7),
        until=samples.AT,
        started_at=samples.AT,
        updated_at=samples.AT,
    )
    return replace(sample, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [{"role": Role.USER}, {"is_enabled": False}, {"incarnation": "another"}],
    ids=["demoted", "suspended", "another"],
)
def test_none_is_started_for_one_who_may_not_any_more(world: World, change: dict[str, Any]) -> None:
    world.directory.put_user(samples.user(role=Role.ADMIN))
    held = Standing(user_id="u1", incarnation=samples.user().incarnation, role=Role.ADMIN)
    assert world.recoveries.create(recovery(), None, (held,))
    if "incarnation" in change:
        world.directory.delete_user("u1", samples.AT, "admin")
        world.directory.put_user(samples.user(role=Role.ADMIN, **change))
    else:
        world.directory.put_user(samples.user(version=2, **{"role": Role.ADMIN, **change}))
    refused = recovery()
    with pytest.raises(StandingLost):
        world.recoveries.create(refused, None, (held,))
    assert world.recoveries.get(refused.id) is None


@pytest.mark.parametrize(("cursor", "reached_at"), [(None, None), (CURSOR, None), (CURSOR, samples.AT)])
def test_a_recovery_comes_back_as_it_was(world: World, cursor: str | None, reached_at: datetime | None) -> None:
    made = recovery(cursor=cursor, reached_at=reached_at, is_surveyed=True, enqueued=3, examined=4)
    world.recoveries.create(made, None)
    assert world.recoveries.get(made.id) == made
    assert world.recoveries.get(ids.RECOVERY + "0" * 26) is None


def test_it_is_moved_on_by_who_saw_it_as_it_is(world: World) -> None:
    made = recovery()
    world.recoveries.create(made, None)
    moved = made.advanced(samples.AT, CURSOR, reached_at=samples.AT, examined=2, enqueued=1)
    assert world.recoveries.advance(made, moved)
    assert not world.recoveries.advance(made, made.ended(samples.AT, RecoveryState.STOPPED))
    assert world.recoveries.get(made.id) == moved


def test_what_was_never_made_cannot_be_moved_on(world: World) -> None:
    made = recovery()
    assert not world.recoveries.advance(made, made)
    assert world.recoveries.get(made.id) is None


def test_settled_deliveries_are_noted_by_recovery(world: World) -> None:
    one, other = recovery(), recovery()
    many = [ids.DELIVERY + samples.part() for _ in range(30)]
    world.recoveries.mark(one, many)
    world.recoveries.mark(one, many[:2])
    assert world.recoveries.marked(one, [*many, "msg_else"]) == set(many)
    assert world.recoveries.marked(other, many) == set()


def test_two_that_start_at_once_are_one(world: World) -> None:
    one = recovery()
    other = recovery(webhook_id=one.webhook_id)
    assert world.recoveries.create(one, None)
    assert not world.recoveries.create(other, None)
    assert world.recoveries.latest(one.webhook_id) == one.id
    assert world.recoveries.get(other.id) is None


def test_one_follows_the_latest_and_no_other(world: World) -> None:
    first = recovery()
    second, third = recovery(webhook_id=first.webhook_id), recovery(webhook_id=first.webhook_id)
    world.recoveries.create(first, None)
    assert world.recoveries.create(second, first.id)
    assert not world.recoveries.create(third, first.id)
    assert world.recoveries.create(third, second.id)


def test_the_recoveries_of_a_webhook_come_newest_first_page_by_page(world: World) -> None:
    made = sorted((recovery(webhook_id="wh_" + "1" * 26) for _ in range(3)), key=lambda each: each.id)
    for latest, each in zip([None, *(each.id for each in made)], made, strict=False):
        world.recoveries.create(each, latest)
    world.recoveries.create(recovery(), None)
    assert world.recoveries.page(made[0].webhook_id, None, 2) == [made[2], made[1]]
    assert world.recoveries.page(made[0].webhook_id, made[1].id, 2) == [made[0]]
    assert world.recoveries.page(made[0].webhook_id, made[0].id, 2) == []


def test_the_recoveries_of_a_webhook_are_purged_with_what_is_settled(world: World) -> None:
    one, other = recovery(), recovery()
    for each in (one, other):
        world.recoveries.create(each, None)
    world.recoveries.mark(one, [f"msg_{number}" for number in range(7)])
    removed: list[int] = []
    while removed[-1:] != [0]:
        removed.append(world.recoveries.purge(one.webhook_id, 3))
    assert (sum(removed), max(removed)) == (10, 3), "seven marks, its own, its webhook's, the latest"
    assert world.recoveries.get(one.id) is None
    assert world.recoveries.latest(one.webhook_id) is None
    assert world.recoveries.page(one.webhook_id, None, 5) == []
    assert world.recoveries.marked(one, ["msg_0"]) == set()
    assert world.recoveries.get(other.id) == other
