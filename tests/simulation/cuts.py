"""What is left out of a run to make a failing one small: webhooks, tasks of people and faults, each by its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Cuts:
    """The numbers of what is left out."""

    webhooks: frozenset[int] = frozenset()
    errands: frozenset[int] = frozenset()
    mishaps: frozenset[int] = frozenset()


NO_CUTS: Final = Cuts()
