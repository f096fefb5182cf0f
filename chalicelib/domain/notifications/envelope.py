"""The message attributes that the service adds to an accepted notification.

They are read only from the queue `accepted`, to which only the service's own roles may send. A message of an event source
with one of them is refused: it would skip checks, or set another time or another producer's ids.

SQS accepts ten attributes with a message ("Amazon SQS message metadata", AWSSimpleQueueService/latest/SQSDeveloperGuide/
sqs-message-metadata).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.domain.notifications import producer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

PREFIX: Final = "posthorn"
"""The prefix of their names."""

ID: Final = "posthornId"
ACCEPTED_AT: Final = "posthornAcceptedAt"
PRODUCER: Final = "posthornProducer"
DEPTH: Final = "posthornDepth"
LEASE_UNTIL: Final = "posthornLeaseUntil"
"""Until when nobody else can have claimed the notification. It was claimed before it was sent."""
POSITION: Final = "posthornPosition"
LEFT: Final = "posthornLeft"
"""The webhooks of a lap, which a step had no time for."""
HOLDER: Final = "posthornHolder"
ROOT_HOLDER: Final = "posthornRootHolder"
HOPS: Final = "posthornHops"
"""The number of the fan-out's steps, a bar, and since when: one attribute, so that a dead letter has room for its reason."""


def identity(notification_id: str, accepted_at: datetime, producer_name: str, depth: int) -> dict[str, str]:
    """What is known of a notification besides its text, in each of its messages."""
    known = {ID: notification_id, ACCEPTED_AT: accepted_at.isoformat()}
    if producer_name != producer.UNKNOWN:
        known[PRODUCER] = producer_name
    if depth:
        known[DEPTH] = str(depth)
    return known


def own(names: Iterable[str]) -> list[str]:
    """Those of the names that no producer may set, in any case."""
    return [name for name in names if name.lower().startswith(PREFIX)]
