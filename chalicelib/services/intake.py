"""Taking notifications in over HTTPS: checked, given an id, and put on the same queue that event sources use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain import depth as depths
from chalicelib.domain import ids, notification, verbatim
from chalicelib.domain.errors import Forbidden, PosthornError
from chalicelib.services import arrivals, deferral
from chalicelib.services.ports import QueuedNotification

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.directory import Caller
    from chalicelib.services.catalogue import Catalogue
    from chalicelib.services.ports import Clock, Entropy, NotificationQueue


@dataclass(frozen=True, slots=True)
class Accepted:
    """A notification that was taken, and when it is to be delivered where that is not at once."""

    id: str
    deliver_at: datetime | None


class Intake:
    """The use case of `POST /notifications`."""

    def __init__(
        self,
        *,
        queue: NotificationQueue,
        catalogue: Catalogue,
        clock: Clock,
        entropy: Entropy,
        notification_bytes_max: int,
        deliver_ahead_days: int,
        depth_max: int,
    ) -> None:
        self._queue = queue
        self._catalogue = catalogue
        self._clock = clock
        self._entropy = entropy
        self._notification_bytes_max = notification_bytes_max
        self._deliver_ahead_days = deliver_ahead_days
        self._depth_max = depth_max

    def accept(self, caller: Caller, texts: Sequence[str], depth: int = 0) -> list[Accepted | PosthornError]:
        """Queue notifications, each the JSON text of an object; each gets its id, or why it was refused.

        `depth` is how many deliveries led to them. Raises `NotificationLoop` if those are more than are allowed.
        """
        if not caller.may_send():
            message = "Sending notifications takes an admin, or a key with the right 'send'."
            raise Forbidden(message)
        depths.check(depth, self._depth_max)
        results: list[Accepted | PosthornError] = []
        queued: list[QueuedNotification] = []
        for text in texts:
            try:
                accepted, message_to_queue = self._accept(text, depth)
            except PosthornError as error:
                results.append(error)
            else:
                results.append(accepted)
                queued.append(message_to_queue)
        if queued:
            self._queue.send(queued)
        return results

    def _accept(self, text: str, depth: int) -> tuple[Accepted, QueuedNotification]:
        arrivals.check_size(text, self._notification_bytes_max)
        now = self._clock.now()
        fresh_id = ids.NOTIFICATION + ids.sortable(now, self._entropy.take(ids.ENTROPY_BYTES))
        taken = notification.parse(text, notification_id=fresh_id, accepted_at=now)
        self._catalogue.check(taken, text)
        deferral.check_ahead(taken, self._deliver_ahead_days)
        attributes = {deferral.ID: taken.id, deferral.ACCEPTED_AT: now.isoformat(), **deferral.told_depth(depth)}
        return Accepted(taken.id, taken.deliver_at), QueuedNotification(verbatim.carriable(text), attributes)
