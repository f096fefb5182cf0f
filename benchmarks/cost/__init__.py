"""The cost of a million deliveries, by line, and what it depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from benchmarks.cost import bill, cases, cpu, scenario
from benchmarks.figures import Figure, Findings, Grid, Plot, Point

if TYPE_CHECKING:
    from benchmarks.cost.bill import Bill, Line
    from benchmarks.cost.cpu import CpuOf
    from benchmarks.cost.scenario import Scenario

_CENT: Final = 0.01


def measure(*, is_quick: bool) -> Findings:
    """Run every case through the real handlers, on moto in this process. Measure CPU with an engine in its own process."""
    taken = {
        fan_out: cpu.per_message(fan_out, rounds=1 if is_quick else 5, notifications=10 if is_quick else 60)
        for fan_out in (1, 10)
    }
    bills: dict[Scenario, Bill] = {}
    for case in cases.QUICK if is_quick else cases.ALL:
        outcome = scenario.run(case, cases.notifications(case))
        bills[case] = bill.bill(outcome, taken[case.fan_out].medians)
    return Findings(
        figures=[_figure(case, bills[case]) for case in bills if case in cases.AIMS]
        + [figure for fan_out, found in taken.items() for figure in _of_cpu(fan_out, found)],
        grid=_grid(bills),
        plots=[_plot(bills)],
        notes=[*cases.NOTES, *(_sentence(case, bills[case]) for case in bills if case in cases.AIMS)],
    )


def _grid(bills: dict[Scenario, Bill]) -> Grid:
    """One bill per row. After the total are the costs that are not work."""
    some = next(iter(bills.values()))
    lines = [line.name for line in some.work], [line.name for line in some.beside]
    return Grid(
        columns=("dollars a million", *lines[0], "**total**", *lines[1]),
        rows={
            case.name: [
                *(line.dollars for line in made.work),
                made.total,
                *(line.dollars for line in made.beside),
            ]
            for case, made in bills.items()
        },
    )


def _figure(case: Scenario, made: Bill) -> Figure:
    return Figure(what=case.name, steady=made.total, of="dollars a million", steady_at_most=cases.AIMS.get(case))


def _of_cpu(fan_out: int, found: CpuOf) -> list[Figure]:
    return [
        Figure(
            what=f"{function}, a message, fan-out {fan_out}",
            steady=spread.median / found.spreads["Deliver"].median,
            of="times a delivery",
            absolute=spread,
            unit="CPU-ms",
        )
        for function, spread in found.spreads.items()
    ]


def _sentence(case: Scenario, made: Bill) -> str:
    """A bill in a sentence: each line with its parts, if they are a cent or more."""
    return f"{case.name}: {_lines(made, is_work=True)}. Not in the total: {_lines(made, is_work=False)}."


def _lines(made: Bill, *, is_work: bool) -> str:
    lines = made.work if is_work else made.beside
    return "; ".join(_line(line) for line in lines if line.dollars >= _CENT / 2)


def _line(line: Line) -> str:
    parts = ", ".join(f"{what} {amount:.2f}" for what, amount in line.parts.items() if amount >= _CENT)
    return f"{line.name} ${line.dollars:.2f}" + (f" ({parts})" if len(line.parts) > 1 else "")


def _plot(bills: dict[Scenario, Bill]) -> Plot:
    """The lines of the cases that have an aim."""
    shown = [case for case in bills if case in cases.AIMS]
    names = [line.name for line in bills[shown[0]].work]
    return Plot(
        name="cost",
        title="What a million deliveries cost",
        x="case",
        y="dollars",
        lines={
            name: [Point(place, bills[case].work[number].dollars) for place, case in enumerate(shown)]
            for number, name in enumerate(names)
        },
        bars=tuple(f"fan-out {case.fan_out}" + ("" if case.is_kept else ", none kept") for case in shown),
    )
