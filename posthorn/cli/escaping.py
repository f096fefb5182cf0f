"""Escapes text from outside: a receiver's response must not move the cursor, change colours or hide other text."""

from __future__ import annotations

from typing import Any

from posthorn.cli.json_format import formatted


def line(text: object) -> str:
    """A single line. Characters that are not printable are written as escape sequences, line breaks too."""
    return "".join(character if character.isprintable() else _escaped(character) for character in str(text))


def lines(text: str) -> str:
    """Several lines: line breaks are kept, tabs become spaces, and other characters are escaped as in `line`."""
    return "\n".join(line(each) for each in text.expandtabs(4).replace("\r\n", "\n").split("\n"))


def document(text: str) -> str:
    """A body. JSON is indented with its values unchanged; any other text keeps its lines."""
    try:
        return lines(formatted(text))
    except (ValueError, RecursionError):
        return lines(text)


def json_line(value: Any) -> str:  # noqa: ANN401 - any JSON
    """A value as JSON on one line, in ASCII, so that any pipe, terminal and locale passes it unchanged."""
    from posthorn.client import raw_json

    return raw_json.dumps(value)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
