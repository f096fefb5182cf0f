"""How long a queue can delay a message."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

DELAY_MAX_S: Final = 900
"""What SQS allows as DelaySeconds; what waits longer does so in the table."""


def delay_until(at: datetime | None, now: datetime) -> int:
    """Whole seconds to wait on the queue for `at`, as far as the queue can; never early by more than the cut."""
    if at is None:
        return 0
    return max(0, min(math.ceil((at - now).total_seconds()), DELAY_MAX_S))
