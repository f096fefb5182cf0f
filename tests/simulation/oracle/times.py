"""Checks the earliest and the latest time of each attempt, and how often it is made."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.simulation.oracle import promises
from tests.simulation.oracle.facts import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.oracle.facts import Call, Facts, Posting, Row, Run, Sent

_Failures = dict[tuple[str, int], list[tuple[datetime, float]]]
"""When attempts of a delivery failed, by their number, and the pause that their receiver asked for."""


def differences(facts: Facts) -> Iterator[Difference]:
    """Attempts that are too early, too late, too often, or never made."""
    failures = _failures(facts)
    yield from _early(facts, failures)
    yield from _late(facts, failures)
    yield from _endless(facts)
    yield from _twice(facts)
    yield from _recorded(facts)
    yield from _after_deletion(facts)
    yield from _lost(facts)


def _failures(facts: Facts) -> _Failures:
    found: defaultdict[tuple[str, int], list[tuple[datetime, float]]] = defaultdict(list)
    for call in facts.calls:
        attempt = facts.attempts[call.record_id]
        if not call.is_success and attempt.trigger != "retry":
            found[call.delivery_id, attempt.number].append((call.over_at, call.retry_after_s))
    for each in facts.unsent:
        found[each.delivery_id, each.number].append((each.finished_at - promises.SKEW, 0.0))
    return found


def _early(facts: Facts, failures: _Failures) -> Iterator[Difference]:
    steady = {each.url for each in facts.steady}
    for call in facts.calls:
        attempt = facts.attempts[call.record_id]
        posting = facts.posting_of(call)
        earliest = None if posting is None else _begins(posting)
        if earliest is not None and call.at < earliest - promises.SKEW:
            yield Difference("Not before its time", call.record_id, f"made at {call.at}, to be delivered at {earliest}")
        if attempt.trigger != "schedule":
            continue
        before = failures.get((call.delivery_id, attempt.number - 1), [])
        if not before and call.url not in steady:
            continue  # the failure's record may never have been written
        if not before:
            detail = f"attempt {attempt.number} was made, and attempt {attempt.number - 1} had not failed"
            yield Difference("A retry follows a failure", call.record_id, detail)
            continue
        if attempt.number > promises.ATTEMPTS_MAX:
            continue  # `_endless` says so
        wait_s = promises.WAITS_S[attempt.number - 2] * (1 - promises.SPREAD)
        due = min(at + timedelta(seconds=max(wait_s, asked_s)) for at, asked_s in before)
        if call.at < due - 2 * promises.SKEW:
            yield Difference("Retries wait", call.record_id, f"attempt {attempt.number} at {call.at}, due at {due}")


def _begins(posting: Posting) -> datetime:
    deliver_at = posting.members.get("deliverAt")
    return posting.tried_at if deliver_at is None else max(posting.tried_at, datetime.fromisoformat(deliver_at))


def _late(facts: Facts, failures: _Failures) -> Iterator[Difference]:
    """Only in runs without faults: otherwise a message may take any time to be redelivered."""
    for subscriber in facts.steady if facts.is_calm else []:
        calls = facts.calls_of.get(subscriber.id, [])
        has_opened = any(each.probe_at is not None for each in facts.health.get(subscriber.id, []))
        asked_s = max((each.retry_after_s for each in calls), default=0)
        is_held = has_opened or asked_s > 0
        grace = promises.LATE_BETWEEN_PROBES if has_opened else promises.LATE + timedelta(seconds=asked_s)
        if subscriber.rate_per_s is not None:
            grace += timedelta(seconds=len(calls) / subscriber.rate_per_s)
        before = sorted(each.finished_at for each in facts.unsent if each.webhook_id == subscriber.id)
        for call in calls:
            by_hand = facts.attempts[call.record_id].trigger == "retry"
            due = _due(facts, call, failures)
            if is_held and not by_hand:
                # It waits for all probes before it, also those that failed because there was no token. After a pause that a
                # receiver asked for, one call is the probe.
                due = max([due, *(at for at in before if at < call.at)])
                before.append(call.ended_at)
            if call.at > due + (promises.LATE if by_hand else grace):
                yield Difference("Attempts are made in time", call.record_id, f"made at {call.at}, due at {due}")


def _due(facts: Facts, call: Call, failures: _Failures) -> datetime:
    """The latest time of an attempt that is not held. Manual attempts are made immediately."""
    attempt = facts.attempts[call.record_id]
    posting = facts.posting_of(call)
    if attempt.trigger == "notification" and posting is not None:
        return _begins(posting)
    if attempt.trigger == "retry":
        return attempt.at
    if attempt.trigger != "schedule" or attempt.number > promises.ATTEMPTS_MAX:
        return call.at
    wait_s = promises.WAITS_S[attempt.number - 2] * (1 + promises.SPREAD)
    before = failures.get((call.delivery_id, attempt.number - 1), [])
    return max((at + timedelta(seconds=max(wait_s, asked_s)) for at, asked_s in before), default=call.at)


def _endless(facts: Facts) -> Iterator[Difference]:
    for attempt in facts.attempts.values():
        if attempt.trigger != "retry" and attempt.number > promises.ATTEMPTS_MAX:
            detail = f"attempt {attempt.number} was made of {promises.ATTEMPTS_MAX}"
            yield Difference("The schedule ends", attempt.record_id, detail)


def _twice(facts: Facts) -> Iterator[Difference]:
    """An attempt is only made again after a fault, and never within one batch."""
    made: defaultdict[str, list[Call]] = defaultdict(list)
    for call in facts.calls:
        made[call.record_id].append(call)
    for record_id, calls in made.items():
        if len(calls) == 1:
            continue
        if max(Counter(call.run for call in calls).values()) > 1:
            yield Difference("A batch makes an attempt once", record_id, f"{len(calls)} calls")
        if not any(each.is_excused for each in _involved(facts, calls)):
            yield Difference("Nothing is sent twice without need", record_id, f"{len(calls)} calls, and nothing went wrong")
        for call in calls:
            yield from _recognised(facts, call)


def _involved(facts: Facts, calls: list[Call]) -> list[Run]:
    """The processes that handled a delivery, or fanned its notification out."""
    posting = facts.posting_of(calls[0])
    fanned_out = [run for run in facts.runs if posting is not None and posting.text in run.took]
    return [*facts.worked_on[calls[0].delivery_id], *fanned_out]


def _recognised(facts: Facts, call: Call) -> Iterator[Difference]:
    """A redelivered message is looked up. If its record existed before, nothing is sent."""
    kept_at = facts.first_kept_at.get(call.record_id)
    if kept_at is not None and kept_at < call.run.started_at and call.record_id in call.run.again:
        detail = f"made again at {call.at}, recorded at {kept_at}"
        yield Difference("What is recorded is not sent again", call.record_id, detail)


def _recorded(facts: Facts) -> Iterator[Difference]:
    kept = {row.record_id for row in facts.rows}
    steady = {each.url for each in facts.steady}
    for call in facts.calls:
        if call.url in steady and call.record_id not in kept:
            yield Difference("Every attempt has a record", call.record_id, f"made at {call.at}")


def _after_deletion(facts: Facts) -> Iterator[Difference]:
    answered = {each.url: facts.deleted[each.id] for each in facts.subscribers if each.id in facts.deleted}
    for call in facts.calls:
        if call.url in answered and call.number >= answered[call.url]:
            yield Difference("The deleted are left alone", call.record_id, f"made at {call.at}, after the answer")


def _lost(facts: Facts) -> Iterator[Difference]:
    """After each failure the schedule continues, and manual attempts are made."""
    for subscriber in facts.steady:
        rows = facts.rows_of.get(subscriber.id, [])
        kept = {row.record_id for row in rows}
        failed = Counter((row.delivery_id, row.number + 1) for row in rows if _goes_on(row))
        followed = Counter((row.delivery_id, row.number) for row in rows if row.trigger == "schedule")
        for (delivery_id, number), count in failed.items():
            if followed[delivery_id, number] < count:
                detail = f"{count} attempts {number - 1} failed, {followed[delivery_id, number]} attempts {number} were made"
                yield Difference("No retry is lost", delivery_id, detail)
        for record_id in facts.retries:
            attempt: Sent | None = facts.attempts.get(record_id)
            if attempt is not None and attempt.webhook_id == subscriber.id and record_id not in kept:
                yield Difference("No retry by hand is lost", record_id, "it was answered, and never made")


def _goes_on(row: Row) -> bool:
    """Whether the schedule has an attempt after this one."""
    is_over = row.is_success or row.cause in promises.FINAL_CAUSES or row.trigger in {"retry", "test"}
    return not is_over and row.number < promises.ATTEMPTS_MAX
