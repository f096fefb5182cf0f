"""A webhook: a URL, and the notifications that are sent to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from chalicelib.domain.delivery.attempt import Headers
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.delivery.signing import SigningSecret
from chalicelib.domain.errors import WebhookDisabled, WebhookPaused
from chalicelib.domain.notifications import notification_types
from chalicelib.domain.payloads.formats import BodyFormat
from chalicelib.domain.webhooks.authentication import Authentication
from chalicelib.domain.webhooks.health import Health

NAME_LENGTH_MAX: Final = 200
DESCRIPTION_LENGTH_MAX: Final = 1_000
REQUEST_TIMEOUTS_S: Final = (1.0, 30.0)
"""The smallest and the largest total time of an attempt that an owner may set."""
RATE_LIMITS_PER_S: Final = (0.001, 1000.0)
"""The smallest and the largest rate limit that an owner may set, in attempts per second."""
RETENTIONS_DAYS: Final = (1, 90)
"""The shortest and the longest retention of records that an owner may set."""
VIEW_MAX_S: Final = 1.0
"""An attempt starts at most this long after its webhook was read. The response to a deletion waits as long.

Each side measures a duration by its own clock, so it does not matter if their clocks differ.
"""


OWNER_SUSPENDED: Final = "Its owner is suspended."
"""A webhook with this reason is live again when its owner is. Items contain the text, so it must not be changed."""
OWNER_GONE: Final = "Its owner was deleted."
OWNER_NO_ADMIN: Final = "It is global, and its owner is not an admin any more."
REASONS_OF_OWNERS: Final = frozenset({OWNER_SUSPENDED, OWNER_GONE, OWNER_NO_ADMIN})
"""The reasons that come from the directory, not from the receiver."""


class ActionType(StrEnum):
    """The part that the owner of a webhook, which is not global, has in a notification."""

    TRIGGERED = "triggered"
    """The owner did it (`actionBy`)."""
    RECEIVED = "received"
    """It is for the owner (`targetUser`, or a member of `targetGroup`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """What to send, to whom, and the health of the receiver.

    `groups` are the owner's groups, copied from the directory. `version` counts the owner's changes, not those of `health`.
    A webhook that is not live is paused by its owner, or disabled by the service with a reason. `owner_incarnation`
    distinguishes the owner from a later user with the same id. `may_reach_private` is set if the owner was an admin when
    they wrote the URL: only then may it point into networks that the operator allows for admins.
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
    description: str | None = None
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
        """Whether deliveries are made."""
        return self.is_enabled and self.disabled_reason is None

    def disabled(self, reason: str, at: datetime) -> Webhook:
        """The same webhook, not called until its owner enables it."""
        return replace(self, disabled_reason=reason, updated_at=at, version=self.version + 1)

    def revived(self, at: datetime) -> Webhook:
        """The same webhook, no longer disabled. If its owner has paused it, it stays paused."""
        return replace(self, disabled_reason=None, updated_at=at, version=self.version + 1)

    def without_secrets(self) -> Webhook:
        """The same webhook without the secrets, which a purge does not need."""
        return replace(self, secrets=(), headers=(), authentication=None)

    @property
    def subscribed_types(self) -> tuple[str, ...]:
        """The types to subscribe to: only ``ALL_NOTIFICATIONS`` if it is among them, since it covers the others."""
        if notification_types.ALL in self.notification_types:
            return (notification_types.ALL,)
        return self.notification_types
