"""The request of an attempt, as it leaves; `POST /webhooks/preview` shows what is made here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain import authentication, depth, signing
from chalicelib.domain.attempt import OutboundRequest
from chalicelib.domain.headers import USER_AGENT

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.attempt import PendingAttempt
    from chalicelib.domain.webhook import Webhook


def request(
    webhook: Webhook, attempt: PendingAttempt, at: datetime, request_timeout_s: float, token: str | None = None
) -> OutboundRequest:
    """The request that makes an attempt at a time; the webhook's own timeout goes before `request_timeout_s`.

    The names of its own headers are not those of the service's, save in webhooks from before a name was reserved: then the
    service's stands. `token` is the one that was fetched, if any is needed.
    """
    body = attempt.body.encode()
    signed = signing.headers(webhook.secrets, message_id=attempt.delivery_id, at=at, body=body)
    own = {"content-type": "application/json", "user-agent": USER_AGENT, depth.HEADER: str(attempt.depth + 1)}
    headers = own | signed | {name: value for name, value in webhook.headers if name not in own}
    authorization = authentication.value(webhook.authentication, token)
    if authorization is not None:
        headers[authentication.HEADER] = authorization
    timeout_s = webhook.request_timeout_s or request_timeout_s
    return OutboundRequest(webhook.url, tuple(headers.items()), body, timeout_s, webhook.may_reach_private)
