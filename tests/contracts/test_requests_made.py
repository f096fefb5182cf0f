"""What each operation asks of AWS: requests are what is waited for and paid for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.access.audit import Auditor
from chalicelib.access.callers import Callers
from chalicelib.delivery.ports import Enqueued, Lane
from chalicelib.directory.keys import KeyService
from chalicelib.directory.service import DirectoryService
from chalicelib.domain.delivery.attempt import FailureCause, Outcome
from chalicelib.domain.directory.preconditions import Standing
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.history.stats import HOUR
from chalicelib.domain.ids import RecordId
from chalicelib.domain.notifications.matching import Subscription
from chalicelib.domain.webhooks.health import Health
from chalicelib.intake.ports import HeldNotification, QueuedNotification
from testbed import samples
from testbed.engines.counting import Requests
from testbed.fakes.clock import FakeEntropy
from tests.contracts.engines import World, aws_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.engines.provisioning import Clients


def taken(world: World, holder: str, after_s: float = 0) -> object:
    now = samples.AT + timedelta(seconds=after_s)
    return world.claims.take(samples.claim_request(holder), now)


def failed_records(count: int) -> list[Any]:
    webhook_id = samples.webhook_id()
    return [samples.record(webhook_id, failure=FailureCause.STATUS, wait_s=3_600) for _ in range(count)]


_OF_U1 = samples.webhook()


def nothing(_: World) -> None:
    """There is nothing to prepare."""


def a_webhook(world: World) -> Any:  # noqa: ANN401
    webhook = samples.webhook()
    world.webhooks.create(webhook)
    return webhook


def an_owner(world: World) -> Standing:
    """Of a webhook that is counted."""
    world.directory.put_user(samples.user())
    world.webhooks.create(_OF_U1, (), 10)
    return Standing.as_read(samples.user())


def a_limited_webhook(world: World) -> Any:  # noqa: ANN401
    webhook = a_webhook(world)
    world.webhooks.reserve_slots(webhook.id, 1, 1.0, samples.AT, samples.AT + HOUR)
    return webhook


def a_user(world: World) -> None:
    world.directory.put_user(samples.user())


def a_key(world: World) -> Any:  # noqa: ANN401
    a_user(world)
    key = samples.api_key()
    world.directory.put_key(key, samples.KEYS_MAX)
    return key


def ten_records(world: World) -> Any:  # noqa: ANN401
    records = failed_records(10)
    world.history.write(records)
    return records


def hold(world: World, count: int) -> Any:  # noqa: ANN401
    webhook_id = samples.webhook_id()
    attempts = [samples.attempt(record_id=RecordId(webhook_id, samples.part())) for _ in range(count)]
    world.waiting.hold(attempts, {webhook_id: samples.AT}, 10)
    return attempts


def ten_waiting(world: World) -> Any:  # noqa: ANN401
    return hold(world, 10)


def a_claim(world: World) -> None:
    taken(world, "a")


CASES: dict[str, tuple[Callable[[World], Any], Callable[[World, Any], object], dict[str, int]]] = {
    "create": (nothing, lambda w, _: w.webhooks.create(samples.webhook()), {"BatchWriteItem": 1, "PutItem": 1}),
    "create for somebody": (
        an_owner,
        lambda w, it: w.webhooks.create(samples.webhook(), (it,), 10),
        {"BatchWriteItem": 1, "TransactWriteItems": 1},
    ),
    "rename for somebody": (
        an_owner,
        lambda w, it: w.webhooks.update(_OF_U1, replace(_OF_U1, name="New", version=2), (it,)),
        {"TransactWriteItems": 1},
    ),
    "owners of 40 webhooks": (
        nothing,
        lambda w, _: w.directory.users_of([f"u{number}" for number in range(40)]),
        {"BatchGetItem": 1},
    ),
    "get": (a_webhook, lambda w, it: w.webhooks.get(it.id), {"GetItem": 1}),
    "get_many": (a_webhook, lambda w, it: w.webhooks.get_many([it.id] * 500), {"BatchGetItem": 1}),
    "disable": (a_webhook, lambda w, it: w.webhooks.disable(it, it.disabled("gone", samples.AT)), {"UpdateItem": 1}),
    "update_health": (a_webhook, lambda w, it: w.webhooks.update_health(it, Health(1)), {"UpdateItem": 1}),
    "first slot": (
        a_webhook,
        lambda w, it: w.webhooks.reserve_slots(it.id, 1, 1, samples.AT, samples.AT + HOUR),
        {"UpdateItem": 1},
    ),
    "next slot": (
        a_limited_webhook,
        lambda w, it: w.webhooks.reserve_slots(it.id, 1, 1, samples.AT, samples.AT + HOUR),
        {"UpdateItem": 2},
    ),
    "delete": (a_webhook, lambda w, it: w.webhooks.delete(it, samples.AT), {"TransactWriteItems": 1}),
    "page": (a_webhook, lambda w, _: w.webhooks.page("u1", None, 10), {"Query": 1, "BatchGetItem": 1}),
    "matching": (
        a_webhook,
        lambda w, _: w.webhooks.matching(Subscription("actor:u1", "modelCreated"), None, 1_000),
        {"Query": 1},
    ),
    "subscribed": (a_webhook, lambda w, _: w.webhooks.subscribed("actor:u1", 30), {"Query": 1}),
    "key": (a_key, lambda w, it: w.directory.key(it.id), {"GetItem": 1}),
    "put_key": (
        a_user,
        lambda w, _: w.directory.put_key(samples.api_key(), samples.KEYS_MAX),
        {"TransactWriteItems": 1},
    ),
    "delete_key": (a_key, lambda w, it: w.directory.delete_key(it), {"TransactWriteItems": 1}),
    "names": (nothing, lambda w, _: w.directory.names(["u1", "u2"]), {"BatchGetItem": 1}),
    "no names": (nothing, lambda w, _: w.directory.names([]), {}),
    "claim": (nothing, lambda w, _: taken(w, "a"), {"PutItem": 1}),
    "claim of another's": (a_claim, lambda w, _: taken(w, "b"), {"PutItem": 1}),
    "claim taken over": (a_claim, lambda w, _: taken(w, "b", 61), {"PutItem": 1, "UpdateItem": 1}),
    "write 10": (nothing, lambda w, _: w.history.write(failed_records(10)), {"BatchWriteItem": 1}),
    "write 20": (nothing, lambda w, _: w.history.write(failed_records(20)), {"BatchWriteItem": 1}),
    "write none": (nothing, lambda w, _: w.history.write([]), {}),
    "record": (ten_records, lambda w, it: w.history.get(it[0].attempt.record_id), {"GetItem": 1}),
    "records": (
        ten_records,
        lambda w, it: w.history.get_many([each.attempt.record_id for each in it]),
        {"BatchGetItem": 1},
    ),
    "page of a webhook": (
        ten_records,
        lambda w, it: w.history.page(it[0].attempt.webhook_id, None, HistoryFilter(), 50),
        {"Query": 1},
    ),
    "page of failed": (
        ten_records,
        lambda w, it: w.history.page(it[0].attempt.webhook_id, None, HistoryFilter(Outcome.FAILED), 50),
        {"Query": 1, "BatchGetItem": 1},
    ),
    "attempts of a delivery": (
        ten_records,
        lambda w, it: w.history.page_of_delivery(it[0].attempt, None, 50),
        {"Query": 1, "BatchGetItem": 1},
    ),
    "page of all": (
        ten_records,
        lambda w, _: w.history.page_of_all(None, HistoryFilter(), 50),
        {"Query": 16, "BatchGetItem": 1},
    ),
    "page of all failed": (
        ten_records,
        lambda w, _: w.history.page_of_all(None, HistoryFilter(Outcome.FAILED), 50),
        {"Query": 8, "BatchGetItem": 1},
    ),
    "page of all of another type": (
        ten_records,
        lambda w, _: w.history.page_of_all(None, HistoryFilter(notification_type="other"), 50),
        {"Query": 16},
    ),
    "due": (ten_records, lambda w, _: w.history.due(samples.AT + timedelta(days=1), 50), {"Query": 4}),
    "still due": (
        ten_records,
        lambda w, it: w.history.still_due([each.attempt.record_id for each in it]),
        {"BatchGetItem": 1},
    ),
    "hold": (nothing, lambda w, _: hold(w, 10), {"BatchWriteItem": 1, "UpdateItem": 1}),
    "oldest": (ten_waiting, lambda w, it: w.waiting.oldest(it[0].webhook_id, 100), {"Query": 1}),
    "remove": (ten_waiting, lambda w, it: w.waiting.remove(it), {"BatchWriteItem": 1}),
    "nothing waits": (nothing, lambda w, _: w.waiting.due(samples.AT, 50), {"Query": 4}),
    "wake where nothing waits": (nothing, lambda w, _: w.waiting.wake("wh_1", samples.AT), {"UpdateItem": 1}),
    "nothing due": (ten_records, lambda w, _: w.history.due(samples.AT, 50), {"Query": 4}),
    "settle": (ten_records, lambda w, it: w.history.settle(it), {"UpdateItem": 10}),
    "purge": (ten_records, lambda w, it: w.history.purge(it[0].attempt.webhook_id, 25), {"Query": 1, "BatchWriteItem": 1}),
    "keep": (nothing, lambda w, _: w.held.keep([HeldNotification("ntf_1", samples.AT, "{}")], 7), {"BatchWriteItem": 1}),
    "nothing scheduled": (nothing, lambda w, _: w.held.due(samples.AT, 50), {"Query": 4}),
    "deliveries": (
        nothing,
        lambda w, _: w.deliveries.send([Enqueued(samples.attempt(), Lane.FAST) for _ in range(30)]),
        {"SendMessageBatch": 3},
    ),
    "depths of the queues": (
        nothing,
        lambda w, _: w.queue_depths.read(),
        {"GetQueueAttributes": 10, "GetQueueUrl": 5},
    ),
    "depths again": (
        lambda w: w.queue_depths.read(),
        lambda w, _: w.queue_depths.read(),
        {"GetQueueAttributes": 10},
    ),
    "notifications": (
        nothing,
        lambda w, _: w.accepted.send([QueuedNotification("{}")] * 10),
        {"SendMessageBatch": 1},
    ),
}


def _directory(world: World) -> DirectoryService:
    parts: dict[str, Any] = {
        "directory": world.directory,
        "clock": world.clock,
        "entropy": FakeEntropy(),
        "audit": Auditor(lines=world.audit, clock=world.clock, entropy=FakeEntropy()),
        "callers": Callers(directory=world.directory, clock=world.clock, key_cache_s=0),
    }
    keys = KeyService(**parts, keys_per_user_max=samples.KEYS_MAX)
    return DirectoryService(**parts, background=world.background, keys=keys)


ADMIN = Caller("admin", Role.ADMIN)
_KEYS_READ = {"GetItem": 2, "Query": 1, "BatchGetItem": 1}
"""The user before the change; the keys, and the user as it is then."""
_TOLD = {"PutItem": 1, "SendMessageBatch": 1}
"""The audit and the background."""
CHANGES: dict[str, tuple[Callable[[DirectoryService], object], dict[str, int]]] = {
    "regrouped": (
        lambda service: service.put_user(ADMIN, "u1", name="Ann", role=Role.USER, groups=("new",)),
        {"TransactWriteItems": 1, "UpdateItem": 2} | _KEYS_READ | _TOLD,
    ),
    "deleted": (
        lambda service: service.delete_user(ADMIN, "u1"),
        {"TransactWriteItems": 1, "BatchWriteItem": 2} | _KEYS_READ | _TOLD,
    ),
}


@pytest.mark.parametrize("webhooks", [0, 40])
@pytest.mark.parametrize("change", CHANGES)
def test_a_user_is_changed_by_the_same_requests_whatever_they_own(clients: Clients, change: str, webhooks: int) -> None:
    """Keys count, since they stop working at once: one request for each key of a change, one for 25 of a deletion."""
    act, expected = CHANGES[change]
    world = aws_world(clients)
    world.directory.put_user(samples.user("admin", role=Role.ADMIN))
    world.directory.put_user(samples.user())
    for _ in range(2):
        world.directory.put_key(samples.api_key(), samples.KEYS_MAX)
    for _ in range(webhooks):
        world.webhooks.create(samples.webhook())
    requests = Requests(clients.dynamodb, clients.sqs)
    act(_directory(world))
    assert dict(requests) == expected


@pytest.mark.parametrize("case", CASES)
def test_an_operation_makes_these_requests_and_no_more(clients: Clients, case: str) -> None:
    prepare, act, expected = CASES[case]
    world = aws_world(clients)
    prepared = prepare(world)
    requests = Requests(clients.dynamodb, clients.sqs)
    act(world, prepared)
    assert dict(requests) == expected
