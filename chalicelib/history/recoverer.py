"""The worker of a recovery: page by page, for some seconds. Then the rest is enqueued.

For each page it enqueues the attempts, notes their deliveries as settled, and advances the recovery. If the process dies:

* before the attempts are enqueued: SQS delivers the message again, and the step is done then;
* before the deliveries are noted, or before the recovery is advanced: SQS delivers the message again, and the page is
  enqueued again, each attempt with the same record id (`Recovery.record_id_of`). The deliver worker finds the record of the
  first copy and sends nothing;
* between two pages, or before the rest is enqueued: SQS delivers the message again, and the next page is worked on;
* after that: two messages continue one recovery. The second one to advance it finds another `version`, and ends.

There are two phases. The *survey* (`chalicelib.history.settled_deliveries`) reads the webhook's history back to `since`. It
notes which deliveries of the period succeeded in a later attempt, or will be retried automatically. Then each candidate of a
page is checked with three batch reads: whether it is noted, whether its first attempt succeeded (the id of that record is
known), and whether it was already enqueued.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.background.tasks import StepRecovery, Task
from chalicelib.delivery import lanes
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import Outcome, PendingAttempt, Trigger
from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.delivery.hops import NONE as NO_HOPS
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.expressions.evaluation import Allowance
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.history.recovery import Recovery, RecoveryState, Wanted
from chalicelib.domain.notifications import eligibility, notification
from chalicelib.fanout import rendering
from chalicelib.history import settled_deliveries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from chalicelib.background.ports import BackgroundQueue
    from chalicelib.delivery.ports import DeliveryQueue
    from chalicelib.directory.ports import Directory
    from chalicelib.domain.delivery.hops import Hops
    from chalicelib.domain.directory.users import User
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.history.ports import HistoryStore, RecoveryStore
    from chalicelib.intake.catalogue import Catalogue
    from chalicelib.intake.ports import HeldNotification, NotificationStore
    from chalicelib.ports import Clock
    from chalicelib.webhooks.ports import WebhookStore

log = logging.getLogger(__name__)

_DAY: Final = timedelta(days=1)
_PAGE_WORK_MAX: Final = 100_000_000
"""Units of work for which a page renders notifications. The rest is left to the next page."""


@dataclass(frozen=True, slots=True)
class _Step:
    """The result of a page: attempts to enqueue, deliveries to note, how much was read, up to when, where to continue."""

    attempts: list[PendingAttempt]
    settled: set[str]
    examined: int
    reached_at: datetime | None
    cursor: str | None


class Recoverer:
    """The recovery worker."""

    def __init__(  # noqa: PLR0913 - one argument for each port
        self,
        *,
        recoveries: RecoveryStore,
        history: HistoryStore,
        held: NotificationStore,
        store: WebhookStore,
        directory: Directory,
        deliveries: DeliveryQueue,
        background: BackgroundQueue,
        catalogue: Catalogue,
        clock: Clock,
        page_max: int,
        recovery_s: float,
        notification_days: int,
    ) -> None:
        self._recoveries = recoveries
        self._history = history
        self._held = held
        self._store = store
        self._directory = directory
        self._deliveries = deliveries
        self._background = background
        self._catalogue = catalogue
        self._clock = clock
        self._page_max = page_max
        self._recovery_s = recovery_s
        self._notification_days = notification_days

    def step(self, recovery_id: str, hops: Hops = NO_HOPS) -> None:
        """Work on a recovery, page by page, until the time is over. Then enqueue the rest.

        A recovery that has ended is not touched.

        Raises `InvalidInput` if this is not the id of a recovery.
        """
        if not ids.is_id(ids.RECOVERY, recovery_id):
            message = f"{recovery_id[:50]!r} is not the id of a recovery."
            raise InvalidInput(message)
        until = self._clock.now() + timedelta(seconds=self._recovery_s)
        recovery = self._recoveries.get(recovery_id)
        while recovery is not None and recovery.state is RecoveryState.RUNNING:
            recovery = self._page(recovery)
            if self._clock.now() >= until and recovery is not None and recovery.state is RecoveryState.RUNNING:
                self._background.send([Task(StepRecovery(recovery.id), hops.next(self._clock.now()))])
                return

    def _page(self, recovery: Recovery) -> Recovery | None:
        """Work on one page; return the advanced recovery, ``None`` if somebody else has advanced it."""
        webhook = self._store.get(recovery.webhook_id)
        if webhook is None or not webhook.is_live:
            self._recoveries.advance(recovery, recovery.ended(self._clock.now(), RecoveryState.FAILED))
            return None
        step = self._next(recovery, webhook)
        self._enqueue(step.attempts, webhook)
        if step.settled:
            self._recoveries.mark(recovery, step.settled)
        moved = recovery.advanced(
            self._clock.now(),
            step.cursor,
            reached_at=step.reached_at,
            examined=step.examined,
            enqueued=len(step.attempts),
        )
        is_moved = self._recoveries.advance(recovery, moved)
        log.info("recovery.stepped", extra={"recovery_id": recovery.id, "enqueued": len(step.attempts)})
        return moved if is_moved else None

    def _next(self, recovery: Recovery, webhook: Webhook) -> _Step:
        if not recovery.is_surveyed:
            return self._survey(recovery)
        if recovery.reads_kept_notifications:
            return self._missing(recovery, webhook)
        return self._recorded(recovery)

    def _survey(self, recovery: Recovery) -> _Step:
        """Note the deliveries that succeeded in a later attempt, or will be retried automatically."""
        records, cursor = self._records(recovery, None)
        settled = settled_deliveries.settled(records, recovery, self._clock.now(), self._history)
        return _Step([], {each for each in settled if recovery.covers(each)}, len(records), _time_of_last(records), cursor)

    def _recorded(self, recovery: Recovery) -> _Step:
        """Deliveries from the history, each once, with their original bytes."""
        records, cursor = self._records(recovery, Outcome.FAILED if recovery.only is Wanted.FAILED else None)
        newest = {each.attempt.delivery_id: each for each in reversed(records) if _is_recoverable(each, recovery)}
        fresh = self._unsettled(recovery, newest)
        if recovery.only is Wanted.FAILED:
            fresh -= self._delivered([newest[each].attempt for each in fresh])
        attempts = [_again(newest[each], recovery) for each in newest if each in fresh]
        return _Step(attempts, fresh, len(records), _time_of_last(records), cursor)

    def _missing(self, recovery: Recovery, webhook: Webhook) -> _Step:
        """Stored notifications that the webhook subscribes to and has not got, rendered as today."""
        since = max(recovery.since, recovery.started_at - self._notification_days * _DAY - _DAY)
        if since >= recovery.until:
            return _Step([], set(), 0, None, None)
        owner = self._directory.user(webhook.owner_id)
        made: dict[HeldNotification, PendingAttempt | None] = {}
        kept, cursor = self._held.kept(since, recovery.until, recovery.cursor, self._page_max)
        count = self._make(kept, webhook, owner, made)
        if count < len(kept):
            kept, cursor = self._held.kept(since, recovery.until, recovery.cursor, count)
            self._make(kept, webhook, owner, made)
        owed = {attempt.delivery_id: attempt for each in kept if (attempt := made.get(each)) is not None}
        fresh = self._unsettled(recovery, owed)
        fresh -= self._delivered([owed[each] for each in fresh])
        attempts = [_under(recovery, owed[each]) for each in owed if each in fresh]
        return _Step(attempts, fresh, len(kept), max((each.at for each in kept), default=None), cursor)

    def _records(self, recovery: Recovery, outcome: Outcome | None) -> tuple[list[HistoryRecord], str | None]:
        """A page of the webhook's records, newest first, from before the recovery began, so without its own."""
        wanted = HistoryFilter(outcome, since=recovery.since, until=recovery.started_at)
        return self._history.page(recovery.webhook_id, recovery.cursor, wanted, self._page_max)

    def _unsettled(self, recovery: Recovery, delivery_ids: Iterable[str]) -> set[str]:
        among = set(delivery_ids)
        return among - self._recoveries.marked(recovery, among) if among else among

    def _delivered(self, attempts: Iterable[PendingAttempt]) -> set[str]:
        """The deliveries whose first attempt succeeded."""
        first = {Delivery.of_attempt(each).first_record_id: each.delivery_id for each in attempts}
        found = self._history.get_many(first) if first else {}
        return {first[key] for key, record in found.items() if record.outcome is Outcome.SUCCEEDED}

    def _make(
        self,
        kept: Sequence[HeldNotification],
        webhook: Webhook,
        owner: User | None,
        made: dict[HeldNotification, PendingAttempt | None],
    ) -> int:
        """Add the attempt for each notification, until the work of a page is done; return how many were examined.

        The work ends at the same notification each time. The page is then read again up to there, to get the position after
        it. If a notification was added in between, the second call makes its attempt.
        """
        work = 0
        for count, each in enumerate(kept, 1):
            if each not in made:
                allowance = Allowance()
                taken = self._catalogue.labelled(_read(each))
                is_owed = eligibility.may_recover(webhook, owner, taken)
                made[each] = self._attempt(taken, webhook, allowance) if is_owed else None
                work += allowance.spent
            if work >= _PAGE_WORK_MAX:
                return count
        return len(kept)

    def _attempt(self, taken: Notification, webhook: Webhook, allowance: Allowance) -> PendingAttempt | None:
        """The attempt that the fan-out would have made; ``None`` if the webhook's filter does not match."""
        return rendering.prepared(taken, self._directory).first_attempt(webhook, allowance)

    def _enqueue(self, attempts: list[PendingAttempt], webhook: Webhook) -> None:
        now = self._clock.now()
        if attempts:
            self._deliveries.send([lanes.enqueued(each, webhook.health, now) for each in attempts])


def _is_recoverable(record: HistoryRecord, recovery: Recovery) -> bool:
    """An expunged record has nothing left to send, and a test is not a delivery."""
    is_test = record.attempt.trigger is Trigger.TEST
    return not is_test and record.expunged is None and recovery.covers(record.attempt.delivery_id)


def _time_of_last(records: Sequence[HistoryRecord]) -> datetime | None:
    """The time of the oldest record of a page, which is the last one."""
    return records[-1].created_at if records else None


def _again(record: HistoryRecord, recovery: Recovery) -> PendingAttempt:
    return replace(_under(recovery, record.attempt), retry_of=str(record.attempt.record_id), chosen=None)


def _under(recovery: Recovery, attempt: PendingAttempt) -> PendingAttempt:
    """The attempt as the recovery's own: with its record id, and at the start of the schedule."""
    return replace(
        attempt,
        record_id=recovery.record_id_of(attempt.delivery_id),
        attempt_number=1,
        trigger=Trigger.RECOVERY,
        slot_at=None,
    )


def _read(held: HeldNotification) -> Notification:
    read = notification.parse(held.text, notification_id=held.id, accepted_at=held.at, producer_name=held.producer)
    return replace(read, depth=held.depth)
