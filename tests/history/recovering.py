"""A webhook with a history, and a recovery that a test runs step by step."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.background.tasks import StepRecovery
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import Exchange, FailureCause, OutboundRequest, PendingAttempt, Response, Trigger
from chalicelib.domain.delivery.delivery import Delivery
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.history import records
from chalicelib.domain.notifications import notification
from chalicelib.intake.ports import HeldNotification
from testbed.fakes.people import settle
from testbed.fakes.service import service_on
from tests.domain.samples import webhook

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.history.recovery import Recovery, Wanted
    from testbed.fakes.service import FakeAdapters, Service

OWNER: Final = Caller("1", Role.USER)
MINE: Final = webhook(1)
SPAN: Final = timedelta(hours=2)
ONCE: Final = AttemptSchedule(())
"""A schedule without retries."""


def rooms_in(world: FakeAdapters, page_max: int = 2) -> Service:
    """A process, with a webhook, and steps of one small page each."""
    settle(world, OWNER)
    world.webhooks.create(MINE)
    return service_on(world, recovery_page_max=page_max, recovery_s=0)


def notified(world: FakeAdapters, number: int, *, by: int = 1, is_kept: bool = True) -> PendingAttempt:
    """The first attempt for a numbered notification of the last hour."""
    at = world.clock.now() - timedelta(hours=1) + timedelta(seconds=number)
    text = json.dumps({"notificationType": "modelDeleted", "text": f"n{number}", "actionBy": by})
    if is_kept:
        world.held.keep([HeldNotification(f"ntf_{number}", at, text)], 7)
    taken = notification.parse(text, notification_id=f"ntf_{number}", accepted_at=at)
    return Delivery.of(taken, MINE.id).first_attempt(f'{{"text":"n{number}"}}')


def made(
    world: FakeAdapters, attempt: PendingAttempt, failure: FailureCause | None = None, schedule: AttemptSchedule = ONCE
) -> HistoryRecord:
    """The attempt was made at the time of its record."""
    at = ids.time_of(attempt.record_id.sort)
    request = OutboundRequest(MINE.url, (), attempt.body.encode(), 10)
    answer = None if failure else Response(200, (), b"ok")
    came = Exchange(request=request, started_at=at, duration_ms=9, response=answer, failure=failure)
    record = records.record(attempt, came, schedule)
    world.history.write([record])
    return record


def again(record: HistoryRecord, at: datetime) -> PendingAttempt:
    """A manual retry."""
    return record.retry(ids.RecordId(MINE.id, ids.derived(at, "retry", str(record.attempt.record_id))))


def start(world: FakeAdapters, rooms: Service, only: Wanted) -> Recovery:
    """A recovery of the last two hours."""
    return rooms.api.recoveries.start(OWNER, MINE.id, only, world.clock.now() - SPAN, None)


def work_off(world: FakeAdapters, rooms: Service) -> int:
    """Do the steps that are queued, and those that they queue; return how many they were.

    A message is deleted once its step is done: where a process dies, it is there again.
    """
    steps = 0
    while world.background.sent:
        steps += 1
        rooms.recoverer.step(world.background.work(StepRecovery)[0].recovery_id, world.background.sent[0].hops)
        world.background.sent.pop(0)
    return steps


def recovered(world: FakeAdapters) -> list[str]:
    """The bodies of the enqueued attempts, in order."""
    sent = [each.attempt for each in world.deliveries.sent]
    assert all(each.trigger is Trigger.RECOVERY for each in sent)
    return sorted(json.loads(each.body)["text"] for each in sent)
