"""The usage of AWS, by kind and purpose."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """The kinds of usage."""

    REQUESTS = "requests"
    """To DynamoDB. It charges units, not requests; requests cost time."""
    WRITE_UNITS = "write units"
    READ_UNITS = "read units"
    QUEUE_REQUESTS = "queue requests"
    """As SQS charges them: one for each started 64 KB of a request."""
    FAIR_REQUESTS = "fair queue requests"
    """Those of them with messages of a message group."""
    INVOCATIONS = "invocations"
    ROUND_TRIPS = "round trips"
    """The requests of an invocation."""
    LOG_BYTES = "log bytes"
    STORED_BYTES = "stored bytes"
    SENT_BYTES = "sent bytes"
    """Bytes to receivers."""
    API_REQUESTS = "API requests"


class Use(NamedTuple):
    """One line: the kind, and its purpose."""

    kind: Kind
    what: str


class Usage(Counter[Use]):
    """Amounts by line."""

    def add(self, kind: Kind, what: str, amount: float = 1) -> None:
        """Add to a line. Read units are multiples of a half, which `Counter` supports too."""
        self[Use(kind, what)] += amount  # type: ignore[assignment]

    def of(self, kind: Kind) -> dict[str, float]:
        """The lines of one kind, largest first."""
        return {use.what: amount for use, amount in self.most_common() if use.kind is kind}

    def total(self, kind: Kind | None = None) -> float:  # type: ignore[override]
        """The sum of all lines of one kind."""
        return sum(amount for use, amount in self.items() if kind in {None, use.kind})
