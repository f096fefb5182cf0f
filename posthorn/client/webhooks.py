"""`client.webhooks`: making, changing and trying them, and catching up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posthorn.client.addresses import segment
from posthorn.client.times import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from posthorn.client.given import Notification, WebhookInput, WebhookPatch
    from posthorn.client.shown import (
        PendingTest,
        Preview,
        Record,
        Recovery,
        RecoveryWanted,
        Stats,
        Webhook,
        WebhooksCreated,
        WebhookWithSecret,
    )
    from posthorn.client.transport import Transport


class Webhooks:
    """One's own webhooks; an admin's are all."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, page_length: int | None = None) -> Iterator[Webhook]:
        """All of them, page by page as they are taken."""
        return self._transport.pages("/webhooks", {"limit": page_length})

    def create(self, webhook: WebhookInput) -> WebhookWithSecret:
        """Make one; its secret is shown here, once."""
        return self.create_several([webhook])["createdWebhooks"][0]

    def create_several(self, webhooks: Sequence[WebhookInput]) -> WebhooksCreated:
        """Make several, each made or refused by itself; raise `Refused` where none was made."""
        created: WebhooksCreated = self._transport.call("POST", "/webhooks", body={"webhooks": list(webhooks)})
        return created

    def get(self, webhook_id: str) -> Webhook:
        """One of them."""
        webhook: Webhook = self._transport.call("GET", _path(webhook_id))
        return webhook

    def edit(self, webhook_id: str, changes: WebhookPatch, *, if_version: int | None = None) -> Webhook:
        """Change what is given; with `if_version`, raise `Conflict` where somebody else has meanwhile."""
        headers = {} if if_version is None else {"If-Match": f'"{if_version}"'}
        webhook: Webhook = self._transport.call("PATCH", _path(webhook_id), body=changes, headers=headers)
        return webhook

    def pause(self, webhook_id: str) -> Webhook:
        """Call its receiver no more, until it is resumed."""
        return self.edit(webhook_id, {"enabled": False})

    def resume(self, webhook_id: str) -> Webhook:
        """Go on; one that the service disabled gets a clean start."""
        return self.edit(webhook_id, {"enabled": True})

    def test(self, webhook_id: str, notification: Notification | None = None) -> Record | PendingTest:
        """Send a test notification; its record, or what `client.history.wait_for` takes where the receiver is slow.

        A webhook has one test at a time: raise `Conflict`, with the record's id in `fields["recordId"]`, for another.
        """
        body = None if notification is None else {"notification": notification}
        record: Record | PendingTest = self._transport.call("POST", _path(webhook_id, "test"), body=body)
        return record

    def rotate(self, webhook_id: str, *, overlap_s: float | None = None) -> WebhookWithSecret:
        """Give it a new secret; the old one signs too for `overlap_s` seconds."""
        body = None if overlap_s is None else {"overlapSeconds": overlap_s}
        webhook: WebhookWithSecret = self._transport.call("POST", _path(webhook_id, "secret", "rotate"), body=body)
        return webhook

    def delete(self, webhook_id: str) -> None:
        """Remove it with its history."""
        self._transport.call("DELETE", _path(webhook_id))

    def preview(
        self,
        notification: Notification | None = None,
        *,
        webhook: WebhookInput | None = None,
        webhook_id: str | None = None,
    ) -> Preview:
        """What a webhook, or one that might be made, would get of a notification; nothing is sent."""
        given: dict[str, Any] = {"webhook": webhook, "webhookId": webhook_id, "notification": notification}
        body = {name: value for name, value in given.items() if value is not None}
        preview: Preview = self._transport.call("POST", "/webhooks/preview", body=body)
        return preview

    def stats(self, webhook_id: str, *, since: datetime | str | None = None) -> Stats:
        """Counts and response times by hour."""
        stats: Stats = self._transport.call("GET", _path(webhook_id, "stats"), query={"since": written(since)})
        return stats

    def recover(
        self, webhook_id: str, *, since: datetime | str, only: RecoveryWanted, until: datetime | str | None = None
    ) -> Recovery:
        """Ask for the deliveries of a span of time again; they are enqueued in the background.

        A webhook has one recovery at a time: raise `Conflict`, with its id in `fields["recoveryId"]`, for another.
        """
        span = {"since": written(since), "until": written(until), "only": only}
        body = {name: value for name, value in span.items() if value is not None}
        recovery: Recovery = self._transport.call("POST", _path(webhook_id, "recover"), body=body)
        return recovery

    def recoveries(self, webhook_id: str, *, page_length: int | None = None) -> Iterator[Recovery]:
        """The recoveries of a webhook in the last 30 days, newest first."""
        return self._transport.pages(_path(webhook_id, "recoveries"), {"limit": page_length})

    def recovery(self, webhook_id: str, recovery_id: str) -> Recovery:
        """How far a recovery is."""
        recovery: Recovery = self._transport.call("GET", _path(webhook_id, "recoveries", recovery_id))
        return recovery

    def stop_recovery(self, webhook_id: str, recovery_id: str) -> Recovery:
        """Stop a recovery; what it has enqueued is sent."""
        recovery: Recovery = self._transport.call("DELETE", _path(webhook_id, "recoveries", recovery_id))
        return recovery


def _path(*parts: str) -> str:
    return "/".join(["/webhooks", *map(segment, parts)])
