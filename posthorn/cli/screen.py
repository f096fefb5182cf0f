"""Standard output and standard error: tables and lines for people, one JSON document a line for programs.

Everything that goes to standard output goes through `write`, which notices when nobody reads any more.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from posthorn.cli import safe
from posthorn.cli.exits import Code, Stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console, RenderableType

GOOD: Final = "green"
BAD: Final = "red"
PALE: Final = "dim"
STRONG: Final = "bold"
_GAP: Final = 2
"""Blanks between two columns."""
_COLUMN_MIN: Final = 8
_COLUMN_MAX: Final = 20
"""Characters of a column in the middle that are shown at the most, where the whole does not fit."""
_PIPE_COLUMNS: Final = 10_000
"""As wide as nothing is: what goes on to another program, as to `grep`, is not cut."""

Cell = str | tuple[str, str]
"""A text, or a text and its style."""


class NobodyReads(Stop):
    """The pipe behind standard output is closed: nothing more is said."""

    def __init__(self) -> None:
        super().__init__("", Code.PIPE_CLOSED)


def write(text: str) -> None:
    """Write to standard output, now; raise `NobodyReads` where it was closed."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains at its end
        raise NobodyReads from error


def emit(value: Any) -> None:  # noqa: ANN401 - any JSON
    """One JSON document on its line."""
    write(safe.json_line(value) + "\n")


def say(text: str, style: str = "") -> None:
    """A line for people; what is in it from others is made harmless, and is never read as markup."""
    from rich.text import Text

    draw(Text(safe.lines(text), style), is_wrapped=False)


def parts(*cells: Cell) -> None:
    """A line of several texts, each with its own style."""
    from rich.text import Text

    draw(Text.assemble(*(_styled(each) for each in cells)), is_wrapped=False)


def tell(text: str) -> None:
    """A line on standard error: what a person wants to know, and a pipe does not."""
    sys.stderr.write(safe.lines(text) + "\n")
    sys.stderr.flush()


def table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], nothing: str) -> None:
    """A table that fits the terminal, whole in a pipe; the first column is what people copy, and is never cut."""
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    found = [[Text(*_styled(cell)) for cell in row] for row in rows]
    if not found:
        tell(nothing)
        return
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
    longest = [max(map(cell_len, (name, *(row[number].plain for row in found)))) for number, name in enumerate(columns)]
    for name, width in zip(columns, _widths(longest, _console().width), strict=True):
        made.add_column(name, no_wrap=True, overflow="ellipsis", width=width)
    for row in found:
        made.add_row(*row)
    draw(made)


def facts(pairs: Iterable[tuple[str, Cell | None]]) -> None:
    """Names and values, one pair a line; values that are not there are left out, long ones go on below themselves."""
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    made.add_column(style="dim", no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in pairs:
        if value is not None:
            made.add_row(name, Text(*_styled(value)))
    draw(made)


def draw(what: RenderableType, *, is_wrapped: bool = True) -> None:
    """Anything that rich can draw; text that people copy is not broken into lines."""
    console = _console()
    with console.capture() as captured:
        console.print(what, soft_wrap=not is_wrapped)
    write(_without_trailing_blanks(captured.get()) if not console.is_terminal else captured.get())


@cache
def _console() -> Console:
    """Colours where there is a terminal and no NO_COLOR; rich looks for both."""
    from rich.console import Console

    made = Console(markup=False, emoji=False, highlight=False)
    if not made.is_terminal and "COLUMNS" not in os.environ:
        made.width = _PIPE_COLUMNS
    return made


def _styled(cell: Cell) -> tuple[str, str]:
    text, style = cell if isinstance(cell, tuple) else (cell, "")
    return safe.line(text), style


def _widths(longest: Sequence[int], available: int) -> list[int]:
    """How wide each column is: as it needs, if all fit; else those in the middle to a bound, the last what is left."""
    if sum(longest) + _GAP * len(longest) <= available:
        return list(longest)
    first, *middle, last = longest
    taken = [first, *(min(each, _COLUMN_MAX) for each in middle)]
    rest = available - sum(taken) - _GAP * len(taken)
    return [*taken, min(last, max(rest, _COLUMN_MIN))]


def _without_trailing_blanks(text: str) -> str:
    return "\n".join(each.rstrip(" ") for each in text.split("\n"))
