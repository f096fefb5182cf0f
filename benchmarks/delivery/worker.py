"""The deliver worker as in Lambda: it gets an event, sends requests and writes the history.

It runs in a process of its own. Its argument is a scenario. `--bundle` is the file of trusted authorities. It prints the
time of the measured events.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time

from benchmarks import machine
from benchmarks.delivery import workload
from benchmarks.delivery.workload import Scenario
from chalicelib.adapters.clock import SystemClock
from chalicelib.adapters.egress import address_policy
from chalicelib.adapters.egress.curl_sender import CurlSender
from chalicelib.adapters.egress.resolver import ThreadedResolver
from chalicelib.composition import process
from chalicelib.composition.adapters import AwsAdapters
from chalicelib.composition.process import Process
from chalicelib.settings import Settings
from chalicelib.workers import deliver


def service(bundle: str) -> Process:
    """The service, with a resolver for the receivers' names, which do not exist in the DNS."""
    settings = Settings.from_environment()
    clock = SystemClock()
    resolver = ThreadedResolver(lambda _: ("127.0.0.1",), threads_max=settings.in_flight_max)
    sender = CurlSender(settings, address_policy(settings), resolver, clock, ca_file=bundle)
    return Process(AwsAdapters(settings, clock=clock, sender=sender), settings)


def main() -> None:
    """Handle the events, and print CPU and wall-clock seconds as one line of JSON to standard error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenario", type=Scenario.read)
    parser.add_argument("--bundle", required=True)
    parser.add_argument("--profile")
    given = parser.parse_args()
    machine.pin(machine.sides().measured)
    process.current()  # for its logging, which is a part of the work
    with process.using(service(given.bundle)):
        events = workload.events(given.scenario)
        for event in events[: given.scenario.warm]:
            _handle(event)
        cpu_s, wall_s = time.process_time(), time.perf_counter()
        if given.profile:
            _profiled(events[given.scenario.warm :], given.profile)
        else:
            for event in events[given.scenario.warm :]:
                _handle(event)
        measured = {"cpu_s": time.process_time() - cpu_s, "wall_s": time.perf_counter() - wall_s}
    sys.stdout.flush()
    print(json.dumps(measured), file=sys.stderr, flush=True)  # noqa: T201 - it is a program
    os._exit(0)  # without closing the kept connections


def _handle(event: dict[str, object]) -> None:
    answer = deliver.deliver(event, None)
    if answer["batchItemFailures"]:
        message = "The worker returned messages, so the measurement is invalid."
        raise RuntimeError(message)


def _profiled(events: list[dict[str, object]], path: str) -> None:
    import cProfile  # noqa: PLC0415 - only for people who optimize

    profile = cProfile.Profile(time.process_time)
    profile.enable()
    for event in events:
        _handle(event)
    profile.disable()
    profile.dump_stats(path)


if __name__ == "__main__":
    main()
