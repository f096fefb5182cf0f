"""Taking notifications in over HTTPS: checked, given an id, and put on the same queue that event sources use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain import ids, notification, verbatim
from chalicelib.domain.errors import Forbidden, PosthornError
from chalicelib.services import fan_out
from chalicelib.services.ports import QueuedNotification

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.directory import Caller
    from chalicelib.services.ports import Clock, Entropy, NotificationQueue


class Intake:
    """The use case of `POST /notifications`."""

    def __init__(self, *, queue: NotificationQueue, clock: Clock, entropy: Entropy, notification_bytes_max: int) -> None:
        self._queue = queue
        self._clock = clock
        self._entropy = entropy
        self._notification_bytes_max = notification_bytes_max

    def accept(self, caller: Caller, texts: Sequence[str]) -> list[str | PosthornError]:
        """Queue notifications, each the JSON text of an object; each gets its id, or the reason why it was refused."""
        if not caller.may_notify():
            message = "Sending notifications takes an admin, or a key with the right 'notify'."
            raise Forbidden(message)
        results: list[str | PosthornError] = []
        queued: list[QueuedNotification] = []
        for text in texts:
            try:
                message_id, message_to_queue = self._accept(text)
            except PosthornError as error:
                results.append(error)
            else:
                results.append(message_id)
                queued.append(message_to_queue)
        if queued:
            self._queue.send(queued)
        return results

    def _accept(self, text: str) -> tuple[str, QueuedNotification]:
        fan_out.check_size(text, self._notification_bytes_max)
        now = self._clock.now()
        fresh_id = ids.NOTIFICATION + ids.sortable(now, self._entropy.take(ids.ENTROPY_BYTES))
        taken = notification.parse(text, notification_id=fresh_id, accepted_at=now)
        attributes = {fan_out.ID: taken.id, fan_out.ACCEPTED_AT: now.isoformat()}
        return taken.id, QueuedNotification(verbatim.carriable(text), attributes)
