"""Previews: the request that a webhook would get for a notification, without sending it.

The same functions make the preview and the real request. Only the secrets differ.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from chalicelib.delivery import outbound
from chalicelib.domain import ids
from chalicelib.domain.delivery import signing
from chalicelib.domain.expressions.evaluation import Allowance
from chalicelib.domain.notifications import matching, notification, producer
from chalicelib.domain.notifications.notification import principal_as_written
from chalicelib.domain.webhooks import headers
from chalicelib.fanout import rendering
from chalicelib.intake import messages

if TYPE_CHECKING:
    from chalicelib.delivery.outbound import RequestRules
    from chalicelib.directory.ports import Directory
    from chalicelib.domain.delivery.attempt import Headers
    from chalicelib.domain.directory.users import Caller
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.intake.catalogue import Catalogue
    from chalicelib.ports import Clock, Entropy
    from chalicelib.webhooks.service import WebhookDraft, WebhookService

_NO_ENTROPY: Final = bytes(signing.SECRET_BYTES)
_PLACEHOLDERS: Final = {
    False: signing.new_secret(_NO_ENTROPY),
    True: signing.new_private_key(_NO_ENTROPY),
}
"""The secrets that sign previews, by whether they are private keys. They belong to no webhook, so the signature is useless.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be sent for a notification: `body` and `headers` are present if something would be sent.

    `matches` is whether the webhook subscribes to it, `passes_filter` whether its filter matches, and `sends` whether a
    request would be sent. If a filter fails, the notification is not dropped: the failure, the `problem`, is recorded. The
    values of custom headers are masked.
    """

    matches: bool
    passes_filter: bool
    sends: bool
    body: str | None
    headers: Headers | None
    problem: str | None


class Previewer:
    """The use case of `POST /webhooks/preview`."""

    def __init__(
        self,
        *,
        webhooks: WebhookService,
        directory: Directory,
        catalogue: Catalogue,
        clock: Clock,
        entropy: Entropy,
        notification_bytes_max: int,
        rules: RequestRules,
    ) -> None:
        self._webhooks = webhooks
        self._directory = directory
        self._catalogue = catalogue
        self._clock = clock
        self._entropy = entropy
        self._notification_bytes_max = notification_bytes_max
        self._rules = rules

    def of_draft(self, caller: Caller, draft: WebhookDraft, text: str | None) -> Preview:
        """The preview for a webhook that the draft describes."""
        return self._preview(caller, self._webhooks.drafted(caller, draft), text)

    def of_webhook(self, caller: Caller, webhook_id: str, text: str | None) -> Preview:
        """The preview for an existing webhook; raise `WebhookNotFound` if the caller may not see it."""
        return self._preview(caller, self._webhooks.get(caller, webhook_id), text)

    def _preview(self, caller: Caller, webhook: Webhook, text: str | None) -> Preview:
        given = sample(webhook.owner_id) if text is None else text
        messages.check_size(given, self._notification_bytes_max)
        now = self._clock.now()
        fresh_id = ids.NOTIFICATION + ids.sortable(now, self._entropy.take(ids.ENTROPY_BYTES))
        taken = self._catalogue.labelled(
            notification.parse(
                given, notification_id=fresh_id, accepted_at=now, producer_name=producer.of_user(caller.user_id)
            )
        )
        matches = matching.first_source(webhook, taken) is not None
        made = rendering.prepared(taken, self._directory, shown_to=caller).of(webhook, Allowance())
        if made is None or made.problem is not None:
            problem = made.problem if made is not None else None
            passes = made is not None
            return Preview(matches=matches, passes_filter=passes, sends=False, body=None, headers=None, problem=problem)
        attempt = made.first_attempt(taken, webhook.id)
        request = outbound.request(_with_placeholders(webhook), attempt, now, self._rules, headers.MASK)
        return Preview(
            matches=matches,
            passes_filter=True,
            sends=matches and webhook.is_live,
            body=request.body.decode(),
            headers=headers.masked(request.headers),
            problem=None,
        )


def sample(owner_id: str) -> str:
    """A sample notification, triggered by the webhook's owner and for the owner."""
    person = principal_as_written(owner_id)
    return json.dumps(
        {
            "notificationType": "modelDeleted",
            "text": "Steve Touw has deleted the test data source.",
            "dataSourceName": "test",
            "actionBy": person,
            "modelType": "datasource",
            "modelId": 15,
            "targetUser": person,
            "targetGroup": None,
        }
    )


def _with_placeholders(webhook: Webhook) -> Webhook:
    return replace(webhook, secrets=tuple(_PLACEHOLDERS[each.is_private_key] for each in webhook.secrets))
