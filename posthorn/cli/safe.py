"""Text of others, made harmless: what a receiver answers must not move the cursor, change colours or hide what is there."""

from __future__ import annotations

from typing import Any

from posthorn.cli.layout import laid_out


def line(text: object) -> str:
    """One line: whatever does not print is shown by its number, line breaks too."""
    return "".join(character if character.isprintable() else _number(character) for character in str(text))


def lines(text: str) -> str:
    """Several lines: line breaks stay, tabs are spaces, and the rest as in `line`."""
    return "\n".join(line(each) for each in text.expandtabs(4).replace("\r\n", "\n").split("\n"))


def document(text: str) -> str:
    """A body: JSON is laid out, its values as they were written, and anything else stays as it is."""
    try:
        return lines(laid_out(text))
    except (ValueError, RecursionError):
        return lines(text)


def json_line(value: Any) -> str:  # noqa: ANN401 - any JSON
    """A value on one line, in ASCII: it passes through any pipe, terminal and locale as it is."""
    from posthorn.client import raw_json

    return raw_json.dumps(value)


def _number(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
