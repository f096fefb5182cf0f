"""The stats of a webhook, counted when somebody asks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import InvalidInput, WebhookNotFound
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import at, attempt_at, broken, exchange, recorded, webhook

if TYPE_CHECKING:
    from chalicelib.history.stats import Stats

OWNER = Caller("1", Role.USER)
HOUR_S = 3600


@pytest.fixture
def world() -> FakeAdapters:
    found = FakeAdapters()
    found.webhooks.create(webhook())
    return found


def _attempts(world: FakeAdapters, *seconds: float, cause: FailureCause | None = None) -> None:
    came = exchange(200, duration_ms=100) if cause is None else broken(cause)
    world.history.write([recorded(attempt_at(at(each), salt=f"{each} {cause}"), came) for each in seconds])


def _ask(world: FakeAdapters, hours: float = 24, reads_max: int = 40) -> Stats:
    since = world.clock.now() - timedelta(hours=hours)
    return service_on(world, stats_read_max=reads_max).api.stats.of_webhook(OWNER, webhook().id, since)


def test_attempts_are_counted_in_the_hour_in_which_they_were_queued(world: FakeAdapters) -> None:
    _attempts(world, 1, 2, HOUR_S - 1, HOUR_S)
    _attempts(world, 3, cause=FailureCause.TIMEOUT)
    world.clock.advance(1.5 * HOUR_S)
    found = _ask(world)
    assert found.hours[at(0)].succeeded == 3
    assert found.hours[at(0)].failed == {"timeout": 1}
    assert found.hours[at(HOUR_S)].succeeded == 1
    assert (found.total.attempts, found.is_complete, len(found.hours)) == (5, True, 25)


def test_closed_hours_are_read_once(world: FakeAdapters) -> None:
    _attempts(world, *range(0, 5 * HOUR_S, 600))
    world.clock.advance(5.5 * HOUR_S)
    first = _ask(world)
    world.history.purge(webhook().id, 24)
    again = _ask(world)
    assert again.hours[at(0)] == first.hours[at(0)]
    assert first.total.attempts == 30


def test_what_came_late_is_found_once_the_hour_is_settled(world: FakeAdapters) -> None:
    _attempts(world, 1)
    world.clock.advance(3 * HOUR_S)
    _ask(world)
    _attempts(world, 2)
    assert _ask(world).hours[at(0)].succeeded == 1
    world.clock.advance(24 * HOUR_S)
    assert _ask(world, hours=48).hours[at(0)].succeeded == 2


def test_an_hour_too_large_for_a_request_is_counted_in_several(world: FakeAdapters) -> None:
    world.stats.page_max = 10
    _attempts(world, *range(100))
    world.clock.advance(3 * HOUR_S)
    completeness = [_ask(world, hours=4, reads_max=3).is_complete for _ in range(4)]
    assert completeness == [False, False, False, True]
    assert _ask(world, hours=4, reads_max=3).total.succeeded == 100


def test_a_long_span_goes_on_where_it_was_left(world: FakeAdapters) -> None:
    world.stats.page_max = 5
    _attempts(world, *range(0, 20 * HOUR_S, HOUR_S // 2))
    world.clock.advance(23 * HOUR_S)
    answers = [_ask(world, reads_max=2) for _ in range(9)]
    assert not answers[0].is_complete
    assert answers[-1].is_complete
    assert answers[-1].total.succeeded == 40


def test_a_request_reads_no_more_than_it_may(world: FakeAdapters) -> None:
    world.stats.page_max = 1
    _attempts(world, *range(50))
    world.clock.advance(3 * HOUR_S)
    _ask(world, reads_max=7)
    assert world.stats.reads == 7


@pytest.mark.parametrize("hours", [0, -1, 90 * 24 + 1])
def test_a_span_that_cannot_be_is_refused(world: FakeAdapters, hours: float) -> None:
    with pytest.raises(InvalidInput, match="since"):
        _ask(world, hours)


def test_anothers_webhook_has_no_stats(world: FakeAdapters) -> None:
    with pytest.raises(WebhookNotFound):
        service_on(world).api.stats.of_webhook(Caller("2", Role.USER), webhook().id, None)


def test_the_stats_go_with_the_history(world: FakeAdapters) -> None:
    _attempts(world, 1)
    world.clock.advance(3 * HOUR_S)
    _ask(world)
    owned = webhook()
    world.webhooks.delete(owned, world.clock.now())
    service_on(world).purge.step(owned)
    assert world.stats.days(owned.id, [at(0).date()]) == {}
