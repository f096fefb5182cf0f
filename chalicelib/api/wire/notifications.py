"""Notifications on the wire.

No model reads a notification: `chalicelib.domain.notifications.notification` reads its text, which travels on as it was
written. The models of it here describe what it takes.
"""

from typing import Annotated

from pydantic import ConfigDict, Field

from chalicelib.api.wire.errors import ElementError, ErrorDetail
from chalicelib.api.wire.model import Described, GivenMoment, Moment, Outgoing, left_out
from chalicelib.domain.notifications.notification import ID_LENGTH_MAX, PRINCIPAL_LENGTH_MAX, TEXT_LENGTH_MAX
from chalicelib.domain.notifications.notification_types import NAME_PATTERN

PrincipalId = Annotated[str, Field(min_length=1, max_length=PRINCIPAL_LENGTH_MAX)] | int


class AcceptedOut(Outgoing):
    """A notification that was taken: its place in the request, its id, and its time where that is not at once."""

    index: int
    id: str
    deliver_at: Moment | None = left_out()


class NotificationIn(Described):
    """Something that happened. What is not known here travels on to the receivers, each value as it was written."""

    model_config = ConfigDict(extra="allow")

    notification_type: Annotated[str, Field(pattern=f"^{NAME_PATTERN}$")]
    id: Annotated[str, Field(min_length=1, max_length=ID_LENGTH_MAX)] | None = None
    text: Annotated[str, Field(max_length=TEXT_LENGTH_MAX)] | None = None
    deliver_at: GivenMoment | None = None
    action_by: PrincipalId | None = None
    target_user: PrincipalId | None = None
    target_group: PrincipalId | None = None


class NotificationsIn(Described):
    """Several notifications in one request; how many is the setting NOTIFICATIONS_PER_REQUEST_MAX."""

    model_config = ConfigDict(extra="forbid")

    notifications: Annotated[list[NotificationIn], Field(min_length=1)]


class TakenOut(Described):
    """What became of each notification of a request."""

    accepted: list[AcceptedOut]
    errors: list[ElementError]


class NoneTakenOut(TakenOut):
    """Why none of the notifications was taken; `error` speaks for all."""

    error: ErrorDetail
