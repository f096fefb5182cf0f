"""Reads from the simulation what the oracle checks: the inputs and outputs, as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.codec import messages
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.webhooks.webhook import REASONS_OF_OWNERS
from tests.simulation.oracle import facts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.webhook import Webhook
    from tests.simulation.chaos import Chaos
    from tests.simulation.observed import Observed
    from tests.simulation.people import People
    from tests.simulation.processes import Process
    from tests.simulation.queues import SimMessage
    from tests.simulation.world import World

_ALL = 100_000


def read(world: World, people: People, processes: Iterable[Process], chaos: Chaos) -> facts.Facts:
    """All facts of a run that has ended."""
    observed, known = world.observed, people.known
    runs = _runs(processes, chaos.clock.now())
    now = world.store.get_many([webhook.id for webhook in people.webhooks])
    return facts.Facts(
        is_calm=chaos.is_calm,
        has_freezes=any(each.kind == "freeze" for each in chaos.mishaps),
        subscribers=[_subscriber(each, now.get(each.id), people) for each in people.webhooks],
        postings=_postings([*known.tried, *observed.notice_texts], [*known.accepted, *observed.notice_texts]),
        calls=_calls(observed, runs),
        sent=_sent(observed, runs),
        rows=[row for each in people.webhooks for row in _rows(world, each.id)],
        unsent=[
            facts.Unsent(each.finished_at, each.attempt.delivery_id, each.attempt.webhook_id, each.attempt.attempt_number)
            for each in observed.unsent
        ],
        left=[_row(each, observed) for gone in observed.removed_at for each in world.history.kept_of(gone)],
        health={
            webhook_id: [facts.Health(at, each.failures, each.probe_at) for at, each in changes]
            for webhook_id, changes in observed.health.items()
        },
        notices=[(each.kind, each.webhook_id) for each in observed.notices],
        disabled={key: _disabled_reason(each) for key, each in now.items() if each.is_live or _disabled_reason(each)},
        recoveries=[_recovery(world, each.id, each.webhook_id, each.only, each.at) for each in known.asked],
        retries=known.retries,
        deleted=known.deleted,
        removed_at=observed.removed_at,
        first_kept_at=observed.kept_at,
        in_flight_most=observed.in_flight_most,
        runs=list(runs.values()),
    )


def _runs(processes: Iterable[Process], now: datetime) -> dict[Process, facts.Run]:
    """The processes with their excuses. An excuse passes to the later processes that a process led to."""
    found: dict[Process, facts.Run] = {}
    for process in processes:
        is_excused = process.has_mishap or any(_is_odd(each.message, process, found) for each in process.taken)
        found[process] = facts.Run(
            name=process.name,
            started_at=process.started_at,
            ended_at=process.ended_at or now,
            is_lost=process.is_lost,
            is_late=process.is_late,
            has_mishap=process.has_mishap,
            is_excused=is_excused,
            took=frozenset(each.message.body for each in process.taken if process.name in {"notifications", "accepted"}),
            again=_again(process),
        )
    return found


def _is_odd(message: SimMessage, taker: Process, runs: dict[Process, facts.Run]) -> bool:
    """Whether a message came again, or came at all, because something had gone wrong before."""
    before = message.taken_by[: message.taken_by.index(taker)] if taker in message.taken_by else message.taken_by
    led_to_it = [*before, *([message.sent_by] if message.sent_by is not None else [])]
    return message.is_odd or any(runs[each].is_excused for each in led_to_it if each in runs)


def _again(process: Process) -> frozenset[str]:
    again = [each.message.body for each in process.taken if each.receive_count > 1 and each.message.body.startswith('{"')]
    if process.name not in {"deliveries", "slow-deliveries"}:
        return frozenset()
    return frozenset(str(messages.attempt_from_text(body).record_id) for body in again)


def _subscriber(webhook: Webhook, now: Webhook | None, people: People) -> facts.Subscriber:
    known = people.known
    was_touched = webhook.id in known.deleting or webhook.id in known.paused
    return facts.Subscriber(
        id=webhook.id,
        url=webhook.url,
        name=webhook.name,
        owner_id=webhook.owner_id,
        types=tuple(webhook.notification_types),
        is_global=webhook.is_global,
        action=None if webhook.action_type is None else webhook.action_type.value,
        groups=tuple(webhook.groups),
        rate_per_s=webhook.rate_limit_per_s,
        is_steady=now is not None and now.is_live and not was_touched,
        paused_at=known.paused.get(webhook.id),
        resumed_at=known.resumed.get(webhook.id),
    )


def _postings(tried: Iterable[tuple[str, datetime]], accepted: Iterable[tuple[str, datetime]]) -> list[facts.Posting]:
    """Each notification once, even if its producer sent it several times."""
    first: dict[str, datetime] = {}
    told: dict[str, datetime] = {}
    for times, given in ((first, tried), (told, accepted)):
        for text, at in given:
            times[text] = min(at, times.get(text, at))
    return [facts.Posting(text, at, told.get(text)) for text, at in first.items()]


def _calls(observed: Observed, runs: dict[Process, facts.Run]) -> list[facts.Call]:
    return [
        facts.Call(
            number=each.number,
            at=each.at,
            ended_at=each.ended_at or runs[each.process].ended_at,
            record_id=each.record_id,
            delivery_id=each.delivery_id,
            url=each.webhook_url,
            body=each.body,
            status=each.status,
            retry_after_s=each.retry_after_s,
            run=runs[each.process],
        )
        for each in observed.calls
    ]


def _sent(observed: Observed, runs: dict[Process, facts.Run]) -> list[facts.Sent]:
    return [
        facts.Sent(
            at=each.at,
            record_id=str(each.attempt.record_id),
            delivery_id=each.attempt.delivery_id,
            notification_id=each.attempt.notification_id,
            webhook_id=each.attempt.webhook_id,
            number=each.attempt.attempt_number,
            trigger=each.attempt.trigger.value,
            was_held=each.attempt.hops.count > 0,
            run=None if each.process is None else runs[each.process],
        )
        for each in observed.sent
    ]


def _rows(world: World, webhook_id: str) -> list[facts.Row]:
    found, _ = world.history.page(webhook_id, None, HistoryFilter(), _ALL)
    return [_row(each, world.observed) for each in found]


def _row(record: HistoryRecord, observed: Observed) -> facts.Row:
    record_id = str(record.attempt.record_id)
    return facts.Row(
        record_id=record_id,
        delivery_id=record.attempt.delivery_id,
        notification_id=record.attempt.notification_id,
        webhook_id=record.attempt.webhook_id,
        number=record.attempt.attempt_number,
        trigger=record.attempt.trigger.value,
        cause=None if record.failure is None else record.failure.value,
        created_at=record.created_at,
        finished_at=record.finished_at,
        next_at=record.next_attempt_at,
        last_kept_at=observed.last_kept_at[record_id],
        body=record.attempt.body,
    )


def _disabled_reason(webhook: Webhook) -> str | None:
    """Why the service disabled it; ``None`` if it did not."""
    reason = webhook.disabled_reason
    return None if reason in REASONS_OF_OWNERS else reason


def _recovery(world: World, recovery_id: str, webhook_id: str, only: str, at: datetime) -> facts.Recovery:
    kept = world.recoveries.get(recovery_id)
    return facts.Recovery(recovery_id, webhook_id, only, at, None if kept is None else kept.state.value)
