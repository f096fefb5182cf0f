"""The cost of an idle stage, computed from its template, as `docs/operate/operations.md` shows it.

    python -m tests.infra.idle

prints the table. One minute of the schedule runs on moto, and its requests are counted.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from infra.declaration import declaration
from tests.docs.markdown import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

MINUTES: Final = 43_200
"""The minutes of a month of thirty days."""
POLLS_A_MINUTE: Final = 3
"""A poll waits 20 s for a message."""
POLLERS: Final = 2
POLLERS_WITH_A_LIMIT: Final = 5
"""The least of each ("Configuring scaling behavior for SQS event source mappings", lambda/…/services-sqs-scaling)."""
TICK_S: Final = 0.1
_MB_PER_GB: Final = 1_024


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the bill: what it is for, how it is computed, and dollars."""

    name: str
    formula: str
    dollars: float

    def __str__(self) -> str:
        return f"| {self.name} | {self.formula} | {self.dollars:.2f} |"


def price(name: str) -> float:
    """The price of one in dollars, from the table of the benchmarks."""
    found = json.loads((ROOT / "benchmarks" / "cost" / "prices.json").read_text("utf-8"))["prices"][name]
    return float(found["dollars"] / found["per"])


def lines(template: Mapping[str, Any], queries: int) -> list[Line]:
    """The bill of a month; `queries` are the read units of a minute of the schedule."""
    found = [_alarms(template), _polls(template), _schedule(template, queries)]
    return [*found, Line("**together**", "", sum(each.dollars for each in found))]


def _alarms(template: Mapping[str, Any]) -> Line:
    alarms = [each["Properties"] for each in template["Resources"].values() if each.get("Type") == "AWS::CloudWatch::Alarm"]
    metrics = sum(sum("MetricStat" in each for each in alarm.get("Metrics", [])) or 1 for alarm in alarms)
    formula = f"{metrics} metrics in {len(alarms)} alarms x ${price('alarm_month'):.2f}; `Alarms=off` makes none"
    return Line("alarms", formula, metrics * price("alarm_month"))


def pollers(template: Mapping[str, Any]) -> list[int]:
    """The pollers of each idle queue. With a limit there are five."""
    limits = [value["Default"] for name, value in template["Parameters"].items() if name.endswith("ConcurrencyMax")]
    return [POLLERS_WITH_A_LIMIT if limit else POLLERS for limit in limits]


def _polls(template: Mapping[str, Any]) -> Line:
    found = pollers(template)
    polls = sum(found) * POLLS_A_MINUTE * MINUTES
    formula = (
        f"{found.count(POLLERS)} queues with {POLLERS} pollers and {found.count(POLLERS_WITH_A_LIMIT)} with "
        f"{POLLERS_WITH_A_LIMIT}, each asks every 20 s: {sum(found)} x {POLLS_A_MINUTE} x {MINUTES:,} minutes = "
        f"{polls / 1e6:.2f} M requests x $0.40"
    )
    return Line("looking at the queues", formula, polls * price("queue_request"))


def _schedule(template: Mapping[str, Any], queries: int) -> Line:
    memory_gb = template["Resources"]["Schedule"]["Properties"]["MemorySize"] / _MB_PER_GB
    dollars = MINUTES * (price("invocation") + TICK_S * memory_gb * price("gb_second") + queries * price("read_unit"))
    formula = f"{MINUTES:,} invocations of {TICK_S} s x {memory_gb} GB, {queries} empty reads each"
    return Line("the schedule", formula, dollars)


def queries() -> int:
    """The requests of a minute in which nothing is due, and no sweep of owners starts."""
    from tests.infra.walk import walked_town  # noqa: PLC0415 - it takes the process's AWS

    with walked_town() as town:
        town.tick(60)
        seen = town.walk.asked
        before = seen.total()
        town.walk.calls.clear()
        town.tick(60)
        others = {(each.action, each.resource) for each in town.walk.calls if each.action != "dynamodb:Query"}
        assert others == {("dynamodb:GetItem", "WebhooksTable")}
        return seen.total() - before


def table(template: Mapping[str, Any], count: int) -> str:
    """The lines as on the page."""
    return "\n".join(map(str, lines(template, count)))


if __name__ == "__main__":
    sys.stdout.write(table(declaration(), queries()) + "\n")
