"""Retries of commands that run for long, so that an outage of the service does not end them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, TypeVar

from posthorn.cli import output
from posthorn.cli.errors import ExitCode, exit_code_of

if TYPE_CHECKING:
    from collections.abc import Callable

BACKOFF_FIRST_S: Final = 1.0
"""Doubles with each retry. The client has already retried for some seconds by itself."""
BACKOFF_MAX_S: Final = 30.0

_Result = TypeVar("_Result")


def retry_until_available(request: Callable[[], _Result]) -> _Result:
    """Make a request, and retry while the service is unreachable. Note the start and end of an outage on standard error.

    Errors that waiting does not solve, such as a revoked key or a deleted webhook, are raised at once.
    """
    from posthorn.client import PosthornError

    wait_s, is_outage = BACKOFF_FIRST_S, False
    while True:
        try:
            result = request()
        except PosthornError as error:
            if exit_code_of(error) is not ExitCode.UNREACHABLE:
                raise
            if not is_outage:
                output.note(f"{error} Retrying until the service responds; press Ctrl-C to stop.")
            is_outage = True
            time.sleep(max(wait_s, getattr(error, "retry_after_s", 0.0)))
            wait_s = min(2 * wait_s, BACKOFF_MAX_S)
        else:
            if is_outage:
                output.note("The service responds again.")
            return result
