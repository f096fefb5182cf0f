"""The checks after a run: the oracle's, and that nothing is left on queues and in tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tests.simulation import turnover
from tests.simulation.oracle.judge import differences
from tests.simulation.world import OWNERS

if TYPE_CHECKING:
    from tests.simulation.oracle.facts import Facts
    from tests.simulation.people import People
    from tests.simulation.world import World


def reckon(world: World, people: People, facts: Facts) -> None:
    """Raise `AssertionError` with every difference from what was promised."""
    found = differences(facts)
    assert not found, "\n".join(str(each) for each in found)
    assert not world.observed.refused_loops, f"Lambda refused invocations as loops: {world.observed.refused_loops}"
    _nothing_is_left(world, people)
    _nobody_owns_after_deletion(world)
    turnover.check(world)


def _nothing_is_left(world: World, people: People) -> None:
    assert not world.store.get_many(list(people.known.deleted)), "the deleted are gone"
    assert all(each.source_arn and each.reason for each in world.dead_letters.sent)
    assert sorted({each.body for each in world.dead_letters.sent}) == sorted(set(people.known.poison)), (
        "only poison is set aside"
    )
    assert not any(queue.dead or queue.messages for queue in world.queues.values()), "the queues are empty"
    now = world.observed.clock.now()
    assert not world.store.unpurged(now + timedelta(days=1), 1), "every purge came to its end"
    assert not world.waiting.due(now + timedelta(days=99), 1), "no list is left"
    assert not any(world.waiting.oldest(webhook.id, 1) for webhook in people.webhooks), "nothing waits for ever"


def _nobody_owns_after_deletion(world: World) -> None:
    """No webhook of a deleted user is left, also none that was created during the deletion."""
    for user_id in OWNERS:
        if world.directory.user(user_id) is None:
            assert not world.store.page(user_id, None, 1), f"user {user_id} is gone and owns a webhook"
    assert not world.directory.owner_notes(datetime.max.replace(tzinfo=UTC), 1), "what follows an owner came to its end"
