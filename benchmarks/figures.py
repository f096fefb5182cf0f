"""What a benchmark finds: figures, and plots of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Spread(NamedTuple):
    """Repeated measurements of one thing: the one in the middle, and the ends."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, measured: Sequence[float]) -> Spread:
        """The spread of measurements, of which there is one at least."""
        return cls(median(measured), min(measured), max(measured))


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the table.

    Args:
        what: what was measured, in a few words.
        steady: the count or the ratio, which holds on a noisy machine.
        of: what it counts, or what it is a ratio to: "requests", "times the bare client".
        absolute: the measurement behind a ratio, with its spread.
        unit: the absolute's unit: "CPU-ms a delivery".
        steady_at_most: the aim for `steady`, where there is one.
        absolute_at_most: the aim for the median of `absolute`, where there is one.

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
        """Whether all of its aims hold; ``None`` where it has none."""
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
    """A picture: lines over a scale, or, where `bars` name them, a group of bars for each line.

    Args:
        name: the file's name, without its ending.
        title: what it shows.
        x: the scale's name, with its unit.
        y: the same, of what is measured.
        lines: what is drawn, by the name in its legend; the x of a bar is its place in `bars`.
        bars: the names of groups of bars.
        is_log_x: whether the scale is logarithmic.
        is_log_y: the same, of what is measured.

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
    """Numbers that are read down and across: the first of `columns` heads the names of the rows."""

    columns: tuple[str, ...]
    rows: dict[str, list[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that one benchmark found; `notes` say what a reader of the figures has to know."""

    figures: list[Figure]
    grid: Grid | None = None
    plots: list[Plot] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
