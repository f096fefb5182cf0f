"""What a request in flight is for: an attempt, or the token that a webhook's attempts need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.delivery.gate import Passed
    from chalicelib.domain.webhooks.webhook import Webhook


@dataclass(frozen=True, slots=True, eq=False)
class AttemptFlight:
    """An attempt in flight, and the webhook as it was when the request was made."""

    passed: Passed
    webhook: Webhook


@dataclass(frozen=True, slots=True, eq=False)
class TokenFlight:
    """A token request in flight, and the webhook as it was when the request was made."""

    webhook: Webhook


Flight = AttemptFlight | TokenFlight
