from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain import ids
from chalicelib.domain.recovery import Recovery, RecoveryState, Wanted
from tests.contracts import samples

if TYPE_CHECKING:
    from tests.contracts.engines import World


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


@pytest.mark.parametrize("cursor", [None, "0" * 26])
def test_a_recovery_comes_back_as_it_was(world: World, cursor: str | None) -> None:
    made = recovery(cursor=cursor, is_surveyed=True, enqueued=3, examined=4)
    world.recoveries.create(made)
    assert world.recoveries.get(made.id) == made
    assert world.recoveries.get(ids.RECOVERY + "0" * 26) is None


def test_it_is_moved_on_by_who_saw_it_as_it_is(world: World) -> None:
    made = recovery()
    world.recoveries.create(made)
    moved = made.advanced(samples.AT, "0" * 26, examined=2, enqueued=1)
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
