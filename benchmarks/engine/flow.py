"""Notifications through a running service: throughput, latency, and memory."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final

from benchmarks.engine import bare, processes, sending
from benchmarks.engine.percentiles import MS_PER_S, p50, p99
from benchmarks.figures import Figure, Spread

if TYPE_CHECKING:
    from benchmarks.engine.processes import Memory
    from benchmarks.engine.running import Running
    from benchmarks.receiver import Receiver

RATE_PER_S: Final = 20
P50_MS_AT_MOST: Final = 100
_TYPE: Final = "flow"
_PATIENCE_S: Final = 30
_AT_REST_S: Final = 60
_LOOK_S: Final = 1.0


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is sent, in how many rounds. Memory is measured again after `deliveries`."""

    rounds: int
    at_once: int
    at_rate: int
    deliveries: int


FULL: Final = Size(rounds=3, at_once=1_000, at_rate=400, deliveries=10_000)
QUICK: Final = Size(rounds=1, at_once=30, at_rate=20, deliveries=80)


@dataclass
class Flow:
    """One webhook for one type of notification, so that each notification is one delivery."""

    running: Running
    receiving: Receiver
    _numbers: count[int] = field(default_factory=count)
    sent: int = 0

    def __post_init__(self) -> None:
        """Register the webhook, and warm up each process."""
        self.running.listen(f"{self.receiving.url}/0/200/flow", _TYPE)
        self.latencies_s(RATE_PER_S)

    def per_s(self, amount: int) -> float:
        """Deliveries a second, from the first send, as fast as the queue accepts, until the last receipt."""
        numbers = self._next(amount)
        began_s = time.monotonic()
        sending.all_at_once(self.running.sqs(), self._queue_url, numbers, lambda _: _TYPE)
        return amount / (max(self._received(numbers).values()) - began_s)

    def latencies_s(self, amount: int) -> list[float]:
        """The times from just before a notification is sent until the receiver has the request, at `RATE_PER_S`."""
        numbers = self._next(amount)
        sent = sending.at_rate(self.running.sqs(), self._queue_url, numbers, lambda _: _TYPE, RATE_PER_S)
        received = self._received(numbers)
        return [received[each] - sent[each] for each in numbers]

    @property
    def _queue_url(self) -> str:
        return self.running.run["notifications_queue_url"]

    def _next(self, amount: int) -> list[int]:
        self.sent += amount
        return [next(self._numbers) for _ in range(amount)]

    def _received(self, numbers: list[int]) -> dict[int, float]:
        found = self.receiving.wait_for(set(numbers), _PATIENCE_S)
        lost = set(numbers) - found.keys()
        if lost:
            message = f"{len(lost)} of {len(numbers)} notifications did not arrive."
            raise RuntimeError(message)
        return {each: found[each] for each in numbers}


def measure(running: Running, receiving: Receiver, size: Size) -> list[Figure]:
    """The figures of a new service."""
    before = processes.memory(running.process_id)
    flow = Flow(running, receiving)
    figures = [*_latency(flow, size), _throughput(flow, size)]
    while flow.sent < size.deliveries:
        flow.per_s(min(size.at_once, size.deliveries - flow.sent))
    return [*figures, *_memory(before, _at_rest(running, before), flow.sent)]


def _latency(flow: Flow, size: Size) -> list[Figure]:
    own = [flow.latencies_s(size.at_rate) for _ in range(size.rounds)]
    through_one_queue = [bare.latencies_s(flow.running, range(size.at_rate), RATE_PER_S) for _ in range(size.rounds)]
    return [
        Figure(
            what=f"{name} from SQS send to receipt, {RATE_PER_S} a second, fan-out 1",
            steady=took.median / Spread.of([of(each) * MS_PER_S for each in through_one_queue]).median,
            of="times one bare SQS queue",
            absolute=took,
            unit="ms",
            absolute_at_most=at_most,
        )
        for name, of, at_most in (("p50", p50, P50_MS_AT_MOST), ("p99", p99, None))
        for took in [Spread.of([of(each) * MS_PER_S for each in own])]
    ]


def _throughput(flow: Flow, size: Size) -> Figure:
    own = Spread.of([flow.per_s(size.at_once) for _ in range(size.rounds)])
    through_one_queue = Spread.of([bare.per_s(flow.running, size.at_once) for _ in range(size.rounds)])
    return Figure(
        what="one delivery at saturation, fan-out 1",
        steady=through_one_queue.median / own.median,
        of="times one bare SQS pass",
        absolute=own,
        unit="deliveries a second",
    )


def _at_rest(running: Running, before: Memory) -> Memory:
    """The memory after the workers that were forked for the load have exited."""
    deadline_s = time.monotonic() + _AT_REST_S
    while (now := processes.memory(running.process_id)).processes > before.processes and time.monotonic() < deadline_s:
        time.sleep(_LOOK_S)
    return now


def _memory(before: Memory, after: Memory, deliveries: int) -> list[Figure]:
    rows = [("each process's own count", before.rss_mb, after.rss_mb)]
    if before.pss_mb is not None and after.pss_mb is not None:
        rows.insert(0, ("shared memory counted once", before.pss_mb, after.pss_mb))
    return [
        Figure(what=f"memory {when}, {kind}", steady=here.processes, of="processes", absolute=Spread.of([mb]), unit="MB")
        for kind, at_rest_mb, after_mb in rows
        for when, here, mb in (("at rest", before, at_rest_mb), (f"after {deliveries:,} deliveries", after, after_mb))
    ]
