"""Webhooks on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import ConfigDict, Field

from chalicelib.api.wire import authentication as own
from chalicelib.api.wire.errors import ElementError, ErrorDetail
from chalicelib.api.wire.model import Described, Incoming, Moment, Outgoing, ShownId, without_defaults
from chalicelib.domain.delivery import signing
from chalicelib.domain.delivery.schedule import WAIT_MAX_S, WAIT_MIN_S, WAITS_MAX, AttemptSchedule
from chalicelib.domain.payloads.formats import BodyFormat
from chalicelib.domain.webhooks import urls
from chalicelib.domain.webhooks.health import Circuit
from chalicelib.domain.webhooks.webhook import (
    NAME_LENGTH_MAX,
    RATE_LIMITS_PER_S,
    REQUEST_TIMEOUTS_S,
    RETENTIONS_DAYS,
    ActionType,
    Webhook,
)
from chalicelib.webhooks.edits import OVERLAP_DEFAULT_S, OVERLAP_MAX_S, WebhookEdit
from chalicelib.webhooks.service import WebhookDraft

TYPES_MAX: Final = 200
"""Notification types that one webhook may name, repeats included."""


class WebhookStatus(StrEnum):
    """Whether a webhook is called."""

    ENABLED = "enabled"
    PAUSED = "paused"
    """By its owner."""
    DISABLED = "disabled"
    """By the service; `disabledReason` says why."""


GivenUrl = Annotated[str, Field(min_length=1, max_length=urls.LENGTH_MAX, json_schema_extra={"format": "uri"})]
GivenName = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]
GivenTypes = Annotated[list[str], Field(min_length=1, max_length=TYPES_MAX)]
TimeoutSeconds = Annotated[float, Field(ge=REQUEST_TIMEOUTS_S[0], le=REQUEST_TIMEOUTS_S[1])]
RateLimit = Annotated[float, Field(ge=RATE_LIMITS_PER_S[0], le=RATE_LIMITS_PER_S[1])]
GivenExpression = Annotated[str, Field(min_length=1)]
"""JMESPath; `chalicelib.domain.expressions.syntax` says how long it may be, and what is wrong with it, by 422."""
RetentionDays = Annotated[int, Field(ge=RETENTIONS_DAYS[0], le=RETENTIONS_DAYS[1])]
RetrySchedule = Annotated[list[Annotated[int, Field(ge=WAIT_MIN_S, le=WAIT_MAX_S)]], Field(max_length=WAITS_MAX)]
"""Seconds between attempts; an empty one means that nothing is tried again."""


class WebhookIn(Incoming):
    """One element of ``webhooks`` in `POST /webhooks`."""

    url: GivenUrl
    name: GivenName
    notification_type: GivenTypes
    is_global: bool = Field(default=False, validation_alias="global")
    action_type: ActionType | None = None
    timeout_seconds: TimeoutSeconds | None = None
    retry_schedule: RetrySchedule | None = None
    rate_limit_per_second: RateLimit | None = None
    retention_days: RetentionDays | None = None
    headers: own.GivenHeaders | None = None
    authentication: own.AuthenticationIn | None = None
    format: BodyFormat = BodyFormat.SLACK
    filter: GivenExpression | None = None
    transform: GivenExpression | None = None
    asymmetric_signature: bool = False

    def draft(self) -> WebhookDraft:
        """What the use case takes."""
        return WebhookDraft(
            url=self.url,
            name=self.name,
            notification_types=tuple(self.notification_type),
            is_global=self.is_global,
            action_type=self.action_type,
            request_timeout_s=self.timeout_seconds,
            attempt_schedule=_schedule(self.retry_schedule),
            rate_limit_per_s=self.rate_limit_per_second,
            retention_days=self.retention_days,
            headers=own.given_headers(self.headers),
            authentication=own.given_authentication(self.authentication),
            body_format=self.format,
            filter_expression=self.filter,
            transform_expression=self.transform,
            has_private_key=self.asymmetric_signature,
        )


class WebhookPatch(Incoming):
    """The body of `PATCH /webhooks/{id}`: what is not in it stays, what is null goes back to its default."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    url: GivenUrl = ""
    name: GivenName = ""
    notification_type: GivenTypes = Field(default_factory=list)
    action_type: ActionType | None = None
    enabled: bool = True
    timeout_seconds: TimeoutSeconds | None = None
    retry_schedule: RetrySchedule | None = None
    rate_limit_per_second: RateLimit | None = None
    format: BodyFormat | None = None
    filter: GivenExpression | None = None
    transform: GivenExpression | None = None
    retention_days: RetentionDays | None = None
    headers: own.GivenHeaders | None = None
    authentication: own.AuthenticationIn | None = None

    def edit(self) -> WebhookEdit:
        """What the use case takes: the members that were in the body."""
        edits: dict[str, tuple[str, object]] = {
            "url": ("url", self.url),
            "name": ("name", self.name),
            "notification_type": ("notification_types", tuple(self.notification_type)),
            "action_type": ("action_type", self.action_type),
            "enabled": ("is_enabled", self.enabled),
            "timeout_seconds": ("request_timeout_s", self.timeout_seconds),
            "retry_schedule": ("attempt_schedule", _schedule(self.retry_schedule)),
            "rate_limit_per_second": ("rate_limit_per_s", self.rate_limit_per_second),
            "format": ("body_format", self.format or BodyFormat.SLACK),
            "filter": ("filter_expression", self.filter),
            "transform": ("transform_expression", self.transform),
            "retention_days": ("retention_days", self.retention_days),
            "headers": ("headers", own.given_headers(self.headers)),
            "authentication": ("authentication", own.given_authentication(self.authentication)),
        }
        return WebhookEdit(dict(edits[name] for name in self.model_fields_set))


