"""The message attributes that the service adds to the text of a notification that it has accepted.

They are read only from the queue `accepted`, to which only the service's own roles may send. A message of an event source
that has one of them is refused: it could skip checks, or claim another time or another producer's ids.

SQS allows ten attributes for each message ("Amazon SQS message metadata", AWSSimpleQueueService/latest/SQSDeveloperGuide/
sqs-message-metadata).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.domain.notifications import producer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

PREFIX: Final = "posthorn"
"""The prefix of every attribute's name."""

ID: Final = "posthornId"
ACCEPTED_AT: Final = "posthornAcceptedAt"
PRODUCER: Final = "posthornProducer"
DEPTH: Final = "posthornDepth"
LEASE_UNTIL: Final = "posthornLeaseUntil"
"""When the lease on the notification ends. Its id was claimed before it was sent."""
POSITION: Final = "posthornPosition"
LEFT: Final = "posthornLeft"
"""The webhooks of a lap: those for which a step had no time."""
HOLDER: Final = "posthornHolder"
ROOT_HOLDER: Final = "posthornRootHolder"
HOPS: Final = "posthornHops"
"""The number of hops, ``|``, and the time of the first. It is one attribute, so a dead letter has room for its reason."""


def identity(notification_id: str, accepted_at: datetime, producer_name: str, depth: int) -> dict[str, str]:
    """The attributes that stay with a notification each time it is put on a queue."""
    attributes = {ID: notification_id, ACCEPTED_AT: accepted_at.isoformat()}
    if producer_name != producer.UNKNOWN:
        attributes[PRODUCER] = producer_name
    if depth:
        attributes[DEPTH] = str(depth)
    return attributes


def own(names: Iterable[str]) -> list[str]:
    """The names that only the service may set, case-insensitive."""
    return [name for name in names if name.lower().startswith(PREFIX)]
