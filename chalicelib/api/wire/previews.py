"""Previews in requests and responses."""

from typing import Annotated, Any

from chalicelib.api.wire.model import DescribedAs, Incoming, Outgoing
from chalicelib.api.wire.notifications import NotificationIn
from chalicelib.api.wire.webhooks import WebhookIn
from chalicelib.webhooks.preview import Preview


class PreviewIn(Incoming):
    """The body of `POST /webhooks/preview`: a new webhook or the id of an existing one, and a notification."""

    webhook: WebhookIn | None = None
    webhook_id: str | None = None
    notification: Annotated[dict[str, Any], DescribedAs(NotificationIn)] | None = None


class PreviewOut(Outgoing):
    """The request that would be sent; `body` is the exact text, and the headers contain no secrets."""

    matches: bool
    passes_filter: bool
    sends: bool
    body: str | None
    headers: dict[str, str] | None
    problem: str | None

    @classmethod
    def of(cls, preview: Preview) -> "PreviewOut":
        """The preview in a response."""
        return cls(
            matches=preview.matches,
            passes_filter=preview.passes_filter,
            sends=preview.sends,
            body=preview.body,
            headers=None if preview.headers is None else dict(preview.headers),
            problem=preview.problem,
        )
