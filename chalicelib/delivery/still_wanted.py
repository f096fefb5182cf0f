"""Whether a webhook that was changed after an attempt was queued still subscribes to its notification.

If the webhook still has the version for which it was chosen, the attempt is sent without a check. Otherwise it is matched
again, with what the attempt carries. If its types, its audience or its filter have become narrower, the delivery is dropped,
as for a paused webhook. An attempt that a person asked for by a record is always sent.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from chalicelib.domain.notifications import matching
from chalicelib.domain.payloads import raw_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.webhooks.webhook import Webhook

log = logging.getLogger(__name__)


def wanted(webhook: Webhook, attempts: Sequence[PendingAttempt]) -> list[PendingAttempt]:
    """The attempts to whose notifications the webhook still subscribes."""
    kept = [each for each in attempts if _is_wanted(webhook, each)]
    if len(kept) < len(attempts):
        log.info("delivery.unwanted", extra={"webhook_id": webhook.id, "attempts": len(attempts) - len(kept)})
    return kept


def _is_wanted(webhook: Webhook, attempt: PendingAttempt) -> bool:
    chosen = attempt.chosen
    if chosen is None or attempt.trigger.is_awaited or chosen.version == webhook.version:
        return True
    return matching.still_matches(webhook, attempt.notification_type, chosen) and _passes_filter(webhook, attempt)


def _passes_filter(webhook: Webhook, attempt: PendingAttempt) -> bool:
    """Whether the current filter lets it through; also if that cannot be known: an accepted notification is delivered."""
    text = _document(attempt)
    if webhook.filter_expression is None or text is None:
        return True
    from chalicelib.domain.expressions import evaluation  # noqa: PLC0415 - a deliver worker needs it only after such a change

    try:
        return evaluation.passes_filter(webhook.filter_expression, evaluation.Document(text), evaluation.Allowance())
    except evaluation.EvaluationFailed as failed:
        log.info("filter.failed", extra={"webhook_id": webhook.id, "reason": str(failed)})
        return True


def _document(attempt: PendingAttempt) -> str | None:
    """The notification as filters see it: the attempt carries it, or it is parsed from a body in the reference's format."""
    if attempt.chosen is not None and attempt.chosen.document is not None:
        return attempt.chosen.document
    try:
        body = json.loads(attempt.body)
        text, summary = body["text"], body["attachments"][0]["text"]
        said = json.loads(summary)["notificationType"]
        own = f'{{"id":{raw_json.quote(attempt.notification_id)},"text":{raw_json.quote(text)}'
    except (ValueError, TypeError, LookupError, RecursionError, AttributeError):
        return None
    return f"{own},{summary[1:]}" if said == attempt.notification_type else None
