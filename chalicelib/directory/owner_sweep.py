"""A walk through all webhooks, some each minute, that finds those that contradict the directory.

A change of a user writes a note, and the webhooks are updated (`chalicelib.directory.owners`). This walk finds what has no
note: a webhook that was restored from a backup, written by an older release, or missed by an error. It only reads, and
writes a note for the owner. It also corrects the counts of owners' webhooks.

A round begins every `sweep_hours`. If it has more webhooks than fit into that time, it continues until it is done. So each
webhook is checked within `sweep_hours`, or within as many minutes as there are webhooks / `webhooks_max`.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.background.tasks import FollowOwner, Task
from chalicelib.directory.owners import LOOK_AGAIN_S, in_step
from chalicelib.webhooks.ports import SweepPlace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.background.ports import BackgroundQueue
    from chalicelib.directory.ports import Directory
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.ports import Clock
    from chalicelib.webhooks.ports import WebhookStore

log = logging.getLogger(__name__)


class OwnerSweep:
    """The schedule worker's check of some webhooks."""

    def __init__(
        self,
        *,
        directory: Directory,
        store: WebhookStore,
        background: BackgroundQueue,
        clock: Clock,
        sweep_hours: int,
        webhooks_max: int,
    ) -> None:
        self._directory = directory
        self._store = store
        self._background = background
        self._clock = clock
        self._round = timedelta(hours=sweep_hours)
        self._webhooks_max = webhooks_max

    def sweep(self) -> int:
        """Check the next webhooks, if a round is due or running; return the number of owners with contradictions."""
        now = self._clock.now()
        place = self._store.sweep_place()
        if place is None or (place.after is None and now >= place.began_at + self._round):
            place = SweepPlace(None, now)
        elif place.after is None:
            return 0
        page = self._store.page(None, place.after, self._webhooks_max)
        noted = self._note_owners(page, now)
        self._recount({each.owner_id for each in page}, now)
        is_over = len(page) < self._webhooks_max
        self._store.move_sweep(SweepPlace(None if is_over else page[-1].id, place.began_at))
        return noted

    def _note_owners(self, webhooks: Sequence[Webhook], now: datetime) -> int:
        """Write notes for the owners of webhooks that contradict the directory."""
        owners = self._directory.users_of({each.owner_id for each in webhooks})
        wrong = {each.owner_id for each in webhooks if in_step(each, owners.get(each.owner_id), now) != each}
        for owner_id in sorted(wrong):
            log.warning("owner.contradicted", extra={"user_id": owner_id})
            self._directory.note_owner(owner_id, now)
            self._background.send([Task(FollowOwner(owner_id, now))])
        return len(wrong)

    def _recount(self, owner_ids: set[str], now: datetime) -> None:
        """Correct the counts. A count that was just changed is skipped, since the index may lag."""
        settled_before = now - timedelta(seconds=LOOK_AGAIN_S)
        for owner_id in sorted(owner_ids):
            if self._store.recount(owner_id, settled_before, now):
                log.warning("owner.recounted", extra={"user_id": owner_id})
