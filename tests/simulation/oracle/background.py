"""Checks what recoveries and purges leave."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tests.simulation.oracle import promises
from tests.simulation.oracle.ends import wants
from tests.simulation.oracle.facts import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.simulation.oracle.facts import Facts, Recovery, Row

_SETTLES = promises.LAG + 2 * promises.SKEW
"""A failure so shortly before a recovery may be missing in it, since clocks differ and the index lags."""


def differences(facts: Facts) -> Iterator[Difference]:
    """Deliveries not recovered, recovered without need or recovered twice; and what a purge did not remove."""
    for recovery in facts.recoveries:
        yield from _recovery(facts, recovery)
    yield from _no_more_than_asked(facts)
    yield from _missed(facts)
    for row in facts.left:
        if row.last_kept_at < facts.removed_at[row.webhook_id]:
            yield Difference("A purge leaves nothing", row.webhook_id, f"{row.record_id} is left")


def _recovery(facts: Facts, recovery: Recovery) -> Iterator[Difference]:
    if recovery.state is None:
        if recovery.webhook_id not in facts.removed_at:
            yield Difference("A recovery can be looked up", recovery.id, "it is not there")
        return
    if recovery.state == "running":
        yield Difference("A recovery comes to its end", recovery.id, "it is running for ever")
    if recovery.state != "done" or recovery.webhook_id not in {each.id for each in facts.steady}:
        return
    recovered = {row.delivery_id for row in _of_recoveries(facts, recovery.webhook_id) if _may_be_of(row, recovery)}
    for delivery_id, rows in _deliveries(facts, recovery.webhook_id).items():
        if _had_to(recovery, rows) and delivery_id not in recovered:
            yield Difference("A recovery recovers", delivery_id, f"{recovery.only} at {recovery.at}, and it was left out")


def _may_be_of(row: Row, recovery: Recovery) -> bool:
    """Whether a record may be of a recovery: the time of its records is the start of the recovery."""
    return abs(row.created_at - recovery.at) < promises.SKEW


def _no_more_than_asked(facts: Facts) -> Iterator[Difference]:
    """Each recovery sends a delivery at most once, and none that surely succeeded before, unless it recovers all."""
    for subscriber in facts.subscribers:
        asked = [each for each in facts.recoveries if each.webhook_id == subscriber.id]
        deliveries = _deliveries(facts, subscriber.id)
        for row in _of_recoveries(facts, subscriber.id):
            of = [each for each in asked if _may_be_of(row, each)]
            if of and all(each.only != "all" and _had_come(each, deliveries[row.delivery_id]) for each in of):
                detail = f"{of[0].only} at {of[0].at} sent it again, and it had come before"
                yield Difference("A recovery leaves alone what came", row.delivery_id, detail)


def _of_recoveries(facts: Facts, webhook_id: str) -> list[Row]:
    return [row for row in facts.rows_of.get(webhook_id, []) if row.trigger == "recovery"]


def _deliveries(facts: Facts, webhook_id: str) -> dict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in facts.rows_of.get(webhook_id, []):
        if row.trigger != "test":
            found[row.delivery_id].append(row)
    return found


def _had_come(recovery: Recovery, rows: list[Row]) -> bool:
    """A success was in the table well before the recovery began."""
    return any(row.is_success and row.last_kept_at < recovery.at - _SETTLES for row in rows)


def _had_to(recovery: Recovery, rows: list[Row]) -> bool:
    """All attempts ended before the recovery began. Except for `all`, none succeeded and none was to follow soon."""
    before = [row for row in rows if row.created_at < recovery.at + _SETTLES and not _may_be_of(row, recovery)]
    began_at = recovery.at - _SETTLES
    if not before or not all(row.last_kept_at < began_at for row in before):
        return False
    return recovery.only == "all" or all(not row.is_success and _is_followed(row, rows, began_at) for row in before)


def _is_followed(row: Row, rows: list[Row], began_at: datetime) -> bool:
    """Whether no attempt follows automatically: it is the last, or the next was made, or was dropped long ago."""
    if row.next_at is None:
        return True
    failed = [each for each in rows if each.number == row.number and each.next_at is not None]
    follows = [each for each in rows if each.trigger == "schedule" and each.number == row.number + 1]
    is_followed = len(follows) >= len(failed) and all(each.last_kept_at < began_at for each in follows)
    return is_followed or row.next_at < began_at - promises.PENDING_GRACE


def _missed(facts: Facts) -> Iterator[Difference]:
    """A recovery of missing deliveries sends what was accepted while a webhook was paused, after it is live again."""
    if facts.has_freezes:
        return
    for subscriber in facts.subscribers:
        if subscriber.resumed_at is None or facts.disabled.get(subscriber.id, "gone") is not None:
            continue
        resumed_at = subscriber.resumed_at
        asked = [each for each in facts.recoveries if each.webhook_id == subscriber.id and each.only == "missing"]
        asked = [each for each in asked if each.state == "done" and each.at > resumed_at + _SETTLES]
        got = {facts.posting_of(row) for row in facts.rows_of.get(subscriber.id, [])}
        for posting in facts.postings:
            is_covered = posting.accepted_at is not None and any(posting.accepted_at < each.at - _SETTLES for each in asked)
            if is_covered and wants(subscriber, posting) and posting not in got:
                yield Difference("A recovery recovers", subscriber.name, f"{posting.text} came while it was paused")
