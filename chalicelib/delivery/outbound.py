"""The request of an attempt, as it leaves; `POST /webhooks/preview` shows what is made here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.delivery import signing
from chalicelib.domain.delivery.attempt import OutboundRequest
from chalicelib.domain.notifications import depth
from chalicelib.domain.payloads.formats import JSON
from chalicelib.domain.webhooks import authentication
from chalicelib.domain.webhooks.headers import ACCEPT

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.webhooks.webhook import Webhook


@dataclass(frozen=True, slots=True)
class RequestRules:
    """What the settings say about a request; `chalicelib.settings` documents each."""

    request_timeout_s: float
    user_agent: str

    def timeout_s(self, webhook: Webhook) -> float:
        """The total time of a request: the webhook's own goes first."""
        return webhook.request_timeout_s or self.request_timeout_s


def request(
    webhook: Webhook, attempt: PendingAttempt, at: datetime, rules: RequestRules, token: str | None = None
) -> OutboundRequest:
    """The request that makes an attempt at a time.

    The names of its own headers are not those of the service's, save in webhooks from before a name was reserved: then the
    service's stands. `accept` is not reserved, so the owner's stands. `token` is the one that was fetched, if any is needed.
    """
    body = attempt.body.encode()
    signed = signing.headers(webhook.secrets, message_id=attempt.delivery_id, at=at, body=body)
    own = {
        "content-type": attempt.content_type or JSON,
        "user-agent": rules.user_agent,
        depth.HEADER: str(attempt.depth + 1),
    }
    headers = own | dict([ACCEPT]) | signed | {name: value for name, value in webhook.headers if name not in own}
    authorization = authentication.value(webhook.authentication, token)
    if authorization is not None:
        headers[authentication.HEADER] = authorization
    return OutboundRequest(webhook.url, tuple(headers.items()), body, rules.timeout_s(webhook), webhook.may_reach_private)
