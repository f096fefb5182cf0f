"""What was used: how much of what, where, and what for."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What is counted."""

    REQUESTS = "requests"
    """To DynamoDB, which charges units and not these; they are what is waited for."""
    WRITE_UNITS = "write units"
    READ_UNITS = "read units"
    QUEUE_REQUESTS = "queue requests"
    """As SQS charges them: a request is one for each 64 KB that it has begun."""
    FAIR_REQUESTS = "fair queue requests"
    """Those among them that carry messages of a message group."""
    INVOCATIONS = "invocations"
    ROUND_TRIPS = "round trips"
    """Requests that an invocation waits for."""
    LOG_BYTES = "log bytes"
    STORED_BYTES = "stored bytes"
    SENT_BYTES = "sent bytes"
    """To receivers."""
    API_REQUESTS = "API requests"


class Use(NamedTuple):
    """One line: what was used, and by what."""

    kind: Kind
    what: str


class Usage(Counter[Use]):
    """Counts by line."""

    def add(self, kind: Kind, what: str, amount: float = 1) -> None:
        """Add to a line; read units come in halves, which `Counter` holds as well as whole ones."""
        self[Use(kind, what)] += amount  # type: ignore[assignment]

    def of(self, kind: Kind) -> dict[str, float]:
        """The lines of one kind, the largest first."""
        return {use.what: amount for use, amount in self.most_common() if use.kind is kind}

    def total(self, kind: Kind | None = None) -> float:  # type: ignore[override]
        """All lines of one kind together."""
        return sum(amount for use, amount in self.items() if kind in {None, use.kind})
