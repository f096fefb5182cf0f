"""The worker's CPU for a delivery, compared with the bare client for the same requests, and with the machine's limit.

The handler is the real one: it gets an SQS event, sends requests and writes the history. DynamoDB and SQS are stubs on
loopback, so that only the worker is measured. Worker and client run in turn on one core. The receivers have the other cores.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.figures import Figure, Findings, Plot, Point, Spread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.delivery.stub_servers import StubServers
    from benchmarks.delivery.workload import Scenario

_TIMES_THE_CLIENT: Final = 2.0
_AIMS_MS: Final = {"HTTP kept alive": 0.5, "HTTPS cold": 1.2}
_UNIT: Final = "CPU-ms a delivery"


@dataclass(frozen=True, slots=True)
class Load:
    """How much is delivered: `at_once` to receivers that answer at once, `late` to receivers with one of `delays_ms`."""

    rounds: int
    at_once: int
    late: int
    hosts: int
    batches: tuple[int, ...]
    delays_ms: tuple[int, ...]


_FULL: Final = Load(rounds=3, at_once=4_000, late=200, hosts=500, batches=(10, 100), delays_ms=(0, 100, 300))
_QUICK: Final = Load(rounds=1, at_once=40, late=20, hosts=20, batches=(10,), delays_ms=(0,))


class Transport(NamedTuple):
    """How receivers are reached. If cold, each delivery is to a new host."""

    name: str
    scheme: str
    is_cold: bool = False


_KEPT: Final = (Transport("HTTP kept alive", "http"), Transport("HTTPS kept alive", "https"))
_COLD: Final = Transport("HTTPS cold", "https", is_cold=True)


class Measured(NamedTuple):
    """The rounds of one case: CPU-ms per delivery of the worker and of the bare client."""

    worker_ms: list[float]
    bare_ms: list[float]

    @property
    def times(self) -> float:
        """The worker's CPU as a multiple of the client's."""
        return Spread.of(self.worker_ms).median / Spread.of(self.bare_ms).median


def measure(*, is_quick: bool) -> Findings:
    """Measure all transports, batches and delays."""
    from benchmarks.delivery import certificates, limit  # noqa: PLC0415 - the registry imports all benchmarks
    from benchmarks.delivery.stub_servers import stub_servers  # noqa: PLC0415

    load = _QUICK if is_quick else _FULL
    figures: list[Figure] = []
    lines: dict[str, list[Point]] = {"the worker": [], "the bare client": []}
    names: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for chain in certificates.CHAINS.values():
            files = certificates.write(chain, Path(folder))
            with stub_servers(files) as stubs:
                for name, key, measured in _cases(chain.name, stubs, load):
                    figures.append(_figure(name, key, measured))
                    if name.endswith(("batches of 100, 0 ms", "every host new")):
                        _draw(lines, names, name, measured)
                if chain.name == "RSA-2048":
                    figures += _parts(stubs, load) + limit.figures(stubs, is_quick=is_quick)
    plot = Plot(name="delivery", title="CPU of a delivery", x="", y="CPU-ms a delivery", lines=lines, bars=tuple(names))
    return Findings(figures=figures, plots=[plot], notes=_NOTES)


_NOTES: Final = [
    "1,000 / CPU-ms is deliveries a second on a core. Bodies have 1.2 KB. It is this machine's Python, not Lambda's.",
    "P-384: a chain as Let's Encrypt signs it. RSA-2048: as Amazon's certificate manager signs it. No name is resolved.",
]


def _cases(chain: str, stubs: StubServers, load: Load) -> Iterator[tuple[str, str, Measured]]:
    """Each case's name, the transport of its aim, and its figures. Certificate chains matter only for cold TLS."""
    if chain == "RSA-2048":
        for transport in _KEPT:
            for batch in load.batches:
                for delay_ms in load.delays_ms:
                    name = f"{transport.name}, batches of {batch}, {delay_ms} ms"
                    yield name, transport.name, _measured(stubs, _kept(stubs, load, transport, batch, delay_ms), load.rounds)
    for batch in load.batches:
        scenario = _cold(stubs, load, batch)
        yield f"HTTPS cold, {chain}, batches of {batch}, every host new", _COLD.name, _measured(stubs, scenario, load.rounds)
    again = _again(_cold(stubs, load, 100), load.hosts)
    yield f"HTTPS cold, {chain}, batches of 100, hosts met before", "", _measured(stubs, again, load.rounds)


