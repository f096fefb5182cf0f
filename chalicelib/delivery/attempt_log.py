"""The log line of an attempt."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.domain.history.records import HistoryRecord

log = logging.getLogger(__name__)


def attempted(record: HistoryRecord) -> None:
    """Log one wide line for an attempt; it never has the URL, which is a secret.

    Most attempts are first successes, and their lines are a sixth of the cost of a delivery. So these lines leave out what
    follows from the record's id (the webhook, the delivery), and what is the same in all of them.
    """
    log.info("delivery.attempted", extra=_in_short(record) if record.is_first_success else _in_full(record))


def _in_short(record: HistoryRecord) -> dict[str, object]:
    attempt, exchange = record.attempt, record.exchange
    return {
        "record_id": str(attempt.record_id),
        "notification_id": attempt.notification_id,
        "notification_type": attempt.notification_type,
        "outcome": record.outcome.value,
        "http_status": exchange.response.status if exchange.response else None,
        "duration_ms": exchange.duration_ms,
    }


def _in_full(record: HistoryRecord) -> dict[str, object]:
    attempt, exchange = record.attempt, record.exchange
    return _in_short(record) | {
        "webhook_id": attempt.webhook_id,
        "delivery_id": attempt.delivery_id,
        "attempt_number": attempt.attempt_number,
        "trigger": attempt.trigger.value,
        "failure_cause": record.failure.value if record.failure else None,
        "request_bytes": len(exchange.request.body),
        "response_bytes": len(exchange.response.body) if exchange.response else 0,
        "next_attempt_at": record.next_attempt_at.isoformat() if record.next_attempt_at else None,
    }
