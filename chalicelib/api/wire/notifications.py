"""Notifications in requests and responses.

No model parses a notification: `chalicelib.domain.notifications.notification` parses its text, which is passed on unchanged.
The models here only describe what is accepted.
"""

from typing import Annotated

from pydantic import ConfigDict, Field

from chalicelib.api.wire.errors import ElementError, ErrorDetail
from chalicelib.api.wire.model import Described, GivenMoment, Moment, Outgoing, left_out
from chalicelib.domain.notifications.notification import ID_LENGTH_MAX, PRINCIPAL_LENGTH_MAX, TEXT_LENGTH_MAX
from chalicelib.domain.notifications.notification_types import NAME_PATTERN

PrincipalId = Annotated[str, Field(min_length=1, max_length=PRINCIPAL_LENGTH_MAX)] | int


class AcceptedOut(Outgoing):
    """An accepted notification: its position in the request, its id and, if it is scheduled, its time."""

    index: int
    id: str
    deliver_at: Moment | None = left_out()


class NotificationIn(Described):
    """Something that happened. Unknown members are passed on to the receivers, each value as written."""

    model_config = ConfigDict(extra="allow")

    notification_type: Annotated[str, Field(pattern=f"^{NAME_PATTERN}$")]
    id: Annotated[str, Field(min_length=1, max_length=ID_LENGTH_MAX)] | None = None
    text: Annotated[str, Field(max_length=TEXT_LENGTH_MAX)] | None = None
    deliver_at: GivenMoment | None = None
    action_by: PrincipalId | None = None
    target_user: PrincipalId | None = None
    target_group: PrincipalId | None = None


class NotificationsIn(Described):
    """Several notifications in one request. The setting NOTIFICATIONS_PER_REQUEST_MAX limits their number."""

    model_config = ConfigDict(extra="forbid")

    notifications: Annotated[list[NotificationIn], Field(min_length=1)]


class TakenOut(Described):
    """The result for each notification of a request."""

    accepted: list[AcceptedOut]
    errors: list[ElementError]


class NoneTakenOut(TakenOut):
    """The result if no notification was accepted; `error` is about the whole request."""

    error: ErrorDetail
