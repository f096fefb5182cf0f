"""Every operation that writes, and what AWS may do to its requests: it ends in the same state as without.

Or it raises `Unavailable` with nothing half done, and its caller's repeat leads to that state.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, replace
from importlib import import_module
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, Protocol

import pytest
from botocore.config import Config

import chalicelib
from chalicelib import ports
from chalicelib.adapters import aws
from chalicelib.adapters.sqs import DEAD_LETTERS
from chalicelib.domain.errors import Unavailable
from testbed import samples
from testbed.engines.counting import Requests
from testbed.engines.provisioning import Clients, Provisioner
from tests.contracts import faults
from tests.contracts.engines import World, aws_world, received
from tests.contracts.faults import LASTING, ONCE, Proxy
from tests.contracts.writes import READS, WRITES

if TYPE_CHECKING:
    from collections.abc import Iterator

Facts = frozenset[str]
"""The items of all tables, or the messages of all queues, each as a text."""

PATIENCE_S: Final = 0.1
HASTY: Final = aws.CONFIG.merge(Config(read_timeout=PATIENCE_S))
QUEUES: Final = frozenset({"deliveries", "accepted", "background", "dead_letters"})
TRANSACTIONS: Final = frozenset(
    {
        "webhooks.create: for somebody",
        "webhooks.update: for somebody",
        "webhooks.delete",
        "notification_types.add",
        "notification_types.put",
        "notification_types.delete",
        "directory.put_user",
        "directory.delete_user",
        "directory.settle_keys",
        "directory.renew_owner_note",
        "directory.forget_owner_note",
        "directory.put_key",
        "directory.delete_key",
    }
)
NO_STORES: Final = frozenset({"Clock", "Entropy", "Concurrently", "UrlPolicy", "Dispatch", "HttpSender", "Redelivery"})
"""The ports that keep nothing; `Redelivery` changes when a message is seen again."""


@dataclass(frozen=True)
class Clean:
    """How an operation ends where nothing befalls it."""

    before: Facts
    after: Facts
    given: object
    requests: int


@dataclass(frozen=True)
class Bench:
    """An engine, and a proxy in front of it."""

    provisioner: Provisioner
    proxy: Proxy
    direct: Clients
    proxied: Clients
    known: dict[str, Clean] = field(default_factory=dict)

    def clean(self, name: str) -> Clean:
        """How the operation ends where nothing befalls it; it is run once."""
        if name not in self.known:
            run = self.run(name)
            before = run.facts()
            # past the proxy, where what an earlier run gave up may still be under way
            requests = Requests(run.direct.dynamodb, run.direct.sqs)
            given = run.repeat()
            made = requests.total()
            self.known[name] = Clean(before, run.facts(), given, made)
        return self.known[name]

    def run(self, name: str, config: Config | None = None) -> Run:
        """What is there before the operation, made past the proxy; a client of its own where `config` asks for one."""
        samples._numbers = count(1)  # the same ids in every run
        direct = self.provisioner.again(self.direct)
        prepared = WRITES[name].prepare(aws_world(direct))
        proxied = self.proxied if config is None else through(self.provisioner, self.proxy, config)
        return Run(name, direct, aws_world(replace(proxied, places=direct.places)), prepared)


def through(provisioner: Provisioner, proxy: Proxy, config: Config) -> Clients:
    """Clients whose requests pass the proxy."""
    dynamodb, sqs = (provisioner.client(each, proxy.url, config) for each in ("dynamodb", "sqs"))
    return Clients(dynamodb, sqs, {})


@dataclass(frozen=True)
class Run:
    """One call of an operation on a stage of its own."""

    name: str
    direct: Clients
    world: World
    prepared: object

    @property
    def is_of_queues(self) -> bool:
        return self.name.partition(".")[0] in QUEUES

    def act(self) -> object:
        return WRITES[self.name].act(self.world, self.prepared)

    def repeat(self) -> object:
        """The same call, where nothing befalls it."""
        return WRITES[self.name].act(aws_world(self.direct), self.prepared)

    def facts(self) -> Facts:
        """What is kept, in words that are the same on every stage."""
        return frozenset(self._messages() if self.is_of_queues else self._items())

    def _messages(self) -> Iterator[str]:
        places = self.direct.places
        urls = [url for key, url in places.items() if key.endswith("_URL")]
        for url in (*urls, places["ACCEPTED_QUEUE_URL"] + DEAD_LETTERS):
            for each in received(self.direct.sqs, url):
                yield json.dumps([each["Body"], each.get("MessageAttributes")], sort_keys=True)

    def _items(self) -> Iterator[str]:
        uncounted = WRITES[self.name].uncounted
        for name in (name for key, name in self.direct.places.items() if key.endswith("_TABLE")):
            for item in self.direct.dynamodb.scan(TableName=name)["Items"]:
                told = {key: value for key, value in item.items() if not uncounted or key != uncounted[0]}
                yield json.dumps(told, sort_keys=True, default=repr)


@pytest.fixture(scope="session")
def proxy(ministack: str) -> Iterator[Proxy]:
    """A microburst before the session's ministack."""
    with faults.in_front_of(ministack) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def bench(ministack: str, proxy: Proxy) -> Bench:
    provisioner = Provisioner(ministack, ministack)
    return Bench(provisioner, proxy, provisioner(), through(provisioner, proxy, aws.CONFIG))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))
    monkeypatch.setattr(aws, "pause", lambda _: None)
    monkeypatch.setattr("chalicelib.adapters.dynamodb.table.pause", lambda _: None)
    monkeypatch.setattr(samples, "_numbers", samples._numbers)


