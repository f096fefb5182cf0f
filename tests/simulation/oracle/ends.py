"""Checks how each notification ends at each webhook: nothing, a success, or a failure with no next attempt."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.simulation.oracle import promises
from tests.simulation.oracle.facts import Difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.oracle.facts import Call, Facts, Posting, Row, Subscriber


def differences(facts: Facts) -> Iterator[Difference]:
    """Which webhook got which notification, with which bytes, and how it ended."""
    for subscriber in facts.subscribers:
        rows: defaultdict[str, list[Row]] = defaultdict(list)
        for row in facts.rows_of.get(subscriber.id, []):
            posting = facts.posting_of(row)
            yield from _was_meant(subscriber, posting, row.body)
            rows[posting.text if posting is not None else ""].append(row)
        for call in facts.calls_of.get(subscriber.id, []):
            yield from _was_meant(subscriber, facts.posting_of(call), call.body)
        if subscriber.is_steady:
            for posting in facts.postings:
                yield from _ended(subscriber, posting, rows[posting.text])
    yield from _bodies(facts)
    yield from _one_delivery(facts)


def wants(subscriber: Subscriber, posting: Posting) -> bool:
    """Whether a webhook must get a notification (docs/reference/api.md), by its type and by whom it concerns."""
    members = posting.members
    if posting.type in promises.NOTICES_OF_CIRCUITS and members.get("webhookId") == subscriber.id:
        return False
    if not {"ALL_NOTIFICATIONS", posting.type} & set(subscriber.types):
        return False
    if subscriber.is_global:
        return True
    actor, target, group = (_principal(members.get(key)) for key in ("actionBy", "targetUser", "targetGroup"))
    triggered = subscriber.action != "received" and actor == subscriber.owner_id
    received = subscriber.action != "triggered" and (target == subscriber.owner_id or group in subscriber.groups)
    return triggered or received


def _was_meant(subscriber: Subscriber, posting: Posting | None, body: str) -> Iterator[Difference]:
    if posting is None:
        yield Difference("Receivers get what was sent", subscriber.name, f"{body!r} was never sent by anybody")
    elif not wants(subscriber, posting):
        yield Difference("A webhook gets what it wants", subscriber.name, f"{posting.text} is not for it")


def _ended(subscriber: Subscriber, posting: Posting, rows: list[Row]) -> Iterator[Difference]:
    if posting.accepted_at is None or not wants(subscriber, posting):
        return
    if not any(_is_end(row) for row in rows):
        how_far = max((row.number for row in rows), default=0)
        detail = f"{posting.text} never came to an end; it came to attempt {how_far}"
        yield Difference("Nothing is lost", subscriber.name, detail)


def _is_end(row: Row) -> bool:
    """A manual retry that fails does not end the delivery, since the schedule continues."""
    if row.is_success or row.cause in promises.FINAL_CAUSES:
        return True
    return row.trigger != "retry" and row.number >= promises.ATTEMPTS_MAX


def _bodies(facts: Facts) -> Iterator[Difference]:
    """Each attempt of a delivery, also a late one, has the notification's own bytes, and its record has them too."""
    sent: defaultdict[str, dict[str, Call | Row]] = defaultdict(dict)
    made_ones: list[Call | Row] = [*facts.calls, *facts.rows]
    for each in made_ones:
        sent[each.delivery_id][each.body] = each
    for delivery_id, bodies in sent.items():
        if len(bodies) > 1:
            yield Difference("All attempts have the same bytes", delivery_id, f"these differ: {sorted(bodies)}")
        for body, made in bodies.items():
            posting = facts.posting_of(made)
            if posting is not None and _read(body) != _expected(posting):
                yield Difference("The body says what happened", delivery_id, f"{body!r} is not made of {posting.text}")


def _one_delivery(facts: Facts) -> Iterator[Difference]:
    """A notification makes one delivery for a webhook, even if its id or its message arrives again."""
    deliveries: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for sent in facts.sent:
        deliveries[sent.notification_id, sent.webhook_id].add(sent.delivery_id)
    for (notification_id, webhook_id), delivery_ids in deliveries.items():
        if len(delivery_ids) > 1:
            detail = f"{notification_id} made the deliveries {sorted(delivery_ids)}"
            yield Difference("An id is taken once", webhook_id, detail)


def _principal(value: object) -> str | None:
    return None if value is None else str(value)


def _read(body: str) -> dict[str, Any] | None:
    """A body of the Slack format, as its receiver reads it; ``None`` if it is none."""
    try:
        read: dict[str, Any] = json.loads(body)
        return {**read, "attachments": [json.loads(each["text"]) for each in read["attachments"]]}
    except (ValueError, KeyError, TypeError):
        return None


def _expected(posting: Posting) -> dict[str, Any]:
    members = dict.fromkeys(promises.PERTAINING) | {
        key: value for key, value in posting.members.items() if key not in promises.ENVELOPE
    }
    return {"text": posting.said, "attachments": [members]}
