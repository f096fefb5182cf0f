"""What the log says of an attempt."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.domain.history import HistoryRecord

log = logging.getLogger(__name__)


def attempted(record: HistoryRecord) -> None:
    """One wide line for each attempt, from this one place; the URL is a secret, so it is not in it."""
    attempt, exchange = record.attempt, record.exchange
    log.info(
        "delivery.attempted",
        extra={
            "webhook_id": attempt.webhook_id,
            "delivery_id": attempt.delivery_id,
            "record_id": str(attempt.record_id),
            "notification_id": attempt.notification_id,
            "notification_type": attempt.notification_type,
            "attempt_number": attempt.attempt_number,
            "trigger": attempt.trigger.value,
            "outcome": record.outcome.value,
            "failure_cause": record.failure.value if record.failure else None,
            "http_status": exchange.response.status if exchange.response else None,
            "duration_ms": exchange.duration_ms,
            "request_bytes": len(exchange.request.body),
            "response_bytes": len(exchange.response.body) if exchange.response else 0,
            "next_attempt_at": record.next_attempt_at.isoformat() if record.next_attempt_at else None,
        },
    )
