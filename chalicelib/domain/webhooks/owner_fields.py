"""The fields of a webhook that its owner sets, each declared once.

These declarations define the models of requests and responses with their descriptions (`chalicelib.api.wire.webhooks`), the
values for creating and changing a webhook (`chalicelib.webhooks`), and what the audit shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.delivery.schedule import WAIT_MAX_S, WAIT_MIN_S, WAITS_MAX, AttemptSchedule
from chalicelib.domain.payloads.formats import BodyFormat
from chalicelib.domain.webhooks import urls
from chalicelib.domain.webhooks.webhook import (
    DESCRIPTION_LENGTH_MAX,
    NAME_LENGTH_MAX,
    RATE_LIMITS_PER_S,
    REQUEST_TIMEOUTS_S,
    RETENTIONS_DAYS,
    ActionType,
)

if TYPE_CHECKING:
    from collections.abc import Callable

TYPES_MAX: Final = 200
"""Notification types that one webhook may name, including repeats."""
REQUIRED: Final = object()
"""Used as the default of a field that is required when a webhook is created."""


def _unchanged(value: Any) -> Any:  # noqa: ANN401 - any field's
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerField:
    """A field that the owner sets.

    Args:
        name: the attribute of `Webhook`.
        wire: the member in the API.
        kind: the type of the value in a request; ``None`` if the API has its own model for it.
        bounds: the smallest and the largest value.
        lengths: the smallest and the largest length of a string or an array; ``None`` for no limit.
        item_bounds: the smallest and the largest element.
        says: its description in the API.
        default: the value of a webhook that is created without it. Null in a change means the default.
        example: a value as the API accepts it, other than the default.
        is_created: whether it may be set when a webhook is created.
        is_edited: whether it may be changed.
        is_shown: whether responses contain it.
        format: the OpenAPI format of a string.
        read: converts a value of a request to the webhook's.
        show: converts back, for the owner.
        mask: converts back without secrets, for everybody else and for the audit.

    """

    name: str
    wire: str
    kind: Any
    says: str
    default: Any = REQUIRED
    example: Any
    bounds: tuple[float, float] | None = None
    lengths: tuple[int, int | None] | None = None
    item_bounds: tuple[int, int] | None = None
    is_created: bool = True
    is_edited: bool = True
    is_shown: bool = True
    format: str | None = None
    read: Callable[[Any], Any] = _unchanged
    show: Callable[[Any], Any] = _unchanged
    mask: Callable[[Any], Any] | None = None

    def seen(self, value: Any, *, is_own: bool) -> Any:  # noqa: ANN401 - any field's
        """The webhook's value as a response shows it."""
        return self.show(value) if is_own or self.mask is None else self.mask(value)


OWNER_FIELDS: Final = (
    OwnerField(
        name="url",
        wire="url",
        kind=str,
        lengths=(1, urls.LENGTH_MAX),
        says="The URL to send to. Some addresses are refused. Masked for everybody except the owner.",
        example="https://receiver.example/hook",
        format="uri",
        mask=urls.masked,
    ),
    OwnerField(
        name="name",
        wire="name",
        kind=str,
        lengths=(1, NAME_LENGTH_MAX),
        says="A name for people, 1 to 200 characters.",
        example="Deletions",
    ),
    OwnerField(
        name="description",
        wire="description",
        kind=str,
        lengths=(1, DESCRIPTION_LENGTH_MAX),
        says="What the webhook is for, or who to ask about it: up to 1,000 characters. Null: none.",
        default=None,
        example="Informs the data team about deletions. Ask Priya.",
    ),
    OwnerField(
        name="notification_types",
        wire="notificationType",
        kind=list[str],
        lengths=(1, TYPES_MAX),
        says="Names of notification types, case-insensitive; `ALL_NOTIFICATIONS` for all, `collection*` for a prefix.",
        example=["modelDeleted"],
        read=tuple,
        show=list,
    ),
    OwnerField(
        name="is_global",
        wire="global",
        kind=bool,
        says="True: gets everybody's notifications, not only those that concern its owner. Only admins may set it.",
        default=False,
        example=True,
        is_edited=False,
    ),
    OwnerField(
        name="action_type",
        wire="actionType",
        kind=ActionType,
        says=(
            "`triggered`: the owner did it (`actionBy`). `received`: it is for the owner (`targetUser`) or for one of their "
            "groups (`targetGroup`). Null: both."
        ),
        default=None,
        example="triggered",
    ),
    OwnerField(
        name="is_enabled",
        wire="enabled",
        kind=bool,
        says="False pauses the webhook. True resumes it; if the service had disabled it, its health is reset.",
        example=False,
        is_created=False,
        is_shown=False,
    ),
    OwnerField(
        name="request_timeout_s",
        wire="timeoutSeconds",
        kind=float,
        bounds=REQUEST_TIMEOUTS_S,
        says="The total time of an attempt, in seconds. Null: the service's default.",
        default=None,
        example=5.0,
    ),
    OwnerField(
        name="attempt_schedule",
        wire="retrySchedule",
        kind=list[int],
        lengths=(0, WAITS_MAX),
        item_bounds=(WAIT_MIN_S, WAIT_MAX_S),
        says="Seconds between attempts. An empty array: no retries. Null: the service's default.",
        default=None,
        example=[60, 3600],
        read=lambda waits_s: None if waits_s is None else AttemptSchedule(tuple(waits_s)),
        show=lambda schedule: None if schedule is None else list(schedule.waits_s),
    ),
    OwnerField(
        name="rate_limit_per_s",
        wire="rateLimitPerSecond",
        kind=float,
        bounds=RATE_LIMITS_PER_S,
        says="Attempts per second; deliveries above the limit wait. Null: no limit.",
        default=None,
        example=1.0,
    ),
    OwnerField(
        name="retention_days",
        wire="retentionDays",
        kind=int,
        bounds=RETENTIONS_DAYS,
        says="Days for which history records are kept. Null: the service's default.",
        default=None,
        example=30,
    ),
    OwnerField(
        name="headers",
        wire="headers",
        kind=None,
        says="Custom headers of the requests. Each value is shown as `true`; `true` in a change keeps it.",
        default=None,
        example={"x-team": "data"},
        mask=lambda headers: [name for name, _ in headers],
    ),
    OwnerField(
        name="authentication",
        wire="authentication",
        kind=None,
        says="How requests authenticate. The secret is shown as `true`; `true` in a change keeps it.",
        default=None,
        example={"type": "bearer", "token": "t0ken"},
        mask=lambda value: None if value is None else True,
    ),
    OwnerField(
        name="body_format",
        wire="format",
        kind=BodyFormat,
        says="The format of the payload.",
        default=BodyFormat.SLACK,
        example="standard",
        read=lambda value: BodyFormat.SLACK if value is None else value,
    ),
    OwnerField(
        name="filter_expression",
        wire="filter",
        kind=str,
        lengths=(1, None),
        says="A JMESPath expression. Notifications for which it evaluates to false, null or empty are not delivered.",
        default=None,
        example="modelId > `10`",
    ),
    OwnerField(
        name="transform_expression",
        wire="transform",
        kind=str,
        lengths=(1, None),
        says="A JMESPath expression. Its result is the payload, in place of the format's.",
        default=None,
        example="{text: text}",
    ),
)
"""In the order of the members of a response."""
CREATED: Final = tuple(each for each in OWNER_FIELDS if each.is_created)
EDITED: Final = tuple(each for each in OWNER_FIELDS if each.is_edited)
SHOWN: Final = tuple(each for each in OWNER_FIELDS if each.is_shown)
