"""Prints tables and text for people, and JSON for programs.

Everything on standard output goes through `write`, which notices if the reader has gone.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

from posthorn.cli import escaping, standard_streams
from posthorn.cli.column_widths import GAP, widths
from posthorn.cli.errors import CommandError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from rich.console import Console, RenderableType
    from rich.text import Text

GOOD: Final = "green"
BAD: Final = "red"
DIM: Final = "dim"
BOLD: Final = "bold"
_PIPE_COLUMNS: Final = 10_000
"""Wider than any line: output to another program, such as `grep`, is not cut."""

Cell = str | tuple[str, str]
"""A text, or a text and its style."""
_Item = TypeVar("_Item")


class OutputClosed(CommandError):
    """The reader of standard output has gone. No message is printed."""

    def __init__(self) -> None:
        super().__init__("", ExitCode.PIPE_CLOSED)


def write(text: str) -> None:
    """Write to standard output at once; raise `OutputClosed` if the reader has gone."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError as error:
        standard_streams.discard(sys.stdout)
        raise OutputClosed from error


def show(value: _Item, display: Callable[[_Item], None], *, json: bool) -> None:
    """Print an object: as JSON for programs, or with `display` for people."""
    if json:
        print_json(value)
    else:
        display(value)


def show_all(
    values: Iterable[_Item],
    columns: Sequence[str],
    row: Callable[[_Item], Sequence[Cell]],
    *,
    json: bool,
    if_empty: str,
    uncut: Collection[int] = (0,),
) -> None:
    """Print a list: as one JSON document a line for programs, or as a table for people."""
    if json:
        for value in values:
            print_json(value)
    else:
        print_table(columns, map(row, values), if_empty, uncut=uncut)


def joined(values: Iterable[object]) -> str:
    """Values in one cell."""
    return ", ".join(map(str, values))


def print_json(value: Any) -> None:  # noqa: ANN401 - any JSON
    """Print a JSON document on one line."""
    write(escaping.json_line(value) + "\n")


def print_text(text: str, style: str = "") -> None:
    """Print text. It is escaped, and is not interpreted as markup."""
    from rich.text import Text

    draw(Text(escaping.lines(text), style), is_wrapped=False)


def print_parts(*cells: Cell) -> None:
    """Print a line of several texts, each with its own style."""
    from rich.text import Text

    draw(Text.assemble(*(_styled(each) for each in cells)), is_wrapped=False)


def note(text: str) -> None:
    """Print a message for people on standard error, so that it does not get into a pipe."""
    sys.stderr.write(escaping.lines(text) + "\n")
    sys.stderr.flush()


def print_table(
    columns: Sequence[str], rows: Iterable[Sequence[Cell]], if_empty: str, *, uncut: Collection[int] = (0,)
) -> None:
    """Print a table that fits the terminal; in a pipe nothing is cut. Columns in `uncut`, such as ids, are never cut.

    If those do not fit either, each row is printed as a list of its columns. If there are no rows, note `if_empty`.
    """
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    cells = [[Text(*_styled(cell)) for cell in row] for row in rows]
    if not cells:
        note(if_empty)
        return
    longest = [max(map(cell_len, (name, *(row[number].plain for row in cells)))) for number, name in enumerate(columns)]
    fitting = widths(longest, _console().width, uncut)
    if fitting is None:
        _print_rows_as_lists(columns, cells)
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0))
    for name, width in zip(columns, fitting, strict=True):
        table.add_column(name, no_wrap=True, overflow="ellipsis", width=width)
    for row in cells:
        table.add_row(*row)
    draw(table)


def print_fields(fields: Iterable[tuple[str, Cell | None]]) -> None:
    """Print names and values, one pair a line. Values that are `None` are left out; long values are wrapped and indented.

    If a single word, such as an id, is too long for the line, the terminal wraps it, so that copying it copies all of it.
    """
    from rich.cells import cell_len
    from rich.table import Table
    from rich.text import Text

    present = [(name, Text(*_styled(value))) for name, value in fields if value is not None]
    indent = max((cell_len(name) for name, _ in present), default=0) + GAP
    room = _console().width - indent
    if any(cell_len(word) > room for _, value in present for word in value.plain.split(" ")):
        for name, value in present:
            draw(Text.assemble((f"{name:<{indent}}", DIM), value), is_wrapped=False)
        return
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, GAP, 0, 0))
    table.add_column(style=DIM, no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in present:
        table.add_row(name, value)
    draw(table)


def _print_rows_as_lists(columns: Sequence[str], rows: Iterable[Sequence[Text]]) -> None:
    """Print the first cell of each row, and its other cells below it."""
    from rich.text import Text

    for first, *others in rows:
        draw(first, is_wrapped=False)
        for name, value in zip(columns[1:], others, strict=True):
            if value.plain:
                draw(Text.assemble((f"  {name.lower()}  ".replace("    ", "  "), DIM), value), is_wrapped=False)


def draw(what: RenderableType, *, is_wrapped: bool = True) -> None:
    """Print anything that rich can render. Text that is not wrapped can be copied as one line."""
    console = _console()
    with console.capture() as captured:
        console.print(what, soft_wrap=not is_wrapped)
    write(_without_trailing_spaces(captured.get()) if not console.is_terminal else captured.get())


@cache
def _console() -> Console:
    """It has colours if standard output is a terminal and NO_COLOR is not set; rich checks both."""
    from rich.console import Console

    console = Console(markup=False, emoji=False, highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PIPE_COLUMNS
    return console


def _styled(cell: Cell) -> tuple[str, str]:
    text, style = cell if isinstance(cell, tuple) else (cell, "")
    return escaping.line(text), style


def _without_trailing_spaces(text: str) -> str:
    return "\n".join(each.rstrip(" ") for each in text.split("\n"))