def _kept(stubs: StubServers, load: Load, transport: Transport, batch: int, delay_ms: int) -> Scenario:
    from benchmarks.delivery.workload import Scenario  # noqa: PLC0415

    count = load.late if delay_ms else load.at_once
    return Scenario(
        origin=f"{transport.scheme}://{{host}}:{stubs.ports[transport.scheme]}",
        hosts=1,
        webhooks=min(load.hosts, 100),
        path=f"/{delay_ms}",
        batch=batch,
        batches=max(count // batch, 1),
        warm=max(100 // batch, 1),
    )


def _cold(stubs: StubServers, load: Load, batch: int) -> Scenario:
    """All hosts once. The warm-up has hosts of its own, so that each measured delivery is the first to its host."""
    from benchmarks.delivery.workload import Scenario  # noqa: PLC0415

    batch = min(batch, load.hosts)
    return Scenario(
        origin=f"https://{{host}}:{stubs.ports['https']}",
        hosts=load.hosts + batch,
        webhooks=load.hosts + batch,
        path="/0",
        batch=batch,
        batches=load.hosts // batch,
        warm=1,
    )


def _again(cold: Scenario, hosts: int) -> Scenario:
    """All hosts twice, with a new connection each time. The second time is measured."""
    return replace(cold, hosts=hosts, webhooks=hosts, warm=cold.batches, path="/0/close")


def _measured(stubs: StubServers, scenario: Scenario, rounds: int) -> Measured:
    """Run worker and client in turn, each time in a new process."""
    stubs.set_webhooks(scenario)
    measured = Measured([], [])
    deliveries = scenario.batch * scenario.batches
    for _ in range(rounds):
        measured.worker_ms.append(1_000 * stubs.run("worker", scenario)["cpu_s"] / deliveries)
        measured.bare_ms.append(1_000 * stubs.run("bare", scenario)["cpu_s"] / deliveries)
    return measured


_PARTS: Final = {
    "message": "reading the message",
    "webhooks": "reading the webhooks, a BatchGetItem a batch",
    "signed": "making and signing the request",
    "sent": "sending, with all guards",
    "kept": "keeping the record, a BatchWriteItem for 25 items",
}


def _parts(stubs: StubServers, load: Load) -> list[Figure]:
    """The parts of a delivery's CPU, over HTTP kept alive, in the largest batches."""
    scenario = _kept(stubs, load, _KEPT[0], load.batches[-1], 0)
    stubs.set_webhooks(scenario)
    deliveries = scenario.batch * scenario.batches
    rounds = [stubs.run("parts", scenario) for _ in range(load.rounds)]
    wholes = [stubs.run("worker", scenario)["cpu_s"] for _ in range(load.rounds)]
    whole_ms = 1_000 * Spread.of(wholes).median / deliveries
    measured_ms = {part: Spread.of([1_000 * each[part] / deliveries for each in rounds]) for part in _PARTS}
    rest_ms = whole_ms - sum(each.median for each in measured_ms.values())
    found = {what: measured_ms[part] for part, what in _PARTS.items()}
    found["all else: judging, the log line, Chalice"] = Spread(rest_ms, rest_ms, rest_ms)
    return [
        Figure(what=f"of that: {what}", steady=each.median / whole_ms, of="of the worker's CPU", absolute=each, unit=_UNIT)
        for what, each in found.items()
    ]


def _figure(name: str, key: str, measured: Measured) -> Figure:
    return Figure(
        what=name,
        steady=measured.times,
        of="times the bare client's CPU",
        absolute=Spread.of(measured.worker_ms),
        unit=_UNIT,
        steady_at_most=_TIMES_THE_CLIENT,
        absolute_at_most=_AIMS_MS.get(key),
    )


def _draw(lines: dict[str, list[Point]], names: list[str], name: str, measured: Measured) -> None:
    lines["the worker"].append(Point(len(names), Spread.of(measured.worker_ms).median))
    lines["the bare client"].append(Point(len(names), Spread.of(measured.bare_ms).median))
    names.append(name.replace(", batches of 100", "").replace(", 0 ms", ""))
