from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.notifications.catalogue import CatalogueEntry
from chalicelib.domain.notifications.matching import Subscription
from testbed import samples

if TYPE_CHECKING:
    from chalicelib.domain.webhooks.webhook import Webhook
    from tests.contracts.engines import World

SHIPPED = CatalogueEntry(
    name="orderShipped",
    template="{subject} is on its way.",
    description="Zoë's \N{ROCKET}",
    is_custom=True,
    has_schema=True,
    schema='{"type":"object"}',
)


def entry(name: str) -> CatalogueEntry:
    return CatalogueEntry(name=name, template="{subject}", is_custom=True)


def wanting(world: World, *wanted: str, **changes: object) -> Webhook:
    webhook = samples.webhook(is_global=True, notification_types=wanted, **changes)
    world.webhooks.create(webhook)
    return webhook


def add(world: World, name: str) -> None:
    """As the service does."""
    world.notification_types.put(entry(name))
    world.webhooks.subscribe(name)


def found(world: World, notification_type: str, audience: str = "global") -> list[str]:
    return world.webhooks.matching(Subscription(audience, notification_type), None, 10)


def test_a_type_comes_back_as_it_was_put_in_any_case(world: World) -> None:
    world.notification_types.put(SHIPPED)
    assert world.notification_types.get("ORDERshipped") == SHIPPED


def test_a_type_that_never_was_is_none(world: World) -> None:
    assert world.notification_types.get("orderShipped") is None


def test_a_type_without_description_and_schema_comes_back_so(world: World) -> None:
    world.notification_types.put(entry("orderLost"))
    assert world.notification_types.get("orderLost") == entry("orderLost")


def test_putting_it_again_takes_its_place_and_its_schema_away(world: World) -> None:
    world.notification_types.put(SHIPPED)
    world.notification_types.put(entry("orderShipped"))
    assert world.notification_types.get("orderShipped") == entry("orderShipped")
    assert world.notification_types.count(10) == 1


def test_a_deleted_type_is_gone_and_its_schema_does_not_come_back(world: World) -> None:
    world.notification_types.put(SHIPPED)
    world.notification_types.delete("ordershipped", samples.AT)
    world.notification_types.delete("ordershipped", samples.AT)
    assert world.notification_types.get("orderShipped") is None
    world.notification_types.put(entry("orderShipped"))
    assert world.notification_types.get("orderShipped") == entry("orderShipped")


def test_types_are_listed_without_schemas_in_the_order_of_their_names_page_by_page(world: World) -> None:
    for each in (SHIPPED, entry("Bravo"), entry("alpha"), entry("charlie")):
        world.notification_types.put(each)
    first = world.notification_types.page(None, 2)
    assert first == [entry("alpha"), entry("Bravo")]
    assert world.notification_types.page("Bravo", 9) == [entry("charlie"), replace(SHIPPED, schema=None)]


def test_types_are_counted_no_further_than_asked(world: World) -> None:
    for name in ("a", "b", "c"):
        world.notification_types.put(entry(name))
    assert world.notification_types.count(2) == 2
    assert world.notification_types.count(9) == 3


# ── Prefixes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_webhook_with_a_prefix_is_found_under_each_type_that_begins_so(world: World) -> None:
    add(world, "collectionArchived")
    webhook = wanting(world, "Collection*")
    assert found(world, "collectionCreated") == found(world, "collectionArchived") == [webhook.id]
    assert found(world, "modelCreated") == found(world, "ALL_NOTIFICATIONS") == []


def test_a_type_that_is_added_later_finds_the_webhooks_with_a_prefix_of_it(world: World) -> None:
    webhooks = [wanting(world, wanted) for wanted in ("order*", "o*", "orders*", "ORDERSHIPPED*")]
    for wanted in ("orderShippedx*", "modelCreated", "a*"):
        wanting(world, wanted)
    add(world, "orderShipped")
    add(world, "orderShipped")
    assert found(world, "orderShipped") == sorted(each.id for each in webhooks)


def test_a_type_that_is_added_later_is_found_under_every_audience(world: World) -> None:
    webhook = samples.webhook(notification_types=("order*",), groups=("g|1",))
    world.webhooks.create(webhook)
    add(world, "orderShipped")
    for audience in ("actor:u1", "target:u1", "group:g|1"):
        assert found(world, "orderShipped", audience) == [webhook.id]


def test_a_prefix_that_is_dropped_takes_its_rows_along_but_not_what_is_named_beside_it(world: World) -> None:
    old = wanting(world, "collection*", "modelCreated")
    new = replace(old, notification_types=("collectionCreated", "modelCreated"), version=2)
    assert world.webhooks.update(old, new)
    assert found(world, "collectionCreated") == found(world, "modelCreated") == [old.id]
    assert found(world, "collectionDeleted") == []
    add(world, "collectionArchived")
    assert found(world, "collectionArchived") == []


def test_a_name_that_is_dropped_stays_where_a_prefix_covers_it(world: World) -> None:
    old = wanting(world, "orderShipped", "modelCreated")
    assert world.webhooks.update(old, replace(old, notification_types=("order*",), version=2))
    assert found(world, "orderShipped") == [old.id]
    assert found(world, "modelCreated") == []


def test_another_spelling_of_a_prefix_changes_nothing(world: World) -> None:
    old = wanting(world, "collection*")
    assert world.webhooks.update(old, replace(old, notification_types=("COLLECTION*",), version=2))
    assert found(world, "collectionCreated") == [old.id]


def test_a_purge_takes_the_rows_of_a_prefix_away(world: World) -> None:
    webhook = wanting(world, "collection*")
    world.webhooks.delete(webhook, samples.AT)
    world.webhooks.purged(webhook)
    assert found(world, "collectionCreated") == []
    add(world, "collectionArchived")
    assert found(world, "collectionArchived") == []
