"""Two at the same time: one's requests are held back where the other gets in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.history.stats import HOUR
from chalicelib.domain.notifications.catalogue import CatalogueEntry
from chalicelib.domain.notifications.matching import Subscription
from chalicelib.intake.ports import ClaimState
from testbed import samples
from tests.contracts.engines import aws_world

if TYPE_CHECKING:
    from collections.abc import Callable

    from testbed.engines.provisioning import Clients


def before_first(client: Any, operation: str, act: Callable[[], object]) -> list[object]:  # noqa: ANN401 - either client
    """Let `act` happen just before the first such request is sent; what it gave is in the list then."""
    happened: list[object] = []
    is_over = False

    def hold_back(**_: object) -> None:
        nonlocal is_over
        if not is_over:
            is_over = True
            happened.append(act())

    client.meta.events.register(f"before-call.dynamodb.{operation}", hold_back)
    return happened


def test_a_row_that_a_later_change_wants_again_stays(clients: Clients) -> None:
    """The time line of `DynamoWebhooks.update`: A drops a group, B brings it back before A has removed the row."""
    store = aws_world(clients).webhooks
    first = samples.webhook(groups=("g1",))
    store.create(first)
    dropped = replace(first, groups=(), version=2)
    back = replace(first, groups=("g1",), version=3)
    happened = before_first(clients.dynamodb, "DeleteItem", lambda: store.update(dropped, back))
    assert store.update(first, dropped)
    assert happened == [True]
    assert store.matching(Subscription("group:g1", "modelCreated"), None, 10) == [first.id]


def test_a_change_of_a_webhook_that_is_deleted_meanwhile_leaves_no_rows(clients: Clients) -> None:
    store = aws_world(clients).webhooks
    old = samples.webhook(groups=())
    store.create(old)

    def delete_it() -> None:
        store.delete(old, samples.AT)
        store.purged(old)

    happened = before_first(clients.dynamodb, "UpdateItem", delete_it)
    assert not store.update(old, replace(old, groups=("g1",), version=2))
    assert happened == [None]
    assert store.matching(Subscription("group:g1", "modelCreated"), None, 10) == []


def test_only_one_of_two_takes_a_lease_over(clients: Clients) -> None:
    """The time line of `DynamoClaims`: C has taken over between B's look and B's write."""
    claims = aws_world(clients).claims

    def take(holder: str, lease_s: float) -> ClaimState:
        return claims.take(samples.claim_request(holder, lease_s=lease_s), samples.AT).state

    take("a", 0)
    happened = before_first(clients.dynamodb, "UpdateItem", lambda: take("c", 60))
    assert take("b", 60) is ClaimState.BUSY
    assert happened == [ClaimState.MINE]


def test_a_slot_taken_in_between_is_not_taken_twice(clients: Clients) -> None:
    store = aws_world(clients).webhooks
    webhook = samples.webhook()
    store.create(webhook)
    happened = before_first(
        clients.dynamodb, "UpdateItem", lambda: store.reserve_slots(webhook.id, 1, 1.0, samples.AT, samples.AT + HOUR)
    )
    second = store.reserve_slots(webhook.id, 1, 1.0, samples.AT, samples.AT + HOUR)
    assert happened == [samples.AT]
    assert second == samples.AT + timedelta(seconds=1)


def test_a_key_that_is_revoked_while_its_user_changes_does_not_come_back(clients: Clients) -> None:
    directory = aws_world(clients).directory
    directory.put_user(samples.user())
    key = samples.api_key()
    directory.put_key(key, samples.KEYS_MAX)
    happened = before_first(clients.dynamodb, "UpdateItem", lambda: directory.delete_key(key))
    directory.put_user(samples.user(version=2))
    assert happened == [True]
    assert directory.key(key.id) is None


@pytest.mark.parametrize("operation", ["BatchWriteItem", "Query", "PutItem"])
def test_wherever_the_two_overlap_the_webhook_has_the_type(clients: Clients, operation: str) -> None:
    world = aws_world(clients)
    webhook = samples.webhook(is_global=True, notification_types=("order*",))

    def add_it() -> None:
        world.notification_types.put(CatalogueEntry(name="orderShipped", template="{subject}", is_custom=True))
        world.webhooks.subscribe("orderShipped")

    happened = before_first(clients.dynamodb, operation, add_it)
    world.webhooks.create(webhook)
    assert happened == [None]
    assert world.webhooks.matching(Subscription("global", "orderShipped"), None, 10) == [webhook.id]


def test_a_webhook_that_is_made_while_a_type_is_added_has_it(clients: Clients) -> None:
    world = aws_world(clients)
    webhook = samples.webhook(is_global=True, notification_types=("order*",))
    happened = before_first(clients.dynamodb, "TransactWriteItems", lambda: world.webhooks.create(webhook))
    world.notification_types.put(CatalogueEntry(name="orderShipped", template="{subject}", is_custom=True))
    world.webhooks.subscribe("orderShipped")
    assert happened == [True]
    assert world.webhooks.matching(Subscription("global", "orderShipped"), None, 10) == [webhook.id]


def test_a_late_row_of_a_type_does_not_take_a_newer_ones_place(clients: Clients) -> None:
    """The type has read the prefix's row at version 1; before it writes, the webhook is at 2 and names the type itself."""
    world = aws_world(clients)
    first = samples.webhook(is_global=True, notification_types=("order*",))
    second = replace(first, notification_types=("orderShipped",), version=2)
    world.webhooks.create(first)
    world.notification_types.put(CatalogueEntry(name="orderShipped", template="{subject}", is_custom=True))
    happened = before_first(clients.dynamodb, "PutItem", lambda: world.webhooks.update(first, second))
    world.webhooks.subscribe("orderShipped")
    row = clients.dynamodb.get_item(
        TableName=clients.places["WEBHOOKS_TABLE"],
        Key={"pk": {"S": "sub|global"}, "sk": {"S": f"orderShipped|{first.id}"}},
    )["Item"]
    assert happened == [True]
    assert row["version"] == {"N": "2"}
