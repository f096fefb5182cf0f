"""JSON that a command reads from a file or from standard input. Its numbers are kept as written."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from posthorn.cli.errors import CommandError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posthorn.client.raw_json import RawJson

STANDARD_INPUT: Final = Path("-")


def read_text(path: Path) -> str:
    """The text in a file; `-` is standard input. It is UTF-8 in any locale, with or without a byte order mark.

    Raise `CommandError` if it cannot be read.
    """
    try:
        content = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{_name_of(path)} is not UTF-8."
        raise CommandError(message, ExitCode.USAGE) from error
    except OSError as error:
        message = f"{_name_of(path)} cannot be read: {error.strerror}."
        raise CommandError(message, ExitCode.USAGE) from error


def read_members(path: Path | None) -> dict[str, Any]:
    """The members of a JSON object; none if there is no file. Raise `CommandError` for other JSON, or a duplicate key."""
    from posthorn.client import raw_json

    if path is None:
        return {}
    with _json_errors(path):
        value = raw_json.loads(read_text(path))
    return value if isinstance(value, dict) else _refuse_non_object(path)


def read_object(path: Path | None) -> RawJson | None:
    """A JSON object, unchanged; `None` if there is no file."""
    if path is None:
        return None
    value = read_json(path)
    return value if value.is_object else _refuse_non_object(path)


def read_json(path: Path) -> RawJson:
    """The JSON in a file, unchanged; raise `CommandError` if it is not valid JSON."""
    from posthorn.client.raw_json import RawJson

    with _json_errors(path):
        return RawJson(read_text(path))


@contextmanager
def _json_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except RecursionError as error:
        message = f"{_name_of(path)} is nested too deeply."
        raise CommandError(message, ExitCode.USAGE) from error
    except ValueError as error:
        message = f"{_name_of(path)} is not valid JSON: {error}."
        raise CommandError(message, ExitCode.USAGE) from error


def _refuse_non_object(path: Path) -> NoReturn:
    message = f"{_name_of(path)} does not contain a JSON object."
    raise CommandError(message, ExitCode.USAGE)


def _name_of(path: Path) -> str:
    return "Standard input" if path == STANDARD_INPUT else str(path)