def some(requests: int) -> list[int]:
    """Which of an operation's requests a fault befalls: the first two, and the last."""
    return sorted({0, 1, requests - 1} & set(range(requests)))


def applies(name: str, fault: str) -> bool:
    operation = name.partition(":")[0]
    if fault == "its transaction meets another write":
        return {name, operation} & TRANSACTIONS != set()
    return not (fault == "a transaction is under way" and operation.partition(".")[0] in QUEUES)


def rows(table: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, fault) for name in WRITES for fault in table if applies(name, fault)]


def ends(run: Run, proxy: Proxy, clean: Clean) -> None:
    """Run it; where it is refused, look at what was done, and repeat it as its caller would, when all is well again."""
    given, is_refused = outcome(run)
    assert proxy.fired
    proxy.set(None)
    if is_refused:
        halfway = clean.before if run.is_of_queues else run.facts()
        assert clean.before & clean.after <= halfway <= clean.before | clean.after
        run.repeat()
    else:
        assert WRITES[run.name].uncounted or given == clean.given
    assert run.facts() == clean.after


def outcome(run: Run) -> tuple[object, bool]:
    """What the call gives, and whether it was refused."""
    try:
        return run.act(), False
    except Unavailable:
        return None, True


@pytest.mark.enable_socket
@pytest.mark.parametrize(("name", "fault"), rows(ONCE))
def test_a_request_that_fails_once_changes_nothing_in_the_end(bench: Bench, name: str, fault: str) -> None:
    clean, rule = bench.clean(name), ONCE[fault]
    for behind in some(clean.requests):
        run = bench.run(name, HASTY if "timeout_ms" in rule else None)
        bench.proxy.set(rule, behind, times=1)
        ends(run, bench.proxy, clean)


@pytest.mark.enable_socket
@pytest.mark.parametrize(("name", "fault"), rows(LASTING))
def test_what_is_refused_throughout_is_done_when_it_is_repeated(bench: Bench, name: str, fault: str) -> None:
    clean = bench.clean(name)
    for behind in some(clean.requests):
        run = bench.run(name, aws.CONFIG)  # a client gives up trying again, once too much has failed
        bench.proxy.set(LASTING[fault], behind)
        ends(run, bench.proxy, clean)


def test_every_operation_of_every_port_is_in_the_table_or_writes_nothing() -> None:
    known = _ports()
    stores = {each.name: str(each.type) for each in fields(World) if str(each.type) in known}
    operations = {
        f"{name}.{method}"
        for name, port in stores.items()
        for method in vars(known[port])
        if method[0] != "_" and port not in NO_STORES
    }
    listed = {name.partition(":")[0] for name in WRITES} | READS
    assert operations == listed, "tests/contracts/writes.py lists each operation"
    assert set(stores.values()) | NO_STORES == known.keys()


def _ports() -> dict[str, type]:
    """The ports of every room. A queue is an alias of one of them, with its kind of messages."""
    root = Path(chalicelib.__file__).parent
    names = [".".join(("chalicelib", *file.relative_to(root).with_suffix("").parts)) for file in root.rglob("ports.py")]
    known = {name: each for module in map(import_module, names) for name, each in vars(module).items()}
    queues = {name: ports.Queue for name, each in known.items() if isinstance(each, str) and each.startswith("Queue[")}
    return {name: each for name, each in known.items() if _is_port(each) and each is not ports.Queue} | queues


def _is_port(kind: Any) -> bool:  # noqa: ANN401 - anything
    return isinstance(kind, type) and Protocol in kind.__bases__
