"""Notifications on the wire.

There is no model of a notification: `chalicelib.domain.notification` reads its text, which travels on as it was written.
"""

from pydantic import Field

from chalicelib.api.wire.model import Moment, Outgoing


class AcceptedOut(Outgoing):
    """A notification that was taken: its place in the request, its id, and its time where that is not at once."""

    index: int
    id: str
    deliver_at: Moment | None = Field(None, exclude_if=lambda at: at is None)
