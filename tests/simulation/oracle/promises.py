"""The numbers that the service promises in a run, in one table. They are written down here, not read from the service."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

SKEW: Final = timedelta(seconds=2)
"""The largest difference of a process's clock from the true time."""
LAG: Final = timedelta(seconds=5)
"""The longest time by which an index lags behind its table."""

# The schedule (docs/how-it-works/delivery.md, "The schedule"), with the waits of the simulation's settings.
WAITS_S: Final = (5, 300, 1_800)
SPREAD: Final = 0.2
ATTEMPTS_MAX: Final = 1 + len(WAITS_S)

DEADLINE: Final = timedelta(seconds=10)
"""How long a call may take."""

# The circuit (docs/how-it-works/delivery.md, "When a receiver keeps failing").
OPENS_AFTER: Final = 3
OPEN_S: Final = 30.0
OPEN_MAX_S: Final = 900.0

# The pace (docs/reference/settings.md).
PLACE_EARLY: Final = timedelta(seconds=0.5)
"""A slot that is this near is used immediately."""
IN_FLIGHT_MAX: Final = 2

# Recoveries (docs/guides/recovery.md, "Recover a span of time").
PENDING_GRACE: Final = timedelta(minutes=30)
"""A next attempt that is overdue by more than this will not be made."""

# The latest times, in calm weather. A queue, a sweep of each minute and four workers are in between.
LATE: Final = timedelta(minutes=5)
"""How late an attempt may be that is not held."""
LATE_BETWEEN_PROBES: Final = timedelta(minutes=25)
"""How long a webhook whose circuit opened waits for its next call, if any: the longest open time, and twice `LATE`."""

FINAL_CAUSES: Final = frozenset({"gone", "blockedAddress", "rendering"})
"""Causes after which there is no automatic retry."""
GONE: Final = 410
PERTAINING: Final = ("notificationType", "actionBy", "modelType", "modelId", "targetUser", "targetGroup")
"""Members that a body always has; null if the notification does not have them."""
ENVELOPE: Final = frozenset({"id", "text", "deliverAt"})
"""Members of a notification that receivers do not get."""
NOTICES_OF_CIRCUITS: Final = frozenset({"webhookFailing", "webhookRecovered"})
"""Types of notices that a webhook does not get about itself."""
