"""Recursive loop detection: the 17th invocation of a function in one chain is refused, unless the function allows it.

"Use Lambda recursive loop detection to prevent infinite loops", docs.aws.amazon.com/lambda/latest/dg/
invocation-recursion.html. The strict reading is used: an invocation continues the longest chain of its batch, so the count
of one message passes to all messages that the invocation sends. A refused batch goes whole to the dead-letter queue. What
passes through a table starts a new chain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from testbed.aws.limits import INVOCATIONS_IN_CHAIN_MAX
from tests.simulation import template

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def chain_of(function: str, chains: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The chain of an invocation, including itself, whose messages came from these chains."""
    counts: dict[str, int] = {}
    for each in chains:
        for name, count in each.items():
            counts[name] = max(count, counts.get(name, 0))
    counts[function] = counts.get(function, 0) + 1
    return counts


def is_refused(function: str, chain: Mapping[str, int]) -> bool:
    """Whether Lambda refuses the latest invocation."""
    return chain[function] > INVOCATIONS_IN_CHAIN_MAX and function not in template.may_loop()
