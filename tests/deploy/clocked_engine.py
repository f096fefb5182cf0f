"""The engine under a clock that can be set forward (`clock.py`).

libfaketime does not change the monotonic clock, but breaks its absolute sleep, which `time.sleep` uses. So the engine and
its functions sleep by `select`. This is set up before ministack is imported, since that starts threads. Schedules are
checked every second, not every ten.
"""

from __future__ import annotations

import select
import time
from typing import Final


def _sleep(seconds: float) -> None:
    select.select((), (), (), max(seconds, 0))


time.sleep = _sleep  # type: ignore[assignment] # what takes an integer's like too

from ministack.core import lambda_runtime  # noqa: E402 - see above
from ministack.services import eventbridge  # noqa: E402

from tests.deploy import engine  # noqa: E402

_OF_FUNCTIONS: Final = """\
import select, time
time.sleep = lambda seconds: select.select((), (), (), max(seconds, 0))
"""


def main() -> None:
    """Serve, as `engine` does."""
    lambda_runtime._PYTHON_WORKER_SCRIPT = _OF_FUNCTIONS + lambda_runtime._PYTHON_WORKER_SCRIPT
    eventbridge._SCHEDULER_TICK_INTERVAL = 1
    engine.main()


if __name__ == "__main__":
    main()
