"""From the messages of a batch to the steps that this process does: parsed, claimed, with their webhooks."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from chalicelib.concurrency import outcome
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.notifications import matching
from chalicelib.fanout import candidates, rendering
from chalicelib.fanout.pending import PendingDeliveries
from chalicelib.fanout.rendering import people_of
from chalicelib.fanout.step import Step, Work
from chalicelib.fanout.waves import in_waves
from chalicelib.intake.deferral import check_ahead

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from chalicelib.fanout.batch import Batch
    from chalicelib.fanout.candidates import Candidates
    from chalicelib.fanout.claims import StepClaims
    from chalicelib.intake.deferral import Deferral
    from chalicelib.intake.messages import ReceivedNotification
    from chalicelib.ports import Clock, Concurrently
    from chalicelib.settings import Settings

log = logging.getLogger(__name__)

_KB: Final = 1_000
_GROUP_WEBHOOKS: Final = 100
"""Webhooks of the works that are done together: so many attempts fill their requests, and more would only take memory."""


class OutOfTime(Unavailable):
    """The time of the batch was over before this step began; another batch does it."""

    code = "out_of_time"


class Preparation:
    """Prepares steps. What fails for one message is noted in the batch, and the others go on."""

    def __init__(
        self, *, claims: StepClaims, deferral: Deferral, clock: Clock, concurrently: Concurrently, settings: Settings
    ) -> None:
        self._claims = claims
        self._deferral = deferral
        self._clock = clock
        self._concurrently = concurrently
        self._settings = settings

    def works(self, messages: Sequence[ReceivedNotification], batch: Batch) -> list[Work]:
        """Parse messages, each once; give their notifications the catalogue's spelling of their types."""
        read = {each.message_id: outcome(self._read, each) for each in messages}
        batch.failures |= {message_id: each for message_id, each in read.items() if isinstance(each, Exception)}
        works = [each for each in read.values() if isinstance(each, Work)]
        batch.catalogue.read(each.notification.notification_type for each in works)
        labelled = [outcome(lambda work: self._labelled(work, batch), each) for each in works]
        return [work for _, work in batch.without_failures(works, labelled)]

    def waves(self, works: list[Work], batch: Batch) -> Iterable[list[Work]]:
        """Group works by how much they have to do: the light ones do not wait for the heavy ones."""
        if len(works) <= 1:
            return [works]
        now = self._clock.now()
        batch.reads.read_audiences(_audiences(each for each in works if not each.is_early(now)))
        return in_waves(works, [self._weight(each, batch) for each in works])

    def steps(self, wave: list[Work], batch: Batch) -> Iterator[list[Step]]:
        """Claim the works of a wave, and find the webhooks of those that are to be done, some works at a time.

        What the caller does with one group of steps is over before the webhooks of the next group are read. When the time of
        the batch is over, the rest of the wave fails.
        """
        waiting = deque(wave)
        if not batch.sending.is_over:
            waiting = deque(self._claimed(wave, batch))
            batch.reads.read_audiences(_audiences(waiting))
        while waiting and not batch.sending.is_over:
            yield self._steps(self._group(waiting, batch), batch)
        batch.fail(waiting, OutOfTime("There was no time left in its batch (FAN_OUT_S)."))

    def _read(self, message: ReceivedNotification) -> Work:
        message.require_no_pretence()
        message.hops.check(self._settings.step_hops_max)
        notification = message.read(self._settings.notification_bytes_max)
        return Work(message=message, notification=notification, position=message.position, left=message.left)

    def _labelled(self, work: Work, batch: Batch) -> Work:
        """The work with the type as the catalogue has it. An accepted notification is not refused for a lower limit."""
        notification = batch.catalogue.labelled(work.notification)
        if not work.message.is_accepted:
            check_ahead(notification, self._settings.deliver_ahead_days)
        return replace(work, notification=notification)

    def _weight(self, work: Work, batch: Batch) -> int:
        """About the number of its webhooks, and the KB to check against a schema; 0 for what cannot be read now."""
        if not work.is_first:
            return self._settings.fan_out_page_max
        if work.is_early(self._clock.now()):
            return 0
        has_schema = outcome(batch.catalogue.checks, work.notification) is True
        weights = [outcome(batch.reads.weight, each) for each in matching.sources(work.notification)]
        return sum(each for each in weights if isinstance(each, int)) + has_schema * (len(work.message.text) // _KB)

    def _claimed(self, wave: list[Work], batch: Batch) -> list[Work]:
        is_due = [outcome(lambda work: self._is_due(work, batch), each) for each in wave]
        due = [work for work, is_now in batch.without_failures(wave, is_due) if is_now]
        claimed: list[Work] = []
        for work, notification in batch.without_failures(due, self._concurrently(self._claims.take, due)):
            if notification is None:
                log.info("notification.repeated", extra={"notification_id": work.notification.id})
            else:
                claimed.append(replace(work, notification=notification))
        return claimed

    def _is_due(self, work: Work, batch: Batch) -> bool:
        """Whether it is due; if not, it is scheduled. Raises `SchemaViolation` if it does not match its type's schema."""
        if not work.is_first:
            return True
        batch.catalogue.check(work.notification, work.message.text)
        return not self._deferral.defers(work.notification, work.message.text)

    def _group(self, waiting: deque[Work], batch: Batch) -> list[tuple[Work, Candidates]]:
        """Take works from the queue, with their candidates, until these fill the requests."""
        group: list[tuple[Work, Candidates]] = []
        while waiting and sum(len(each.ids) for _, each in group) < _GROUP_WEBHOOKS:
            work = waiting.popleft()
            found = outcome(lambda each: candidates.of_step(each, batch.reads, self._settings.fan_out_page_max), work)
            group += batch.without_failures([work], [found])
        return group

    def _steps(self, group: list[tuple[Work, Candidates]], batch: Batch) -> list[Step]:
        if len(group) > 1:
            batch.reads.read_webhooks(chain.from_iterable(each.ids for _, each in group))
            batch.reads.read_names(chain.from_iterable(people_of(work.notification) for work, each in group if each.ids))
        steps = [outcome(lambda pair: self._step(*pair, batch), each) for each in group]
        return [step for _, step in batch.without_failures([work for work, _ in group], steps)]

    def _step(self, work: Work, proposed: Candidates, batch: Batch) -> Step:
        webhooks = proposed.chosen(work.notification, batch.reads.webhooks(proposed.ids))
        bodies = rendering.prepared(work.notification, batch.reads) if webhooks else None
        return Step(work=work, rest=proposed.rest, deliveries=PendingDeliveries(webhooks, bodies, self._clock.now()))


def _audiences(works: Iterable[Work]) -> Iterator[str]:
    """The audiences of first steps. A continuation is in the middle of one, and may not need the others."""
    return (source.audience for work in works if work.is_first for source in matching.sources(work.notification))
