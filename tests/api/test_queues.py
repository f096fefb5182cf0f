"""What is on the queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.town import answered

if TYPE_CHECKING:
    from tests.api.town import Town


def test_every_queue_is_listed_with_what_is_on_it(town: Town) -> None:
    town.anna.post(f"/history/retry/{town.record_of(town.webhook_of(town.anna), answered(500))}")
    town.world.dead_letters.set_aside("arn:aws:sqs:us-east-1:1:posthorn-dev-slow-deliveries", "x", "It is poison.")
    empty = {"waiting": 0, "inFlight": 0, "delayed": 0, "deadLetters": 0}
    assert town.admin.get("/queues").json == [
        {**empty, "name": "notifications"},
        {**empty, "name": "accepted"},
        {**empty, "name": "deliveries", "waiting": 1},
        {**empty, "name": "slow-deliveries", "deadLetters": 1},
        {**empty, "name": "background"},
    ]


def test_queues_that_cannot_be_read_are_503(town: Town) -> None:
    town.world.queue_depths.is_refusing = True
    answer = town.admin.get("/queues")
    assert (answer.status, answer.error["code"]) == (503, "unavailable")


def test_a_user_does_not_see_whether_the_queues_can_be_read(town: Town) -> None:
    town.world.queue_depths.is_refusing = True
    assert town.anna.get("/queues").status == 403
