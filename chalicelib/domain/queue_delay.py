"""The delay of a queue message."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

DELAY_MAX_S: Final = 900
"""SQS's maximum for DelaySeconds. What has to wait longer waits in the table."""


def delay_until(at: datetime | None, now: datetime) -> int:
    """The delay in whole seconds, rounded up, so that a message arrives at `at`; at most `DELAY_MAX_S`."""
    if at is None:
        return 0
    return max(0, min(math.ceil((at - now).total_seconds()), DELAY_MAX_S))
