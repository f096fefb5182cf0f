"""What is left out of a run, so that a failing one gets small: webhooks, errands and mishaps, each by its number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Cuts:
    """Numbers of what is left out."""

    webhooks: frozenset[int] = frozenset()
    errands: frozenset[int] = frozenset()
    mishaps: frozenset[int] = frozenset()


NO_CUTS: Final = Cuts()
