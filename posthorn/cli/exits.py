"""Exit codes, and the one way from an error to a sentence on standard error.

`docs/reference/command-line.md` lists them; codes are for scripts and stay.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Code(IntEnum):
    """How a command ended."""

    DONE = 0
    FAILED = 1
    """The service refused, or what was asked for came to a bad end."""
    USAGE = 2
    """The command line itself is wrong."""
    NOT_SIGNED_IN = 3
    NOT_FOUND = 4
    UNREACHABLE = 5
    """No answer, or a service that cannot for now: the same command may work later."""
    INTERRUPTED = 130
    """Ctrl-C; 128 and the number of SIGINT, as shells have it."""
    PIPE_CLOSED = 141
    """Whoever read the output has gone; 128 and the number of SIGPIPE."""


class Stop(Exception):
    """A command cannot go on; the message says why, and what to do."""

    def __init__(self, message: str, code: Code = Code.FAILED) -> None:
        super().__init__(message)
        self.code = code


def code_of(error: Exception) -> Code | None:
    """The code of an error that was foreseen."""
    from posthorn import client as of

    match error:
        case Stop(code=code):
            return code
        case of.NotSignedIn():
            return Code.NOT_SIGNED_IN
        case of.NotFound():
            return Code.NOT_FOUND
        case of.Unreachable() | of.Unavailable() | of.UnexpectedAnswer() | of.RateLimited():
            return Code.UNREACHABLE
        case of.PosthornClientError() | OSError() | ValueError():
            return Code.FAILED
    return None


def sentences(error: Exception) -> Iterator[str]:
    """What a person is told, line by line."""
    from posthorn import client as of

    match error:
        case of.NotSignedIn():
            yield f"{error} `posthorn login` takes another key."
        case of.Unavailable():
            yield f"{error} Try again in a moment."
        case of.ErrorAnswer():
            yield from _refusal(error)
        case OSError(strerror=str(problem)) if error.filename:
            yield f"{error.filename}: {problem}."
        case _:
            yield str(error)


def _refusal(error: object) -> Iterator[str]:
    from posthorn.client import ErrorAnswer

    assert isinstance(error, ErrorAnswer)  # noqa: S101 - for the type checker
    yield error.message
    for name, problem in error.fields.items():
        yield f"  {name}: {problem}"
