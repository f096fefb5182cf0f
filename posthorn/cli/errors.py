"""Exit codes, and the messages that are printed for exceptions.

`docs/reference/command-line.md` lists the exit codes. Scripts rely on them, so they do not change.
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class ExitCode(IntEnum):
    """How a command ended."""

    SUCCESS = 0
    FAILED = 1
    """The service refused the request, or the test, retry or recovery failed."""
    USAGE = 2
    """The command line is invalid."""
    NOT_SIGNED_IN = 3
    NOT_FOUND = 4
    UNREACHABLE = 5
    """There was no response, or the service is temporarily unavailable: the same command may succeed later."""
    INTERRUPTED = 130
    """Ctrl-C: 128 plus the number of SIGINT, as in shells."""
    PIPE_CLOSED = 141
    """The program that read the output has ended: 128 plus the number of SIGPIPE."""


class CommandError(Exception):
    """The command cannot continue. The message says why and what to do."""

    def __init__(self, message: str, code: ExitCode = ExitCode.FAILED) -> None:
        super().__init__(message)
        self.code = code


def exit_code_of(error: Exception) -> ExitCode | None:
    """The exit code for an expected exception; `None` for an unexpected one."""
    from posthorn import client as of

    match error:
        case CommandError(code=code):
            return code
        case of.AuthenticationError():
            return ExitCode.NOT_SIGNED_IN
        case of.NotFoundError():
            return ExitCode.NOT_FOUND
        case of.ApiConnectionError() | of.ServerError() | of.UnexpectedResponseError() | of.RateLimitError():
            return ExitCode.UNREACHABLE
        case of.PosthornError() | OSError() | ValueError():
            return ExitCode.FAILED
    return None


def messages_of(error: Exception) -> Iterator[str]:
    """What is printed for an expected exception, line by line."""
    from posthorn import client as of

    match error:
        case of.AuthenticationError():
            yield f"{error} Sign in with another key: `posthorn login`."
        case of.ServerError():
            yield f"{error} Try again in a moment."
        case of.ApiError():
            yield error.message
            for name, problem in error.fields.items():
                yield f"  {name}: {problem}"
        case OSError(strerror=str(problem)) if error.filename:
            yield f"{error.filename}: {problem}."
        case _:
            yield str(error)
