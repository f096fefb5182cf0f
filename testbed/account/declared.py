"""Functions and queues, as the template declares them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from infra.declaration import declaration
from testbed.aws.limits import POLLERS_MAX


@dataclass(frozen=True, slots=True)
class Function:
    """A worker, with the limits that AWS enforces."""

    name: str
    at_once_max: int
    timeout_s: float
    allows_recursion: bool
    batch_max: int = 10

    @classmethod
    def of(cls, name: str) -> Self:
        """The worker, as deployed by default."""
        properties = _declared()["Resources"][name]["Properties"]
        source = properties["Events"][f"{name}SqsEventSource"]["Properties"]
        at_once_max = int(_declared()["Parameters"][f"{name}ConcurrencyMax"]["Default"]) or POLLERS_MAX
        allows_recursion = properties.get("RecursiveLoop") == "Allow"
        return cls(name, at_once_max, float(properties["Timeout"]), allows_recursion, _number(source["BatchSize"]))


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue's visibility timeout and its redrive policy."""

    visibility_s: float
    receives_max: int

    @classmethod
    def of(cls, name: str) -> Self:
        """The queue, as deployed: `slow-deliveries` is SlowDeliveriesQueue."""
        properties = _declared()["Resources"][f"{name.title().replace('-', '')}Queue"]["Properties"]
        return cls(float(properties["VisibilityTimeout"]), int(properties["RedrivePolicy"]["maxReceiveCount"]))


def _number(given: int | dict[str, str]) -> int:
    """A number, or the default of the parameter that it refers to."""
    return given if isinstance(given, int) else int(_declared()["Parameters"][given["Ref"]]["Default"])


@cache
def _declared() -> dict[str, Any]:
    return declaration()
