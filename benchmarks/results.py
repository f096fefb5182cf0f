"""The figures of the newest runs: as a file, as a table in the terminal, and as the tables of docs/performance/tables.md."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks import machine, table_rows

if TYPE_CHECKING:
    from benchmarks.figures import Figure, Findings

_ROOT: Final = Path(__file__).parents[1]
PAGE: Final = _ROOT / "docs" / "performance" / "tables.md"
LATEST: Final = Path(__file__).parent / "results" / "latest.json"
_WHAT_LENGTH: Final = 62


def keep(name: str, found: Findings, ran: dict[str, float]) -> None:
    """Save a benchmark's findings in place of its older ones."""
    kept = read()
    kept["machine"] = machine.description()
    kept["benchmarks"][name] = {
        "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%MZ}",
        "ran": ran,
        "figures": [_plain(each) for each in found.figures],
        "grid": asdict(found.grid) if found.grid else None,
        "plots": [asdict(each) for each in found.plots],
        "notes": found.notes,
    }
    LATEST.parent.mkdir(exist_ok=True)
    LATEST.write_text(json.dumps(kept, indent=1) + "\n")
    PAGE.write_text(page(PAGE.read_text(), kept))


def read() -> dict[str, Any]:
    """The saved findings."""
    return json.loads(LATEST.read_text()) if LATEST.exists() else {"machine": {}, "benchmarks": {}}


def table(found: Findings) -> str:
    """A benchmark's figures, one per line."""
    lines = [_line(each) for each in found.figures]
    if found.grid:
        lines += [f"  {name:{_WHAT_LENGTH}} {_told(found.grid.columns, row)}" for name, row in found.grid.rows.items()]
    return "\n".join([*lines, *(f"  · {note}" for note in found.notes)])


def page(text: str, kept: dict[str, Any]) -> str:
    """The text of the page, with the newest figures between its markers."""
    for name, found in kept["benchmarks"].items():
        begin, end = f"<!-- bench: {name} -->\n", f"<!-- /bench: {name} -->"
        before, begun, rest = text.partition(begin)
        if begun:
            text = before + begun + _markdown(found) + end + rest.partition(end)[2]
    return text


def _markdown(found: dict[str, Any]) -> str:
    """A benchmark's figures as a table, the load of the machine, and its notes."""
    rows = ["| | measured | steady | absolute |", "|---|---|---|---|", *map(str, table_rows.of(found["figures"]))]
    ran = found["ran"]
    own, busy = f"{ran['own_share']:.0%}", f"{ran['busy_share']:.0%}"
    when = (
        f"Measured {found['at']} under a load of {ran['load_before']}. The cores were busy for {busy}, for {own} with this."
    )
    grid = _grid(found["grid"]) if found.get("grid") else []
    return "\n".join([*rows, "", *grid, when, "", *(f"- {note}" for note in found["notes"]), ""])


def _grid(plain: dict[str, Any]) -> list[str]:
    columns = plain["columns"]
    rows = [" | ".join([name, *map(_cents, row)]) for name, row in plain["rows"].items()]
    lines = [" | ".join(columns), "|".join(["---", *("---:" for _ in columns[1:])]), *rows]
    return [*(f"| {line} |" for line in lines), ""]


def _told(columns: tuple[str, ...], row: list[float]) -> str:
    """A row for the terminal, without zeros."""
    told = zip(columns[1:], row, strict=True)
    return ", ".join(f"{column} {_cents(number)}" for column, number in told if _cents(number))


def _cents(number: float) -> str:
    """Two decimals; empty for zero."""
    return f"{number:.2f}" if round(number, 2) else ""


def _line(figure: Figure) -> str:
    steady, absolute = table_rows.shown(_plain(figure))
    return f"{table_rows.MARKS[figure.holds]} {figure.what:{_WHAT_LENGTH}} {steady:34} {absolute}".rstrip()


def _plain(figure: Figure) -> dict[str, Any]:
    return {key: value for key, value in asdict(figure).items() if value not in (None, "")} | {"holds": figure.holds}
