"""The meter against an engine that says what was consumed, and against DynamoDB's published examples."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from benchmarks.cost import units
from benchmarks.cost.meter import DynamoMeter
from benchmarks.cost.units import Layout
from benchmarks.cost.usage import Kind
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.intake.ports import HeldNotification
from testbed import samples
from testbed.engines import processes
from testbed.engines.provisioning import Clients, Provisioner
from testbed.fakes.clock import FakeEntropy
from tests.contracts.engines import World, aws_world
from tests.contracts.test_requests_made import CASES, failed_records, nothing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [pytest.mark.enable_socket]

WITH_TRANSACTIONS = {"delete", "put_key", "delete_key", "key", "create for somebody", "rename for somebody"}
"""dynalite has none."""
WITHOUT_TABLES = {"deliveries", "notifications", "depths of the queues", "depths again"}

MORE: dict[str, tuple[Callable[[World], Any], Callable[[World, Any], object]]] = {
    "a large item": (nothing, lambda w, _: w.held.keep([_held(9_000)], 7)),
    "a large item again, smaller": (
        lambda w: w.held.keep([_held(9_000)], 7),
        lambda w, _: w.held.keep([_held(10)], 7),
    ),
    "an update of a large item": (lambda w: _written(w, 9_000), lambda w, it: w.history.settle(it)),
    "a removal of large items": (lambda w: _written(w, 9_000), lambda w, it: w.history.purge(_webhook_of(it), 25)),
    "a read of a large item": (lambda w: _written(w, 9_000), lambda w, it: w.history.get(it[0].attempt.record_id)),
    "a batch of them": (lambda w: _written(w, 9_000), lambda w, it: w.history.get_many(_ids(it))),
    "one that is not there": (nothing, lambda w, _: w.webhooks.get(samples.webhook_id())),
    "a query of nothing": (nothing, lambda w, _: w.history.page(samples.webhook_id(), None, HistoryFilter(), 50)),
    "a query of large items": (
        lambda w: _written(w, 9_000),
        lambda w, it: w.history.page(_webhook_of(it), None, HistoryFilter(), 2),
    ),
    "a query whose filter drops all": (
        lambda w: _written(w, 9_000),
        lambda w, it: w.history.page(_webhook_of(it), None, HistoryFilter(notification_type="other"), 2),
    ),
    "a query of some attributes": (
        lambda w: _written(w, 9_000),
        lambda w, it: w.stats.measures(_webhook_of(it), samples.AT.replace(year=2000), samples.AT.replace(year=2100), None),
    ),
}


def _held(length: int) -> Any:  # noqa: ANN401
    return HeldNotification("ntf_1", samples.AT, _noise(length))


def _noise(length: int) -> str:
    """What does not compress to less than half."""
    return FakeEntropy().take(length).hex()


def _written(world: World, length: int) -> list[Any]:
    records = [
        replace(
            each, exchange=replace(each.exchange, response=replace(each.exchange.response, body=_noise(length).encode()))
        )
        for each in failed_records(3)
    ]
    world.history.write(records)
    return records


def _webhook_of(records: list[Any]) -> str:
    return str(records[0].attempt.webhook_id)


def _ids(records: list[Any]) -> list[Any]:
    return [each.attempt.record_id for each in records]


@pytest.fixture(scope="module")
def provisioner() -> Iterator[Provisioner]:
    with processes.dynalite() as url, mock_aws():
        yield Provisioner(url, None)


class Told:
    """What the engine says that requests to its tables consumed, indexes left out.

    Of two kinds of request it says nothing, or nought, where DynamoDB charges: a write whose condition fails costs what is
    there, one unit here, and a query that finds nothing costs what one of a small item does.
    """

    def __init__(self, clients: Clients) -> None:
        self.units = 0.0
        events = clients.dynamodb.meta.events
        for operation in ("PutItem", "UpdateItem", "DeleteItem", "GetItem", "Query", "BatchGetItem", "BatchWriteItem"):
            events.register(f"provide-client-params.dynamodb.{operation}", self._ask)
        events.register("after-call.dynamodb", self._add)

    def _ask(self, params: Any, context: Any, **_: object) -> Any:  # noqa: ANN401
        context["asked"] = params
        return {**params, "ReturnConsumedCapacity": "INDEXES"}

    def _add(self, parsed: Any, context: Any, **_: object) -> None:  # noqa: ANN401
        if "IndexName" in context["asked"]:
            return
        if parsed.get("ScannedCount") == 0:
            self.units += 1 if context["asked"].get("ConsistentRead") else 0.5
        elif "Error" in parsed:
            assert parsed["Error"]["Code"] == "ConditionalCheckFailedException"
            self.units += 1
        else:
            told = parsed["ConsumedCapacity"]
            for each in told if isinstance(told, list) else [told]:
                self.units += each["Table"]["CapacityUnits"] if "Table" in each else each["CapacityUnits"]


def metered(clients: Clients, provisioner: Provisioner) -> DynamoMeter:
    return DynamoMeter(clients.dynamodb, provisioner.client("dynamodb"))


def of_tables(meter: DynamoMeter) -> float:
    kinds = (Kind.WRITE_UNITS, Kind.READ_UNITS)
    return sum(amount for kind in kinds for what, amount in meter.usage.of(kind).items() if ", index" not in what)


@pytest.mark.parametrize("case", [*(name for name in CASES if name not in WITH_TRANSACTIONS | WITHOUT_TABLES), *MORE])
def test_what_the_meter_computes_is_what_the_engine_says(provisioner: Provisioner, case: str) -> None:
    prepare, act = MORE[case] if case in MORE else CASES[case][:2]
    clients = provisioner()
    world = aws_world(clients)
    prepared = prepare(world)
    meter, told = metered(clients, provisioner), Told(clients)
    act(world, prepared)
    assert of_tables(meter) == told.units


LAYOUT = Layout(("pk", "sk"), {"by_owner": ("owner_id", "id"), "due": ("due_at",)})
KEYS = {"pk": {"S": "p"}, "sk": {"S": "s"}}


def item(size: int, **others: str) -> Any:  # noqa: ANN401
    """An item of so many bytes, of which `pk` and `sk` are six."""
    return {**KEYS, **{name: {"S": value} for name, value in others.items()}, "x": {"S": "-" * (size - 7)}}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, item(1_024), 1),
        (None, item(1_025), 2),
        (item(300_000), item(310_000), 303),
        (item(9_000), item(10), 9),
        (item(9_000), None, 9),
        (None, None, 1),
    ],
)
def test_a_write_costs_the_larger_of_what_was_and_what_is(before: Any, after: Any, expected: int) -> None:  # noqa: ANN401
    assert units.written(before, after) == expected


def test_an_item_is_in_the_indexes_whose_keys_it_has() -> None:
    owned = item(9_000, owner_id="u1", id="w1")
    assert LAYOUT.entry(owned, "by_owner") == {"owner_id": {"S": "u1"}, "id": {"S": "w1"}, **KEYS}
    assert LAYOUT.entry(owned, "due") is None
    assert LAYOUT.entry(None, "due") is None


def test_an_index_costs_a_unit_where_an_entry_comes_or_goes_and_two_where_it_moves() -> None:
    entries = [LAYOUT.entry(item(9_000, due_at=at), "due") for at in ("noon", "one")]
    assert units.indexed(None, entries[0]) == 1
    assert units.indexed(entries[0], None) == 1
    assert units.indexed(*entries) == 2
    assert units.indexed(entries[0], entries[0]) == 0


def test_reads_are_rounded_up_together_and_cost_half_where_they_may_lag() -> None:
    items = [item(3_000), item(3_000)]
    assert units.read(items, is_consistent=True) == 2
    assert units.read(items, is_consistent=False) == 1
    assert units.read([], is_consistent=False) == 0.5
