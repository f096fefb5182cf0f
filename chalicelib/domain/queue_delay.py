"""How long a queue can delay a message."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

DELAY_MAX_S: Final = 900
"""The maximum of SQS's DelaySeconds. Longer waits are in the table."""


def delay_until(at: datetime | None, now: datetime) -> int:
    """Whole seconds to delay a message until `at`, up to the maximum; rounded up."""
    if at is None:
        return 0
    return max(0, min(math.ceil((at - now).total_seconds()), DELAY_MAX_S))
