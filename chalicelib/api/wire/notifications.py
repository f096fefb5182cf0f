"""Notifications on the wire.

There is no model of a notification: `chalicelib.domain.notification` reads its text, which travels on as it was written.
"""

from chalicelib.api.wire.model import Outgoing


class AcceptedOut(Outgoing):
    """A notification that was taken: its place in the request, and its id."""

    index: int
    id: str
