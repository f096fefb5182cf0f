"""What the settings say about sending a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.delivery.outbound import RequestRules
    from chalicelib.delivery.scheduler import Limits
    from chalicelib.domain.delivery.schedule import AttemptSchedule


@dataclass(frozen=True, slots=True)
class DispatchRules:
    """The limits of a batch, its requests, and when they are tried again; `chalicelib.settings` documents each."""

    limits: Limits
    requests: RequestRules
    slow_after_s: float
    schedule: AttemptSchedule
