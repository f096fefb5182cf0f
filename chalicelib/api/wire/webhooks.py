"""Webhooks on the wire."""

from enum import StrEnum
from typing import Final

from pydantic import Field

from chalicelib.api.wire.model import Incoming, Moment, Outgoing, ShownId
from chalicelib.domain import urls
from chalicelib.domain.webhook import NAME_LENGTH_MAX, ActionType, Webhook
from chalicelib.services.webhooks import WebhookDraft

TYPES_MAX: Final = 200
"""Notification types that one webhook may name, repeats included."""


class WebhookStatus(StrEnum):
    """Whether a webhook is called."""

    ENABLED = "enabled"
    PAUSED = "paused"
    """By its owner."""
    DISABLED = "disabled"
    """By the service; `disabledReason` says why."""


class WebhookIn(Incoming):
    """One element of ``webhooks`` in `POST /webhooks`."""

    url: str = Field(min_length=1, max_length=urls.LENGTH_MAX)
    name: str = Field(min_length=1, max_length=NAME_LENGTH_MAX)
    notification_type: list[str] = Field(min_length=1, max_length=TYPES_MAX)
    is_global: bool = Field(default=False, validation_alias="global")
    action_type: ActionType | None = None

    def draft(self) -> WebhookDraft:
        """What the use case takes."""
        return WebhookDraft(
            url=self.url,
            name=self.name,
            notification_types=tuple(self.notification_type),
            is_global=self.is_global,
            action_type=self.action_type,
        )


class WebhookOut(Outgoing):
    """A webhook; `url` is masked for whoever does not own it, since a chat's URL is its secret."""

    id: str
    url: str
    name: str
    is_global: bool = Field(serialization_alias="global")
    action_type: ActionType | None
    notification_type: list[str]
    created_by: ShownId
    created_at: Moment
    updated_at: Moment
    status: WebhookStatus
    disabled_reason: str | None
    version: int

    @classmethod
    def of(cls, webhook: Webhook, *, is_own: bool) -> "WebhookOut":
        """The webhook as its owner sees it, or somebody else."""
        return cls(
            id=webhook.id,
            url=webhook.url if is_own else urls.masked(webhook.url),
            name=webhook.name,
            is_global=webhook.is_global,
            action_type=webhook.action_type,
            notification_type=list(webhook.notification_types),
            created_by=webhook.owner_id,
            created_at=webhook.created_at,
            updated_at=webhook.updated_at,
            status=_status(webhook),
            disabled_reason=webhook.disabled_reason,
            version=webhook.version,
        )


class WebhookCreated(WebhookOut):
    """A webhook that was just made, with the secret that signs its requests: shown here, once."""

    secret: str

    @classmethod
    def made(cls, webhook: Webhook) -> "WebhookCreated":
        """The webhook as its maker sees it."""
        shown = WebhookOut.of(webhook, is_own=True)
        return cls(**shown.model_dump(by_alias=False), secret=webhook.secrets[0].value)


def _status(webhook: Webhook) -> WebhookStatus:
    if webhook.disabled_reason is not None:
        return WebhookStatus.DISABLED
    return WebhookStatus.ENABLED if webhook.is_enabled else WebhookStatus.PAUSED
