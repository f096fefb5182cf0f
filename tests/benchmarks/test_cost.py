"""The benchmark of the cost runs, and its bill adds up."""

from __future__ import annotations

import pytest

from benchmarks import cost
from benchmarks.cost import bill, scenario
from benchmarks.cost.scenario import Scenario

CPU_MS = {"Notify": 5.0, "Deliver": 1.0, "DeliverSlow": 1.0, "APIHandler": 3.0}


@pytest.fixture(scope="module")
def ten() -> scenario.Outcome:
    """Ten deliveries of one notification."""
    return scenario.run(Scenario(), 1)


def test_every_delivery_leaves_a_record_and_ten_of_them_a_row(ten: scenario.Outcome) -> None:
    lines = {line.name: line for line in bill.bill(ten, CPU_MS).work}
    assert ten.deliveries == ten.attempts == 10
    assert lines["DynamoDB writes"].parts == pytest.approx(
        {"records": 0.625, "kept notifications": 0.0625, "journal rows": 0.0625}
    )


def test_lambda_is_paid_for_its_own_work_and_for_what_it_waits_for(ten: scenario.Outcome) -> None:
    lines = {line.name: line for line in bill.bill(ten, CPU_MS).work}
    duration_s = (10 * 1.0 * 1_769 / 512 + 200 + 2 * 5) / 1_000
    assert lines["Lambda time"].parts["Deliver"] == pytest.approx(duration_s * 0.5 * 0.0000133334 * 1_000_000 / 10)


def test_what_a_total_is_made_of_adds_up(ten: scenario.Outcome) -> None:
    made = bill.bill(ten, CPU_MS)
    assert made.total == pytest.approx(sum(amount for line in made.work for amount in line.parts.values()))


def test_one_attempt_in_twenty_fails_and_is_made_again() -> None:
    outcome = scenario.run(Scenario(is_failing=True), 2)
    assert (outcome.deliveries, outcome.attempts) == (20, 21)


@pytest.mark.enable_socket
def test_the_benchmark_runs() -> None:
    found = cost.measure(is_quick=True)
    assert [each.what for each in found.figures if each.steady_at_most is not None] == [
        "1 KB, fan-out 10, SQS, latency",
        "1 KB, fan-out 1, SQS, latency",
        "1 KB, fan-out 1, SQS, no notifications kept, latency",
    ]
    assert found.grid is not None
    totals = {name: row[found.grid.columns.index("**total**") - 1] for name, row in found.grid.rows.items()}
    assert totals == {each.what: each.steady for each in found.figures if each.steady_at_most is not None}
