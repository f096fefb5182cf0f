"""Percentiles of measured times."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MS_PER_S = 1000.0


def percentile(measured: Sequence[float], share: float) -> float:
    """The percentile of at least one measurement, by the nearest rank."""
    ordered = sorted(measured)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def p50(measured: Sequence[float]) -> float:
    """The median."""
    return percentile(measured, 0.5)


def p99(measured: Sequence[float]) -> float:
    """The value that one in a hundred exceeds."""
    return percentile(measured, 0.99)
