"""`client.webhooks`: webhooks, their tests, statistics and recoveries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posthorn.client.times import iso8601
from posthorn.client.validation import path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from posthorn.client.notifications import Notification
    from posthorn.client.transport import Transport
    from posthorn.schemas import (
        PendingTest,
        Preview,
        Record,
        Recovery,
        RecoveryWanted,
        Stats,
        Webhook,
        WebhookInput,
        WebhookPatch,
        WebhooksCreated,
        WebhookWithSecret,
    )


class Webhooks:
    """The caller's own webhooks; for an admin, all webhooks."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, *, page_length: int | None = None) -> Iterator[Webhook]:
        """All webhooks that the caller may see."""
        return self._transport.pages("/webhooks", {"limit": page_length})

    def create(self, webhook: WebhookInput) -> WebhookWithSecret:
        """Create a webhook. Only this result and that of `rotate` contain its secret."""
        return self.create_batch([webhook])["createdWebhooks"][0]

    def create_batch(self, webhooks: Sequence[WebhookInput]) -> WebhooksCreated:
        """Create several webhooks. Each is created or refused separately; raise `ClientError` if all are refused."""
        created: WebhooksCreated = self._transport.call("POST", "/webhooks", body={"webhooks": list(webhooks)})
        return created

    def get(self, webhook_id: str) -> Webhook:
        """A webhook."""
        webhook: Webhook = self._transport.call("GET", path("/webhooks", webhook_id))
        return webhook

    def edit(self, webhook_id: str, changes: WebhookPatch, *, if_version: int | None = None) -> Webhook:
        """Change the given members; members that are left out do not change.

        With `if_version`, raise `ConflictError` if the webhook has another version by now (optimistic concurrency).
        """
        headers = {} if if_version is None else {"If-Match": f'"{if_version}"'}
        webhook: Webhook = self._transport.call("PATCH", path("/webhooks", webhook_id), body=changes, headers=headers)
        return webhook

    def pause(self, webhook_id: str) -> Webhook:
        """Stop its deliveries until it is resumed."""
        return self.edit(webhook_id, {"enabled": False})

    def resume(self, webhook_id: str) -> Webhook:
        """Resume its deliveries. If the service disabled it, its count of failures starts from zero."""
        return self.edit(webhook_id, {"enabled": True})

    def test(self, webhook_id: str, notification: Notification | None = None) -> Record | PendingTest:
        """Send a test notification, and return its record.

        If the receiver is slow, the result has only the `id` of the record: `client.history.wait_for` waits for it.
        A webhook has one test at a time. If one is running, raise `ConflictError` with its record in `fields["recordId"]`.
        """
        body = None if notification is None else {"notification": notification}
        record: Record | PendingTest = self._transport.call("POST", path("/webhooks", webhook_id, "test"), body=body)
        return record

    def rotate(self, webhook_id: str, *, overlap_s: float | None = None) -> WebhookWithSecret:
        """Replace its secret. Requests are also signed with the old secret for `overlap_s` seconds; by default, a day."""
        body = None if overlap_s is None else {"overlapSeconds": overlap_s}
        webhook: WebhookWithSecret = self._transport.call(
            "POST", path("/webhooks", webhook_id, "secret", "rotate"), body=body
        )
        return webhook

    def delete(self, webhook_id: str) -> None:
        """Delete a webhook with its history."""
        self._transport.call("DELETE", path("/webhooks", webhook_id))

    def preview(
        self,
        notification: Notification | None = None,
        *,
        webhook: WebhookInput | None = None,
        webhook_id: str | None = None,
    ) -> Preview:
        """The request that a webhook would receive for a notification. Nothing is sent.

        Args:
            notification: by default, a sample that the webhook's owner has triggered.
            webhook: the settings of a webhook that need not exist; either this or `webhook_id`.
            webhook_id: of an existing webhook; either this or `webhook`.

        """
        members: dict[str, Any] = {"webhook": webhook, "webhookId": webhook_id, "notification": notification}
        body = {name: value for name, value in members.items() if value is not None}
        preview: Preview = self._transport.call("POST", "/webhooks/preview", body=body)
        return preview

    def stats(self, webhook_id: str, *, since: datetime | str | None = None) -> Stats:
        """Counts of attempts and response times by hour; by default, of the last 24 hours."""
        stats: Stats = self._transport.call("GET", path("/webhooks", webhook_id, "stats"), query={"since": iso8601(since)})
        return stats

    def recover(
        self, webhook_id: str, *, since: datetime | str, only: RecoveryWanted, until: datetime | str | None = None
    ) -> Recovery:
        """Start a recovery: deliveries of a period are enqueued again, in the background.

        `since` is inclusive, `until` is exclusive and by default now. A webhook has one recovery at a time: raise
        `ConflictError` if one is running, with its id in `fields["recoveryId"]`.
        """
        members = {"since": iso8601(since), "until": iso8601(until), "only": only}
        body = {name: value for name, value in members.items() if value is not None}
        recovery: Recovery = self._transport.call("POST", path("/webhooks", webhook_id, "recover"), body=body)
        return recovery

    def recoveries(self, webhook_id: str, *, page_length: int | None = None) -> Iterator[Recovery]:
        """A webhook's recoveries of the last 30 days, newest first."""
        return self._transport.pages(path("/webhooks", webhook_id, "recoveries"), {"limit": page_length})

    def recovery(self, webhook_id: str, recovery_id: str) -> Recovery:
        """A recovery, with its progress."""
        recovery: Recovery = self._transport.call("GET", path("/webhooks", webhook_id, "recoveries", recovery_id))
        return recovery

    def stop_recovery(self, webhook_id: str, recovery_id: str) -> Recovery:
        """Stop a recovery. Deliveries that it has already enqueued are still sent."""
        recovery: Recovery = self._transport.call("DELETE", path("/webhooks", webhook_id, "recoveries", recovery_id))
        return recovery