class RotationIn(Incoming):
    """The body of `POST /webhooks/{id}/secret/rotate`, which may be left out."""

    overlap_seconds: float = Field(default=OVERLAP_DEFAULT_S, ge=0, le=OVERLAP_MAX_S)


class HealthOut(Outgoing):
    """How a webhook has been doing lately."""

    circuit: Circuit
    consecutive_failures: int
    failing_since: Moment | None
    next_probe_at: Moment | None
    retry_after: Moment | None = Field(
        description="Until when the receiver asked not to be called (`Retry-After`); null if it did not."
    )
    is_slow: bool


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
    timeout_seconds: float | None
    retry_schedule: list[int] | None
    rate_limit_per_second: float | None
    retention_days: int | None
    headers: dict[str, bool]
    authentication: dict[str, str | bool] | None
    format: BodyFormat
    filter: str | None
    transform: str | None
    public_key: str | None
    health: HealthOut

    @classmethod
    def of(cls, webhook: Webhook, now: datetime, *, is_own: bool) -> "WebhookOut":
        """The webhook as its owner sees it, or somebody else."""
        schedule = webhook.attempt_schedule
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
            timeout_seconds=webhook.request_timeout_s,
            retry_schedule=list(schedule.waits_s) if schedule is not None else None,
            rate_limit_per_second=webhook.rate_limit_per_s,
            retention_days=webhook.retention_days,
            headers=own.shown_headers(webhook.headers),
            authentication=own.shown_authentication(webhook.authentication, is_own=is_own),
            format=webhook.body_format,
            filter=webhook.filter_expression,
            transform=webhook.transform_expression,
            public_key=signing.public_key(webhook.secrets),
            health=HealthOut(
                circuit=webhook.health.circuit(now),
                consecutive_failures=webhook.health.failures,
                failing_since=webhook.health.failing_since,
                next_probe_at=webhook.health.called_again_at,
                retry_after=webhook.health.rest_until,
                is_slow=webhook.health.is_slow(now),
            ),
        )


class WebhookWithSecret(WebhookOut):
    """A webhook with the secret that signs its requests from now on: shown when it is made or rotated, never again."""

    secret: str

    @classmethod
    def made(cls, webhook: Webhook, now: datetime, *, is_own: bool = True) -> "WebhookWithSecret":
        """The webhook as whoever made or rotated it sees it."""
        shown = WebhookOut.of(webhook, now, is_own=is_own)
        return cls(**shown.model_dump(by_alias=False), secret=webhook.secrets[0].value)


class WebhooksIn(Described):
    """The body of `POST /webhooks`; how many it may hold is the setting WEBHOOKS_PER_REQUEST_MAX."""

    model_config = ConfigDict(extra="forbid")

    webhooks: Annotated[list[WebhookIn], Field(min_length=1)]


class WebhooksCreated(Described):
    """What became of each webhook of a request."""

    created_webhooks: list[WebhookWithSecret]
    errors: list[ElementError]


class NoneCreated(WebhooksCreated):
    """Why none of the webhooks was made; `error` speaks for all."""

    error: ErrorDetail


def _status(webhook: Webhook) -> WebhookStatus:
    if webhook.disabled_reason is not None:
        return WebhookStatus.DISABLED
    return WebhookStatus.ENABLED if webhook.is_enabled else WebhookStatus.PAUSED


def _schedule(waits_s: list[int] | None) -> AttemptSchedule | None:
    return None if waits_s is None else AttemptSchedule(tuple(waits_s))
