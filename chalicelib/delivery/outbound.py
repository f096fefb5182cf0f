"""The request of an attempt, as it is sent; `POST /webhooks/preview` shows the same."""

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
        """The timeout of a request: the webhook's, if it has one."""
        return webhook.request_timeout_s or self.request_timeout_s


def request(
    webhook: Webhook, attempt: PendingAttempt, at: datetime, rules: RequestRules, token: str | None = None
) -> OutboundRequest:
    """The request of an attempt that is made at a time.

    A webhook's own headers do not have the names of the service's. A webhook from before a name was reserved may have one:
    then the service's header is sent. `accept` is not reserved, so the owner's is sent. `token` is the access token, if the
    webhook needs one.
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
