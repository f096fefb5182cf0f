"""The parts of a delivery's CPU, each measured alone, on the events of a scenario.

The rest of the whole is the outcome, the log line, the order of sending, and Chalice. It prints seconds of CPU.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from benchmarks import machine
from benchmarks.delivery import worker, workload
from benchmarks.delivery.workload import Scenario
from chalicelib.codec import messages
from chalicelib.delivery import outbound
from chalicelib.delivery.outbound import RequestRules
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.history import records as history
from chalicelib.domain.webhooks.headers import USER_AGENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chalicelib.composition.process import Process
    from chalicelib.domain.delivery.attempt import Exchange, OutboundRequest, PendingAttempt
    from chalicelib.domain.webhooks.webhook import Webhook


class _All:
    """A dispatch of prepared requests."""

    def __init__(self, requests: list[OutboundRequest]) -> None:
        self._waiting: Iterator[tuple[str, OutboundRequest]] = ((str(number), each) for number, each in enumerate(requests))
        self.late_after_s = float("inf")
        self.ended: dict[int, Exchange] = {}

    def next(self) -> tuple[str, OutboundRequest] | None:
        return next(self._waiting, None)

    def late(self, token: str) -> None:
        raise AssertionError(token)

    def done(self, token: str, exchange: Exchange) -> None:
        self.ended[int(token)] = exchange


class Parts:
    """Processes batches part by part, and adds up the CPU of each part."""

    def __init__(self, service: Process) -> None:
        self._service = service
        self.cpu_s = dict.fromkeys(("message", "webhooks", "signed", "sent", "kept"), 0.0)

    def batch(self, event: dict[str, Any]) -> None:
        """One event."""
        bodies = [record["body"] for record in event["Records"]]
        attempts = self._timed("message", lambda: [messages.attempt_from_text(each) for each in bodies])
        webhooks = self._timed(
            "webhooks", lambda: self._service.adapters.webhooks.get_many({each.webhook_id for each in attempts})
        )
        requests = self._timed("signed", lambda: [_request(webhooks[each.webhook_id], each) for each in attempts])
        dispatch = _All(requests)
        self._timed("sent", lambda: self._service.adapters.sender.exchange_all(dispatch))
        schedule = AttemptSchedule(self._service.settings.attempt_waits_s)
        records = [history.record(each, dispatch.ended[number], schedule) for number, each in enumerate(attempts)]
        self._timed("kept", lambda: self._service.adapters.history.write(records))

    def _timed(self, part: str, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the work gives
        began = time.process_time()
        made = work()
        self.cpu_s[part] += time.process_time() - began
        return made


def _request(webhook: Webhook, attempt: PendingAttempt) -> OutboundRequest:
    return outbound.request(webhook, attempt, datetime.now(UTC), RequestRules(10, USER_AGENT))


def main() -> None:
    """Process the events, and print the parts as one line of JSON to standard error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", type=Scenario.read)
    parser.add_argument("--bundle", required=True)
    given = parser.parse_args()
    machine.pin(machine.sides().measured)
    parts = Parts(worker.service(given.bundle))
    events = workload.events(given.scenario)
    for event in events[: given.scenario.warm]:
        parts.batch(event)
    parts.cpu_s = dict.fromkeys(parts.cpu_s, 0.0)
    for event in events[given.scenario.warm :]:
        parts.batch(event)
    print(json.dumps(parts.cpu_s), file=sys.stderr, flush=True)  # noqa: T201 - it is a program
    os._exit(0)  # without closing the kept connections


if __name__ == "__main__":
    main()
