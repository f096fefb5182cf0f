"""What a receiver got, what Lambda refused, and what was sent to queues in between."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Final

import pytest

from tests.deploy.tiny import metric

if TYPE_CHECKING:
    from local.receiver import Receiver
    from tests.deploy.stage import Stage

_LOOK_S: Final = 5.0
_STILL_S: Final = 120.0
"""If nothing arrives for this long, nothing more will arrive."""
_QUEUES: Final = ("notifications", "accepted", "deliveries", "slow-deliveries", "background")


class Arrivals:
    """The distinct deliveries that a receiver got."""

    def __init__(self, stage: Stage, receiver: Receiver) -> None:
        self._stage = stage
        self._receiver = receiver
        self.bodies: dict[str, str] = {}
        self.paths: set[str] = set()

    @property
    def ids(self) -> set[str]:
        return set(self.bodies)

    def until(self, wanted: set[str]) -> None:
        """Wait until all of them have arrived."""
        self.until_count(len(wanted))
        assert self.ids == wanted

    def until_count(self, count: int) -> None:
        """Wait for a number of deliveries; fail if none arrives for a long time."""
        while len(self.bodies) < count:
            try:
                got = self._receiver.next(_STILL_S)
            except queue.Empty:
                pytest.fail(
                    f"{len(self.bodies)} of {count} came, then nothing for {_STILL_S} s; refused: {refused(self._stage)}"
                )
            self.bodies.setdefault(got.headers["webhook-id"], got.body)
            self.paths.add(got.path)


def refused(stage: Stage) -> dict[str, float]:
    """The invocations that Lambda refused as recursive, by function."""
    functions = [each["FunctionName"] for each in stage.account.client("lambda").list_functions()["Functions"]]
    mine = [each for each in functions if each.startswith(f"posthorn-{stage.name}-")]
    dropped = {each: metric(stage.account, "AWS/Lambda", "RecursiveInvocationsDropped", FunctionName=each) for each in mine}
    return {each: count for each, count in dropped.items() if count}


def assert_nothing_was_cut(stage: Stage) -> None:
    """Check that no invocation was refused, and no message was dead-lettered."""
    assert refused(stage) == {}
    dead = {each["name"]: each["deadLetters"] for each in stage.call("GET", "/queues")}
    assert dead == dict.fromkeys(dead, 0)


def messages_sent(stage: Stage) -> float:
    """The number of messages sent to the stage's queues so far."""
    names = (f"posthorn-{stage.name}-{each}" for each in _QUEUES)
    return sum(metric(stage.account, "AWS/SQS", "NumberOfMessagesSent", QueueName=name) for name in names)


def depths(stage: Stage) -> list[tuple[int, int]]:
    """For each of the stage's queues, the numbers of visible and of other messages."""
    return [_depth(stage, f"posthorn-{stage.name}-{each}") for each in _QUEUES]


def _depth(stage: Stage, name: str) -> tuple[int, int]:
    sqs = stage.account.client("sqs")
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    hidden = (int(found[f"ApproximateNumberOfMessages{each}"]) for each in ("NotVisible", "Delayed"))
    return int(found["ApproximateNumberOfMessages"]), sum(hidden)
