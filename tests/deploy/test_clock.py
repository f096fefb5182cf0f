"""The clock that the demonstrations set forward."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from testbed.patience import PATIENCE_S
from tests.deploy.tiny import tiny
from tests.local.service import wait_until

if TYPE_CHECKING:
    from tests.deploy.clock import Clock
    from tests.deploy.emulator import Emulator

_DAYS: Final = timedelta(days=5)

TELLS = """
import datetime

def handler(event, context):
    began = time.monotonic()
    time.sleep(0.2)
    ran(f"{time.time():.0f} {datetime.datetime.now().timestamp():.0f} {time.monotonic() - began < 2}")
"""


def test_the_engine_and_a_function_that_runs_already_go_by_it(clocked: Emulator, clock: Clock) -> None:
    with tiny(
        clocked, "tells-the-time", TELLS, queue={"DelaySeconds": 900, "MessageRetentionPeriod": 1_209_600}
    ) as function:
        function.invoke({})
        function.send("after fifteen minutes")
        clock.advance(_DAYS)
        function.await_runs(2)
        first, later = (line.split() for line in function.runs)
        assert float(later[0]) - float(first[0]) >= _DAYS.total_seconds()
        assert abs(float(later[0]) - clock.now().timestamp()) < PATIENCE_S
        assert (later[1], later[2]) == (later[0], "True")
        assert abs(float(first[0]) - time.time()) < PATIENCE_S
        wait_until(lambda: function.waiting == 0)
