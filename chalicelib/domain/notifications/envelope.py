"""What the service writes beside the text of a notification that it has accepted: attributes of the message.

They are read from the queue `accepted` alone, on which only the service's own roles may send. A message of an event source
that has one of them is refused: it would skip checks, or take another time or another producer's ids.

SQS takes ten attributes with a message ("Amazon SQS message metadata", AWSSimpleQueueService/latest/SQSDeveloperGuide/
sqs-message-metadata).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.domain.notifications import producer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

PREFIX: Final = "posthorn"
"""How the name of each of them begins."""

ID: Final = "posthornId"
ACCEPTED_AT: Final = "posthornAcceptedAt"
PRODUCER: Final = "posthornProducer"
DEPTH: Final = "posthornDepth"
LEASE_UNTIL: Final = "posthornLeaseUntil"
"""Until when nobody else can have claimed the notification: it was claimed before it was sent."""
POSITION: Final = "posthornPosition"
LEFT: Final = "posthornLeft"
"""The webhooks of a lap: those that a step had no time for."""
HOLDER: Final = "posthornHolder"
ROOT_HOLDER: Final = "posthornRootHolder"
HOPS: Final = "posthornHops"
"""How often the fan-out went round, a bar, and since when: one attribute, so that a dead letter has room for its reason."""


def identity(notification_id: str, accepted_at: datetime, producer_name: str, depth: int) -> dict[str, str]:
    """What is known of a notification beside its text, wherever its message comes again."""
    known = {ID: notification_id, ACCEPTED_AT: accepted_at.isoformat()}
    if producer_name != producer.UNKNOWN:
        known[PRODUCER] = producer_name
    if depth:
        known[DEPTH] = str(depth)
    return known


def own(names: Iterable[str]) -> list[str]:
    """Those of the names that no producer may set, in any case."""
    return [name for name in names if name.lower().startswith(PREFIX)]
