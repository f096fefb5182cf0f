"""The engine under a clock that can be set forward (`clock.py`).

libfaketime leaves the monotonic clock alone, but breaks its absolute sleep, by which `time.sleep` waits. So the engine
and its functions sleep by select, from before ministack is imported: that starts threads. Schedules are looked at each
second, not each ten.
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
