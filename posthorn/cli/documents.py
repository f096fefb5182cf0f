"""JSON that people hand to a command, in a file or on standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from posthorn.cli.exits import Code, Stop

STANDARD_INPUT: Final = Path("-")


def text_of(path: Path) -> str:
    """What a file has; `-` is standard input. Raise `Stop` where it cannot be read."""
    try:
        return sys.stdin.read() if path == STANDARD_INPUT else path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{name_of(path)} is not UTF-8."
        raise Stop(message, Code.USAGE) from error
    except OSError as error:
        message = f"{name_of(path)} cannot be read: {error.strerror}."
        raise Stop(message, Code.USAGE) from error


def of_file(path: Path | None) -> dict[str, Any]:
    """The object in a file; an empty one where there is no file. Raise `Stop` for anything else."""
    if path is None:
        return {}
    given = parsed(text_of(path), name_of(path))
    if not isinstance(given, dict):
        message = f"{name_of(path)} has no JSON object."
        raise Stop(message, Code.USAGE)
    return given


def parsed(text: str, name: str) -> Any:  # noqa: ANN401 - any JSON
    """A text's JSON; raise `Stop` where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        message = f"{name} is no JSON: {error}."
        raise Stop(message, Code.USAGE) from error


def name_of(path: Path) -> str:
    """How a file is called in a sentence."""
    return "Standard input" if path == STANDARD_INPUT else str(path)
