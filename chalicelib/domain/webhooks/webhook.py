"""A webhook: notifications of some types are sent to a URL."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import WebhookDisabled, WebhookPaused
from chalicelib.domain.notifications import notification_types
from chalicelib.domain.payloads.formats import BodyFormat
from chalicelib.domain.webhooks.health import Health

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.delivery.attempt import Headers
    from chalicelib.domain.delivery.schedule import AttemptSchedule
    from chalicelib.domain.delivery.signing import SigningSecret
    from chalicelib.domain.webhooks.authentication import Authentication

NAME_LENGTH_MAX: Final = 200
REQUEST_TIMEOUTS_S: Final = (1.0, 30.0)
"""The bounds of an attempt's timeout."""
RATE_LIMITS_PER_S: Final = (0.001, 1000.0)
"""The bounds of attempts per second."""
RETENTIONS_DAYS: Final = (1, 90)
"""The bounds of the records' retention."""
VIEW_MAX_S: Final = 1.0
"""An attempt starts at most this long after its webhook was read. A deletion waits as long before it responds.

Each side measures it as a duration by its own clock, so the clocks may differ.
"""


OWNER_SUSPENDED: Final = "Its owner is suspended."
"""Webhooks with this reason are enabled again together with their owner. Items contain the text, so it must not change."""
OWNER_GONE: Final = "Its owner was deleted."
OWNER_NO_ADMIN: Final = "It is global, and its owner is not an admin any more."
REASONS_OF_OWNERS: Final = frozenset({OWNER_SUSPENDED, OWNER_GONE, OWNER_NO_ADMIN})
"""The reasons that come from the directory, and not from the receiver."""


class ActionType(StrEnum):
    """The relation of a notification to the webhook's owner, if the webhook is not global."""

    TRIGGERED = "triggered"
    """The owner did it (`actionBy`)."""
    RECEIVED = "received"
    """It is for the owner (`targetUser`, or a member of `targetGroup`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """What to send, where, and its health.

    `groups` are the owner's groups, copied from the directory. `version` counts the owner's changes; `health` changes
    without it. A webhook that is not enabled is paused by its owner, or disabled by the service: then it has a reason.
    `owner_incarnation` tells the owner from a later user with the same id. `may_reach_private` is set if the owner was an
    admin when they set the URL: only then may it call networks that the operator has opened for admins.
    """

    id: str
    owner_id: str
    url: str
    name: str
    notification_types: tuple[str, ...]
    groups: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    is_global: bool = False
    action_type: ActionType | None = None
    version: int = 1
    is_enabled: bool = True
    disabled_reason: str | None = None
    secrets: tuple[SigningSecret, ...] = ()
    request_timeout_s: float | None = None
    attempt_schedule: AttemptSchedule | None = None
    rate_limit_per_s: float | None = None
    body_format: BodyFormat = BodyFormat.SLACK
    filter_expression: str | None = None
    transform_expression: str | None = None
    headers: Headers = ()
    authentication: Authentication | None = None
    may_reach_private: bool = False
    retention_days: int | None = None
    health: Health = field(default_factory=Health)
    owner_incarnation: str = ""

    def require_live(self) -> None:
        """Raise `WebhookDisabled` or `WebhookPaused` unless the webhook gets deliveries."""
        if self.disabled_reason is not None:
            message = f"The webhook was disabled: {self.disabled_reason} Enable it first."
            raise WebhookDisabled(message)
        if not self.is_enabled:
            message = "The webhook is paused. Resume it first."
            raise WebhookPaused(message)

    @property
    def has_secrets(self) -> bool:
        """Whether its requests contain secrets. The signature is not one."""
        return bool(self.headers) or self.authentication is not None

    @property
    def is_live(self) -> bool:
        """Whether it gets deliveries."""
        return self.is_enabled and self.disabled_reason is None

    def disabled(self, reason: str, at: datetime) -> Webhook:
        """The webhook, disabled until its owner enables it."""
        return replace(self, disabled_reason=reason, updated_at=at, version=self.version + 1)

    def revived(self, at: datetime) -> Webhook:
        """The webhook, not disabled any more. If its owner has paused it, it stays paused."""
        return replace(self, disabled_reason=None, updated_at=at, version=self.version + 1)

    def without_secrets(self) -> Webhook:
        """The webhook without what only its requests need: it is about to be purged."""
        return replace(self, secrets=(), headers=(), authentication=None)

    @property
    def wanted_types(self) -> tuple[str, ...]:
        """The types to subscribe to: only `ALL_NOTIFICATIONS` if it is among them, since it includes the rest."""
        if notification_types.ALL in self.notification_types:
            return (notification_types.ALL,)
        return self.notification_types
