"""Previews on the wire."""

from typing import Annotated, Any

from chalicelib.api.wire.model import DescribedAs, Incoming, Outgoing
from chalicelib.api.wire.notifications import NotificationIn
from chalicelib.api.wire.webhooks import WebhookIn
from chalicelib.webhooks.preview import Preview


class PreviewIn(Incoming):
    """The body of `POST /webhooks/preview`: a webhook as it might be made, or the id of one; and a notification."""

    webhook: WebhookIn | None = None
    webhook_id: str | None = None
    notification: Annotated[dict[str, Any], DescribedAs(NotificationIn)] | None = None


class PreviewOut(Outgoing):
    """What would become of the notification; `body` is the exact text, and the headers carry no secret."""

    matches: bool
    passes_filter: bool
    sends: bool
    body: str | None
    headers: dict[str, str] | None
    problem: str | None

    @classmethod
    def of(cls, preview: Preview) -> "PreviewOut":
        """The preview as its caller sees it."""
        return cls(
            matches=preview.matches,
            passes_filter=preview.passes_filter,
            sends=preview.sends,
            body=preview.body,
            headers=None if preview.headers is None else dict(preview.headers),
            problem=preview.problem,
        )
