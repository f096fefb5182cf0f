"""Messages that come twice: what they cost the receiver."""

from __future__ import annotations

import pytest

from chalicelib.delivery.deliver import ReceivedAttempt
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import attempt, webhook


def _work_off(world: FakeAdapters, received: list[ReceivedAttempt]) -> None:
    """Make these attempts and all that follow, one message after the other, a second apart."""
    rooms = service_on(world, attempt_waits_s=(5, 10, 20))
    while received:
        for each in received:
            world.clock.advance(1)
            assert rooms.deliver.batch([each]) == []
        world.clock.advance(30)
        received = [ReceivedAttempt(str(number), each.attempt, 1) for number, each in enumerate(world.deliveries.sent)]
        world.deliveries.sent.clear()


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_message_that_comes_twice_does_not_double_the_whole_schedule(times: int) -> None:
    world = FakeAdapters()
    world.webhooks.create(webhook(1))
    world.sender.answers[webhook(1).url] = 500
    owed = attempt(1)
    _work_off(world, [ReceivedAttempt("m-1", owed, number) for number in range(1, times + 1)])
    assert len(world.sender.sent) == 4


@pytest.mark.parametrize("times", [2, 3])
def test_copies_that_look_fresh_cost_one_request_each_and_fork_no_schedule(times: int) -> None:
    world = FakeAdapters()
    world.webhooks.create(webhook(1))
    world.sender.answers[webhook(1).url] = 500
    _work_off(world, [ReceivedAttempt("m-1", attempt(1), 1)] * times)
    assert len(world.sender.sent) == times + 3
