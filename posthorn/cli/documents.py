"""JSON that people hand to a command, in a file or on standard input. Its numbers stay as they were written."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from posthorn.cli.exits import Code, Stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from posthorn.client.raw_json import RawJson

STANDARD_INPUT: Final = Path("-")


def text_of(path: Path) -> str:
    """What a file has; `-` is standard input. It is UTF-8 in any locale, and may begin with a byte order mark.

    Raise `Stop` where it cannot be read.
    """
    try:
        content = sys.stdin.buffer.read() if path == STANDARD_INPUT else path.read_bytes()
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{_name_of(path)} is not UTF-8."
        raise Stop(message, Code.USAGE) from error
    except OSError as error:
        message = f"{_name_of(path)} cannot be read: {error.strerror}."
        raise Stop(message, Code.USAGE) from error


def of_file(path: Path | None) -> dict[str, Any]:
    """The members of the object in a file; none where there is no file. Raise `Stop` for anything else, or a key twice."""
    from posthorn.client import raw_json

    if path is None:
        return {}
    with _understood(path):
        given = raw_json.loads(text_of(path))
    return given if isinstance(given, dict) else _no_object(path)


def object_in(path: Path | None) -> RawJson | None:
    """The object in a file, as it was written; `None` where there is no file."""
    if path is None:
        return None
    given = raw(path)
    return given if given.is_object else _no_object(path)


def raw(path: Path) -> RawJson:
    """The JSON in a file, as it was written; raise `Stop` where it is none."""
    from posthorn.client.raw_json import RawJson

    with _understood(path):
        return RawJson(text_of(path))


@contextmanager
def _understood(path: Path) -> Iterator[None]:
    try:
        yield
    except RecursionError as error:
        message = f"{_name_of(path)} is nested too deeply."
        raise Stop(message, Code.USAGE) from error
    except ValueError as error:
        message = f"{_name_of(path)} is no JSON: {error}."
        raise Stop(message, Code.USAGE) from error


def _no_object(path: Path) -> NoReturn:
    message = f"{_name_of(path)} has no JSON object."
    raise Stop(message, Code.USAGE)


def _name_of(path: Path) -> str:
    """How a file is called in a sentence."""
    return "Standard input" if path == STANDARD_INPUT else str(path)
