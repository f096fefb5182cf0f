"""Standard output and standard error: tables and lines for people, one JSON document a line for programs.

Everything that goes to standard output goes through `write`, which notices when nobody reads any more.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from posthorn.cli import safe, streams
from posthorn.cli.exits import Code, Stop

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from rich.console import Console, RenderableType
    from rich.text import Text

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
        streams.give_up(sys.stdout)
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


def table(columns: Sequence[str], rows: Iterable[Sequence[Cell]], nothing: str, *, whole: Collection[int] = (0,)) -> None:
    """A table that fits the terminal, whole in a pipe. Columns that people copy from, which `whole` names, are never cut.

    Where not even they fit, each row is written below the other, name by name.
    """
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    found = [[Text(*_styled(cell)) for cell in row] for row in rows]
    if not found:
        tell(nothing)
        return
    longest = [max(map(cell_len, (name, *(row[number].plain for row in found)))) for number, name in enumerate(columns)]
    widths = _widths(longest, _console().width, whole)
    if widths is None:
        _below_each_other(columns, found)
        return
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, _GAP, 0, 0))
    for name, width in zip(columns, widths, strict=True):
        made.add_column(name, no_wrap=True, overflow="ellipsis", width=width)
    for row in found:
        made.add_row(*row)
    draw(made)


def facts(pairs: Iterable[tuple[str, Cell | None]]) -> None:
    """Names and values, one pair a line; values that are not there are left out, long ones go on below themselves.

    A word that is longer than the room, as an id may be, is left to the terminal to break: then it is copied whole.
    """
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    given = [(name, Text(*_styled(value))) for name, value in pairs if value is not None]
    indent = max((cell_len(name) for name, _ in given), default=0) + _GAP
    room = _console().width - indent
    if any(cell_len(word) > room for _, value in given for word in value.plain.split(" ")):
        for name, value in given:
            draw(Text.assemble((f"{name:<{indent}}", PALE), value), is_wrapped=False)
        return
    made = Table(box=None, pad_edge=False, show_header=False, padding=(0, _GAP, 0, 0))
    made.add_column(style=PALE, no_wrap=True)
    made.add_column(overflow="fold")
    for name, value in given:
        made.add_row(name, value)
    draw(made)


def _below_each_other(columns: Sequence[str], rows: Iterable[Sequence[Text]]) -> None:
    """Each row as its first cell, and the others below it."""
    from rich.text import Text

    for first, *others in rows:
        draw(first, is_wrapped=False)
        for name, value in zip(columns[1:], others, strict=True):
            if value.plain:
                draw(Text.assemble((f"  {name.lower()}  ".replace("    ", "  "), PALE), value), is_wrapped=False)


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


def _widths(longest: Sequence[int], available: int, whole: Collection[int]) -> list[int] | None:
    """How wide each column is: as it needs, if all fit; else those that may be cut to a bound, the last what is left.

    `None` if there is no room for that.
    """
    if sum(longest) + _GAP * len(longest) <= available:
        return list(longest)
    last = len(longest) - 1
    for bound in range(_COLUMN_MAX, _COLUMN_MIN - 1, -1):
        taken = [each if number in whole else min(each, bound) for number, each in enumerate(longest)]
        rest = available - sum(taken[:-1]) - _GAP * len(taken)
        if rest >= taken[-1] if last in whole else rest >= min(longest[-1], _COLUMN_MIN):
            return taken if last in whole else [*taken[:-1], min(longest[-1], rest)]
    return None


def _without_trailing_blanks(text: str) -> str:
    return "\n".join(each.rstrip(" ") for each in text.split("\n"))
