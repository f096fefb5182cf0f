"""The attempts of one delivery, over an index that a first success is not in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.adapters.dynamodb import record_item
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import FailureCause, Trigger
from chalicelib.domain.delivery.delivery import Delivery
from infra.declaration import declaration
from testbed import samples
from testbed.samples import AT
from tests.contracts.engines import aws_world

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.history.records import HistoryRecord
    from testbed.engines.provisioning import Clients
    from tests.contracts.engines import World

FAR_S = 3_600
STATUS = FailureCause.STATUS


def first(webhook_id: str, **changes: Any) -> HistoryRecord:  # noqa: ANN401 - as `samples.record` takes them
    """The first attempt of a delivery, under the id that its delivery tells."""
    notification_id, part = ids.NOTIFICATION + samples.part(), ids.DELIVERY + samples.part()
    made = samples.record(webhook_id, delivery_id=part, notification_id=notification_id, **changes)
    record_id = Delivery.of_attempt(made.attempt).first_record_id
    return samples.record(webhook_id, record_id=record_id, delivery_id=part, notification_id=notification_id, **changes)


def later(record: HistoryRecord, number: int, trigger: Trigger, **changes: Any) -> HistoryRecord:  # noqa: ANN401
    """Another attempt of a record's delivery, `number` seconds later."""
    attempt, at = record.attempt, AT + timedelta(seconds=number)
    return samples.record(
        attempt.webhook_id,
        at,
        delivery_id=attempt.delivery_id,
        notification_id=attempt.notification_id,
        attempt_number=number,
        trigger=trigger,
        **changes,
    )


def kept(world: World, *records: HistoryRecord) -> list[HistoryRecord]:
    """Write them, beside another delivery of the same webhook; give them newest first."""
    other = first(records[0].attempt.webhook_id, failure=STATUS)
    assert world.history.write([*records, other]) == []
    return sorted(records, key=lambda each: each.attempt.record_id.sort, reverse=True)


def pages(world: World, attempt: PendingAttempt, limit: int) -> list[list[HistoryRecord]]:
    found, before = [], None
    while True:
        records, before = world.history.page_of_delivery(attempt, before, limit)
        found.append(records)
        if before is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 50])
@pytest.mark.parametrize("failure", [None, STATUS])
def test_the_pages_of_a_delivery_hold_all_its_attempts_newest_first(
    world: World, failure: FailureCause | None, limit: int
) -> None:
    begun = first(samples.webhook_id(), failure=failure)
    made = kept(
        world,
        begun,
        later(begun, 2, Trigger.SCHEDULE, failure=STATUS, wait_s=FAR_S),
        later(begun, 3, Trigger.RETRY),
        later(begun, 1, Trigger.RECOVERY),
    )
    for asked in made:
        found = pages(world, asked.attempt, limit)
        assert [each for page in found for each in page] == made
        assert all(len(page) <= limit for page in found)


def test_a_delivery_that_succeeded_at_once_is_its_one_attempt(world: World) -> None:
    (made,) = kept(world, first(samples.webhook_id()))
    assert pages(world, made.attempt, 50) == [[made]]


def test_a_delivery_whose_first_record_never_was_has_the_others(world: World) -> None:
    (made,) = kept(world, later(first(samples.webhook_id()), 1, Trigger.RECOVERY))
    assert pages(world, made.attempt, 50) == [[made]]


def test_a_test_and_its_retry_are_one_delivery(world: World) -> None:
    tried = samples.record(trigger=Trigger.TEST)
    made = kept(world, tried, later(tried, 2, Trigger.RETRY))
    assert pages(world, made[0].attempt, 50) == [made]


def test_an_expunged_attempt_is_still_its_deliverys(world: World) -> None:
    begun = first(samples.webhook_id(), failure=STATUS, wait_s=FAR_S)
    retried, _ = kept(world, begun, later(begun, 2, Trigger.RETRY))
    expunged = world.history.expunge(begun.attempt.record_id, AT)
    assert pages(world, retried.attempt, 50) == [[retried, expunged]]


def test_attempts_are_gone_when_they_expire(world: World) -> None:
    begun = first(samples.webhook_id(), failure=STATUS)
    long_kept = replace(later(begun, 2, Trigger.RETRY), retention_days=60)
    kept(world, begun, long_kept)
    world.clock.advance(40 * 86_400)
    assert pages(world, begun.attempt, 50) == [[long_kept]]


def test_a_purge_takes_the_attempts_too(world: World) -> None:
    begun = first(samples.webhook_id(), failure=STATUS)
    kept(world, begun, later(begun, 2, Trigger.RETRY))
    world.history.purge(begun.attempt.webhook_id, 50)
    assert pages(world, begun.attempt, 50) == [[]]


def test_a_record_without_the_mark_is_found_by_itself(clients: Clients) -> None:
    world, table = aws_world(clients), clients.places["HISTORY_TABLE"]
    begun = first(samples.webhook_id(), failure=STATUS)
    made = kept(world, begun, later(begun, 2, Trigger.SCHEDULE, failure=STATUS), later(begun, 3, Trigger.RETRY))
    for each in made:
        clients.dynamodb.update_item(
            TableName=table, Key=record_item.key(each.attempt.record_id), UpdateExpression="REMOVE delivery_of"
        )
    newest, middle, oldest = made
    assert pages(world, middle.attempt, 50) == [[middle, oldest]]
    assert pages(world, newest.attempt, 50) == [[newest, oldest]]


def indexes_of(record: HistoryRecord) -> set[str]:
    """The indexes that a record stands in, each for a write unit: those whose key attributes it has."""
    item = record_item.encode(record, "a1b2c3d4", 30)
    declared = declaration()["Resources"]["HistoryTable"]["Properties"]
    return {
        index["IndexName"]
        for index in declared["GlobalSecondaryIndexes"]
        if all(each["AttributeName"] in item for each in index["KeySchema"])
    }


@pytest.mark.parametrize(
    ("record", "indexes"),
    [
        (samples.record(), set()),
        (samples.record(failure=STATUS), {"failed", "delivery"}),
        (samples.record(failure=STATUS, wait_s=FAR_S), {"failed", "delivery", "due"}),
        (samples.record(trigger=Trigger.SCHEDULE, attempt_number=2), {"delivery"}),
        (samples.record(trigger=Trigger.RETRY, attempt_number=2), {"delivery"}),
        (samples.record(trigger=Trigger.RECOVERY), {"delivery"}),
        (samples.record(trigger=Trigger.TEST), {"delivery"}),
    ],
    ids=["first success", "failure", "failure that waits", "next attempt", "retry", "recovery", "test"],
)
def test_a_record_pays_for_no_index_but_these(record: HistoryRecord, indexes: set[str]) -> None:
    assert indexes_of(record) == indexes
