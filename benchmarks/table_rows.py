"""Rows of a table of figures: each row has one aim at most, and no row repeats the one above it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from benchmarks.figures import Spread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MARKS: Final = {None: " ", True: "✓", False: "✗"}
"""Whether a figure meets its aim."""

_AIMS: Final = ("steady_at_most", "absolute_at_most")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table."""

    holds: bool | None
    what: str
    steady: str
    absolute: str
    value: tuple[str, str]
    """Steady and absolute without their aims."""

    def __str__(self) -> str:
        """Its line of Markdown."""
        return f"| {MARKS[self.holds]} | {self.what} | {self.steady} | {self.absolute} |"


def of(figures: Sequence[dict[str, Any]]) -> list[Row]:
    """The rows of a table: a figure with two aims has two, figures that show the same share one."""
    rows: list[Row] = []
    for each in (row for figure in figures for row in _split(figure)):
        joined = _joined(rows[-1], each) if rows else None
        rows = [*rows[:-1], joined] if joined else [*rows, each]
    return rows


def shown(plain: dict[str, Any]) -> tuple[str, str]:
    """A figure's steady and absolute value, each with its aim."""
    steady = f"{_number(plain['steady'])} {plain['of']}{_aim(plain['steady'], plain.get('steady_at_most'))}"
    if "absolute" not in plain:
        return steady, ""
    spread = Spread(*plain["absolute"])
    return steady, f"{_spread(spread)} {plain.get('unit', '')}{_aim(spread.median, plain.get('absolute_at_most'))}"


def _split(plain: dict[str, Any]) -> Iterator[Row]:
    """A figure as a row, or as a row for each of its two aims."""
    steady, absolute = shown(plain)
    value = shown({key: each for key, each in plain.items() if key not in _AIMS})
    if plain.keys() >= set(_AIMS):
        steady_holds = plain["steady"] <= plain["steady_at_most"]
        absolute_holds = Spread(*plain["absolute"]).median <= plain["absolute_at_most"]
        yield Row(steady_holds, plain["what"], steady, "", (value[0], ""))
        yield Row(absolute_holds, plain["what"], "", absolute, ("", value[1]))
    else:
        yield Row(plain["holds"], plain["what"], steady, absolute, value)


def _joined(above: Row, below: Row) -> Row | None:
    """Two rows as one, if the upper one has no aim and they show the same, or the same count in another unit."""
    if above.holds is not None:
        return None
    if above.value == below.value:
        return replace(below, what=_both(above.what, below.what))
    if below.holds is None and above.steady == below.steady and below.what.startswith(f"{above.what}, "):
        return replace(above, absolute=f"{above.absolute}; {below.absolute}", value=(above.steady, ""))
    return None


def _both(above: str, below: str) -> str:
    """Two names as one: what differs at their ends is said with an "and"."""
    start = above.rpartition(", ")[0]
    if start and below.startswith(f"{start}, "):
        return f"{above} and {below.removeprefix(f'{start}, ')}"
    return f"{above}; {below}"


def _aim(measured: float, at_most: float | None) -> str:
    return "" if at_most is None else f" (aim {_number(at_most)} {MARKS[measured <= at_most]})"


def _spread(spread: Spread) -> str:
    middle, low, high = (_number(each) for each in spread)
    return middle if low == high else f"{middle} [{low}-{high}]"


def _number(value: float) -> str:
    """Three digits that count; whole numbers whole."""
    if value == int(value) and abs(value) < 1e15:  # noqa: PLR2004 - beyond it floats have no units
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"  # noqa: PLR2004 - four digits are whole enough
