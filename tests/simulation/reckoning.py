"""The reckoning: after a run, what was promised against what happened. Nothing is lost, and nothing is left."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain import ids, matching, notification
from chalicelib.domain.attempt import Trigger
from chalicelib.services.ports import HistoryFilter
from tests.simulation import restraint, upkeep

if TYPE_CHECKING:
    from chalicelib.domain.history import HistoryRecord
    from chalicelib.domain.webhook import Webhook
    from tests.simulation.people import People
    from tests.simulation.world import World


def reckon(world: World, people: People, *, is_calm: bool) -> None:
    """Raise `AssertionError` where a promise was broken; in calm weather more is promised."""
    live = _live(world, people)
    records = {webhook_id: _records(world, webhook_id) for webhook_id in live}
    _every_notification_arrived(world, people, live, records)
    _every_attempt_has_a_record(world, live, records)
    _no_retry_was_lost(world, people, records)
    _the_deleted_were_left_alone(world, people)
    _a_name_was_taken_once(world)
    _nothing_is_left(world, people)
    restraint.check(world, people, is_calm=is_calm)
    upkeep.check(world, people, records, is_calm=is_calm)


def _live(world: World, people: People) -> dict[str, Webhook]:
    """Webhooks that were live all the time, as far as anybody knows."""
    now = world.store.get_many([webhook.id for webhook in people.webhooks])
    return {key: each for key, each in now.items() if each.is_live and key not in people.known.deleting}


def _records(world: World, webhook_id: str) -> list[HistoryRecord]:
    found, _ = world.history.page(webhook_id, None, HistoryFilter(), 100_000)
    return found


def _every_notification_arrived(
    world: World, people: People, live: dict[str, Webhook], records: dict[str, list[HistoryRecord]]
) -> None:
    """Also those that the service made for owners."""
    for webhook in live.values():
        ended = {
            (record.attempt.notification_type, record.attempt.body)
            for record in records[webhook.id]
            if record.failure is None or record.next_attempt_at is None
        }
        for text, at in [*people.known.accepted, *world.observed.notice_texts]:
            taken = notification.parse(text, notification_id="x", accepted_at=at)
            if matching.first_source(webhook, taken) is None:
                continue
            said = f'"text":{json.dumps(taken.text)}'
            found = any(kind == taken.notification_type and said in body for kind, body in ended)
            assert found, f"{text} never came to an end at {webhook.name}"


def _every_attempt_has_a_record(world: World, live: dict[str, Webhook], records: dict[str, list[HistoryRecord]]) -> None:
    kept = {str(record.attempt.record_id) for each in records.values() for record in each}
    urls = {webhook.url for webhook in live.values()}
    for call in world.observed.calls:
        if call.webhook_url in urls:
            assert call.record_id in kept, f"{call} has no record"


def _no_retry_was_lost(world: World, people: People, records: dict[str, list[HistoryRecord]]) -> None:
    made = Counter(call.record_id for call in world.observed.calls)
    for webhook_id, each in records.items():
        kept = {str(record.attempt.record_id): record for record in each}
        for record_id, found in kept.items():
            owed = found.next_attempt()
            is_twice = made[record_id] > 1 or _was_recorded_twice(world, record_id)
            if owed is not None and not (is_twice and _goes_on(found, each)):
                assert str(owed.record_id) in kept, f"the attempt after {record_id} was lost"
        for record_id in people.known.retries:
            parsed = ids.RecordId.parse(record_id)
            if parsed is not None and parsed.webhook_id == webhook_id:
                assert record_id in kept, f"the retry {record_id} was lost"


def _was_recorded_twice(world: World, record_id: str) -> bool:
    """An attempt that failed before any request, for want of a token, may be made twice, too: no receiver saw it."""
    return world.observed.kept_at[record_id] != world.observed.last_kept_at[record_id]


def _goes_on(found: HistoryRecord, others: list[HistoryRecord]) -> bool:
    """Whether the schedule went on after the other copy of an attempt that was made twice.

    ::

        a worker        makes attempt 2 ─ frozen ──────────────────────────────────────── records it ✗ dies
        another one     makes attempt 2 ─ records it ─ queues attempt 3, by that record's time
    """
    number, delivery_id = found.attempt.attempt_number + 1, found.attempt.delivery_id
    after = [each.attempt for each in others if each.attempt.delivery_id == delivery_id]
    return any(each.attempt_number == number and each.trigger is Trigger.SCHEDULE for each in after)


def _the_deleted_were_left_alone(world: World, people: People) -> None:
    deleted = people.known.deleted
    urls = {webhook.url: deleted[webhook.id] for webhook in people.webhooks if webhook.id in deleted}
    for call in world.observed.calls:
        answered = urls.get(call.webhook_url)
        assert answered is None or call.number < answered, f"{call} began after the deletion was answered"
    assert not world.store.get_many(list(deleted)), "the deleted are gone"


def _a_name_was_taken_once(world: World) -> None:
    deliveries: dict[tuple[str, str], set[str]] = {}
    for sent in world.observed.sent:
        key = (sent.attempt.notification_id, sent.attempt.webhook_id)
        deliveries.setdefault(key, set()).add(sent.attempt.delivery_id)
    for (name, _), delivery_ids in deliveries.items():
        assert len(delivery_ids) == 1, f"{name} made {delivery_ids}"


def _nothing_is_left(world: World, people: People) -> None:
    assert sorted(set(world.dead_letters.bodies)) == sorted(set(people.known.poison)), "only poison is set aside"
    assert not any(queue.dead or queue.messages for queue in world.queues.values()), "the queues are empty"
    now = world.observed.clock.now()
    assert not world.store.unpurged(now + timedelta(days=1), 1), "every purge came to its end"
    assert not world.waiting.due(now + timedelta(days=99), 1), "no list is left"
    assert not any(world.waiting.oldest(webhook.id, 1) for webhook in people.webhooks), "nothing waits for ever"
