"""The findings of a benchmark: figures and plots."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Spread(NamedTuple):
    """Repeated measurements of one thing: median, minimum, maximum."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, measured: Sequence[float]) -> Spread:
        """The spread of at least one measurement."""
        return cls(median(measured), min(measured), max(measured))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table.

    Args:
        what: what was measured, in a few words.
        steady: the count or the ratio. It is steady on a busy machine.
        of: what it counts, or what it is a ratio to: "requests", "times the bare client".
        absolute: the measured value of a ratio, with its spread.
        unit: the absolute's unit: "CPU-ms a delivery".
        steady_at_most: the aim for `steady`, if there is one.
        absolute_at_most: the aim for the median of `absolute`, if there is one.

    """

    what: str
    steady: float
    of: str
    absolute: Spread | None = None
    unit: str = ""
    steady_at_most: float | None = None
    absolute_at_most: float | None = None

    @property
    def holds(self) -> bool | None:
        """Whether all of its aims are met; ``None`` if it has no aim."""
        checks = []
        if self.steady_at_most is not None:
            checks.append(self.steady <= self.steady_at_most)
        if self.absolute_at_most is not None and self.absolute is not None:
            checks.append(self.absolute.median <= self.absolute_at_most)
        return all(checks) if checks else None


class Point(NamedTuple):
    """A point of a line."""

    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A plot: lines, or a group of bars for each line if `bars` has names.

    Args:
        name: the file's name, without its extension.
        title: what it shows.
        x: the name of the x axis, with its unit.
        y: the same of the y axis.
        lines: the points by the name in the legend. The x of a bar is its index in `bars`.
        bars: the names of groups of bars.
        is_log_x: whether the x axis is logarithmic.
        is_log_y: the same of the y axis.

    """

    name: str
    title: str
    x: str
    y: str
    lines: dict[str, list[Point]]
    bars: tuple[str, ...] = ()
    is_log_x: bool = False
    is_log_y: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of numbers. The first of `columns` is the heading of the rows' names."""

    columns: tuple[str, ...]
    rows: dict[str, list[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The findings of one benchmark. `notes` say what a reader of the figures must know."""

    figures: list[Figure]
    grid: Grid | None = None
    plots: list[Plot] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
