"""A bill: from usage to dollars, by line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.cost.usage import Kind
from infra.declaration import declaration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.cost.scenario import Outcome

MILLION: Final = 1_000_000
RECEIVER_MS: Final = 200
"""The time of a receiver's response. The worker waits for all of a batch at once."""
ROUND_TRIP_MS: Final = 5
"""The time of a request to DynamoDB or SQS in the same region: single-digit milliseconds (from memory)."""
_MB_PER_CORE: Final = 1_769
"""The memory with which a function has one core (docs.aws.amazon.com/lambda, "Configure Lambda function memory")."""
_STORED_DAYS: Final = {"history": 30, "notifications": 7}
_DAYS_PER_MONTH: Final = 30
_ITEMS: Final = json.loads((Path(__file__).parent / "prices.json").read_text())


@dataclass(frozen=True)
class Line:
    """One line of a bill: dollars for a million deliveries, and its parts, largest first."""

    name: str
    dollars: float
    parts: Mapping[str, float]


@dataclass(frozen=True)
class Bill:
    """The cost of a million deliveries: the work, and costs that are not in its total (storage, data out)."""

    work: tuple[Line, ...]
    beside: tuple[Line, ...]

    @property
    def total(self) -> float:
        """The sum of the work's lines."""
        return sum(line.dollars for line in self.work)


def price(name: str) -> float:
    """Dollars for one unit."""
    found = _ITEMS["prices"][name]
    return float(found["dollars"] / found["per"])


def price_date() -> str:
    """When the prices were looked up."""
    return str(_ITEMS["as_of"])


def bill(outcome: Outcome, cpu_ms: Mapping[str, float]) -> Bill:
    """A scenario's bill.

    Args:
        outcome: its usage.
        cpu_ms: CPU per message, by function.

    """
    made = _Maker(outcome)
    seconds = {name: _gb_seconds(outcome, name, cpu_ms[name]) for name in outcome.usage.of(Kind.INVOCATIONS)}
    return Bill(
        work=(
            made.line("DynamoDB writes", "write_unit", outcome.usage.of(Kind.WRITE_UNITS)),
            made.line("DynamoDB reads", "read_unit", outcome.usage.of(Kind.READ_UNITS)),
            made.line("SQS requests", "queue_request", outcome.usage.of(Kind.QUEUE_REQUESTS)),
            made.line("SQS fair queues", "fair_request", outcome.usage.of(Kind.FAIR_REQUESTS)),
            made.line("Lambda time", "gb_second", seconds),
            made.line("Lambda requests", "invocation", outcome.usage.of(Kind.INVOCATIONS)),
            made.line("logs", "log_byte", outcome.usage.of(Kind.LOG_BYTES)),
            made.line("API Gateway", "api_request", outcome.usage.of(Kind.API_REQUESTS)),
        ),
        beside=(
            made.line("storage", "stored_byte_month", _byte_months(outcome)),
            made.line("point-in-time recovery", "backed_up_byte_month", _byte_months(outcome)),
            made.line("data out", "sent_byte", outcome.usage.of(Kind.SENT_BYTES)),
        ),
    )


def memory_mb(function: str) -> int:
    """The memory of a function in the template."""
    return int(declaration()["Resources"][function]["Properties"]["MemorySize"])


def _gb_seconds(outcome: Outcome, function: str, cpu_ms: float) -> float:
    """GB-seconds of all invocations: CPU at the function's share of a core, and waits for AWS and for receivers."""
    memory = memory_mb(function)
    calls = outcome.usage.of(Kind.INVOCATIONS)[function]
    waits_ms = outcome.usage.of(Kind.ROUND_TRIPS).get(function, 0) * ROUND_TRIP_MS
    waits_ms += calls * RECEIVER_MS if function.startswith("Deliver") else 0
    messages = outcome.messages[function]
    total_ms = waits_ms + messages * cpu_ms * _MB_PER_CORE / memory
    return total_ms / 1_000 * memory / 1_024


def _byte_months(outcome: Outcome) -> dict[str, float]:
    stored = outcome.usage.of(Kind.STORED_BYTES)
    return {table: size * _STORED_DAYS[table] / _DAYS_PER_MONTH for table, size in stored.items()}


@dataclass(frozen=True)
class _Maker:
    outcome: Outcome

    def line(self, name: str, priced: str, used: Mapping[str, float]) -> Line:
        """Dollars for a million deliveries."""
        each = price(priced) * MILLION / self.outcome.deliveries
        parts = {what: amount * each for what, amount in used.items()}
        return Line(name, sum(parts.values()), parts)
