"""Records of a batch's attempts, made as each attempt ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.delivery import attempt_log, outbound
from chalicelib.delivery.gate import Passed
from chalicelib.domain.delivery import asked_wait
from chalicelib.domain.delivery.attempt import Exchange, FailureCause, OutboundRequest
from chalicelib.domain.history import records
from chalicelib.domain.webhooks import headers

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.delivery.outbound import RequestRules
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.delivery.schedule import AttemptSchedule
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.webhook import Webhook


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt that has ended, and the webhook as it was when it was sent: the outcome counts only for that version."""

    record: HistoryRecord
    webhook: Webhook
    is_probe: bool = False

    @property
    def asked_s(self) -> float | None:
        """The wait that the receiver asked for when the attempt failed; ``None`` if it asked for none."""
        if self.record.failure is None:
            return None
        return asked_wait.seconds(self.record.exchange, self.webhook.body_format, self.record.finished_at) or None


class Recording:
    """The attempts of a batch that have ended."""

    def __init__(self, rules: RequestRules, schedule: AttemptSchedule) -> None:
        self.ended: list[Ended] = []
        self._rules = rules
        self._schedule = schedule

    def record(self, passed: Passed, webhook: Webhook, exchange: Exchange) -> Ended:
        """Record an attempt; values of headers that may be secrets are masked."""
        exchange = replace(exchange, request=replace(exchange.request, headers=headers.masked(exchange.request.headers)))
        record = records.record(
            passed.attempt,
            exchange,
            webhook.attempt_schedule or self._schedule,
            body_format=webhook.body_format,
            retention_days=webhook.retention_days,
        )
        attempt_log.attempted(record)
        ended = Ended(record, webhook, passed.is_probe)
        self.ended.append(ended)
        return ended

    def record_without_body(self, attempt: PendingAttempt, webhook: Webhook, at: datetime) -> None:
        """Record an attempt that has a problem in place of a body: nothing was sent."""
        request = OutboundRequest(webhook.url, (), b"", self._rules.timeout_s(webhook))
        exchange = Exchange(
            request=request, started_at=at, duration_ms=0, failure=FailureCause.RENDERING, detail=attempt.problem or ""
        )
        self.record(Passed(attempt), webhook, exchange)

    def record_without_token(self, passed: Passed, webhook: Webhook, token_exchange: Exchange, reason: str) -> None:
        """Record an attempt that was not sent, because there is no token for it."""
        request = outbound.request(webhook, passed.attempt, token_exchange.started_at, self._rules)
        failed = replace(token_exchange, failure=FailureCause.AUTHORIZATION, detail=reason, response=None)
        self.record(passed, webhook, replace(failed, request=request))
