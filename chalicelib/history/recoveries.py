"""Recoveries: start, show, list and stop them.

A background worker does the work, in steps (`chalicelib.history.recoverer`). A webhook has one recovery at a time: a new one
is written on condition that the latest, which has ended, is still the latest. Of two that start at the same time, one
fails::

    A  latest? rcv_1, done ─▶ rcv_2 in its place, if it still is rcv_1 ─▶ started
    B  latest? rcv_1, done ─▶ rcv_3 in its place, if it still is rcv_1: no ─▶ latest? rcv_2, running ─▶ 409
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.access import preconditions
from chalicelib.background.tasks import StepRecovery, Task
from chalicelib.domain import ids
from chalicelib.domain.directory.preconditions import StandingLost, of_actor
from chalicelib.domain.errors import InvalidInput, RecoveryNotFound, RecoveryRunning, VersionConflict
from chalicelib.domain.history.recovery import Recovery, RecoveryState, Wanted

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.background.ports import BackgroundQueue
    from chalicelib.directory.ports import Directory
    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.directory.users import Caller
    from chalicelib.history.ports import RecoveryStore
    from chalicelib.ports import Clock, Entropy
    from chalicelib.webhooks.service import WebhookService


_STARTS_MAX: Final = 5
"""How often a start is tried while others start and end recoveries of the same webhook."""
_STALLED: Final = timedelta(minutes=15)
"""A recovery that has not advanced for so long was left by a process that died before it enqueued the next step."""


class RecoveryService:
    """The use cases of `/webhooks/{webhook_id}/recover` and `…/recoveries`."""

    def __init__(
        self,
        *,
        recoveries: RecoveryStore,
        directory: Directory,
        webhooks: WebhookService,
        background: BackgroundQueue,
        clock: Clock,
        entropy: Entropy,
        notification_days: int,
    ) -> None:
        self._recoveries = recoveries
        self._directory = directory
        self._webhooks = webhooks
        self._background = background
        self._clock = clock
        self._entropy = entropy
        self._notification_days = notification_days

    def start(self, caller: Caller, webhook_id: str, only: Wanted, since: datetime, until: datetime | None) -> Recovery:
        """Start one; `until` is now if it is missing or in the future.

        Raises `WebhookPaused` or `WebhookDisabled` if the webhook gets no deliveries, and `RecoveryRunning` if another one
        is running. A stalled one is continued. Its owner may stop it.
        """
        webhook = self._webhooks.get(caller, webhook_id)
        webhook.require_live()
        now = self._clock.now()
        ends = now if until is None else min(until, now)
        self._check(only, since, ends)
        recovery = Recovery(
            id=ids.RECOVERY + ids.sortable(now, self._entropy.take(ids.ENTROPY_BYTES)),
            webhook_id=webhook.id,
            only=only,
            since=since,
            until=ends,
            started_at=now,
            updated_at=now,
            is_surveyed=only is Wanted.ALL,
        )
        self._create(caller, recovery, of_actor(caller, webhook))
        self._background.send([Task(StepRecovery(recovery.id))])
        return recovery

    def page(self, caller: Caller, webhook_id: str, before: str | None, limit: int) -> tuple[list[Recovery], str | None]:
        """Recoveries of a webhook, newest first, and the id after which to continue."""
        webhook = self._webhooks.get(caller, webhook_id)
        found = self._recoveries.page(webhook.id, before, limit + 1)
        has_more = len(found) > limit
        return found[:limit], found[limit - 1].id if has_more else None

    def get(self, caller: Caller, webhook_id: str, recovery_id: str) -> Recovery:
        """One recovery of a webhook; raise `RecoveryNotFound` if it does not exist.

        A stalled one is continued. If it was not stalled, a step is done twice at worst, with the same record ids, and only
        one of the two goes on.
        """
        webhook = self._webhooks.get(caller, webhook_id)
        found = self._recoveries.get(recovery_id) if ids.is_id(ids.RECOVERY, recovery_id) else None
        if found is None or found.webhook_id != webhook.id:
            message = "There is no such recovery of this webhook."
            raise RecoveryNotFound(message)
        self._perhaps_revive(found)
        return found

    def stop(self, caller: Caller, webhook_id: str, recovery_id: str) -> Recovery:
        """Stop one, unless it has ended. A running step may still enqueue its page."""
        while True:
            found = self.get(caller, webhook_id, recovery_id)
            stopped = found.ended(self._clock.now(), RecoveryState.STOPPED)
            if found.state is not RecoveryState.RUNNING:
                return found
            if self._recoveries.advance(found, stopped):
                return stopped

    def _create(self, caller: Caller, recovery: Recovery, held: Standing) -> None:
        """Write it, unless another one of the webhook is running, or the caller may not start it any more."""
        for _ in range(_STARTS_MAX):
            latest = self._recoveries.latest(recovery.webhook_id)
            other = None if latest is None else self._recoveries.get(latest)
            if other is not None and other.state is RecoveryState.RUNNING:
                self._perhaps_revive(other)
                message = f"The recovery {other.id} of this webhook is running. Wait until it ends, or stop it."
                raise RecoveryRunning(message, {"recoveryId": other.id})
            if self._is_created(caller, recovery, latest, held):
                return
        message = "Others keep starting recoveries of this webhook. Try again."
        raise VersionConflict(message)

    def _is_created(self, caller: Caller, recovery: Recovery, latest: str | None, held: Standing) -> bool:
        try:
            return self._recoveries.create(recovery, latest, (held,))
        except StandingLost:
            preconditions.require(self._directory, caller, (held,))
            return False

    def _perhaps_revive(self, found: Recovery) -> None:
        """Continue a stalled one."""
        if found.state is RecoveryState.RUNNING and self._clock.now() - found.updated_at >= _STALLED:
            self._background.send([Task(StepRecovery(found.id))])

    def _check(self, only: Wanted, since: datetime, until: datetime) -> None:
        if since >= until:
            message = "'since' must be before 'until', and in the past."
            raise InvalidInput(message, {"since": "It must be before 'until', and in the past."})
        if only is Wanted.MISSING and not self._notification_days:
            message = "Notifications are not stored here (NOTIFICATION_DAYS is 0), so missing deliveries are not known."
            raise InvalidInput(message, {"only": "'missing' needs NOTIFICATION_DAYS."})
