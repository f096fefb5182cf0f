"""The catalogue: what is remembered, who may change it, and what its types do to a notification."""

from __future__ import annotations

import json

import pytest

from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import Forbidden, InvalidInput, LimitReached, NotificationTypeNotFound, UnknownNotificationType
from chalicelib.domain.notifications.catalogue import CatalogueEntry, custom
from chalicelib.intake.messages import ReceivedNotification
from testbed.fakes.people import settle
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, webhook

ADMIN, USER = Caller("9", Role.ADMIN), Caller("1", Role.USER)


@pytest.fixture
def world() -> FakeAdapters:
    made = FakeAdapters()
    settle(made, ADMIN)
    return made


def add(world: FakeAdapters, name: str = "orderShipped", template: str | None = None) -> CatalogueEntry:
    """As another process does."""
    entry = custom(name=name, template=template, description=None, schema=None)
    world.notification_types.put(entry)
    world.webhooks.subscribe(name)
    return entry


def sent(world: FakeAdapters, **members: object) -> list[str]:
    """The bodies that a notification makes."""
    service_on(world).fan_out.step(ReceivedNotification(json.dumps(members), {}, "m-1", NOON))
    return [each.attempt.body for each in world.deliveries.sent]


def test_what_was_found_is_remembered_for_a_while_and_no_longer(world: FakeAdapters) -> None:
    catalogue = service_on(world, catalogue_cache_s=10).api.catalogue
    first, second = add(world, template="one"), custom(name="orderShipped", template="two", description=None, schema=None)
    assert catalogue.find("orderShipped") == first
    world.notification_types.put(second)
    world.clock.advance(9.9)
    assert catalogue.find("orderShipped") == first
    world.clock.advance(0.1)
    assert catalogue.find("orderShipped") == second


def test_what_was_not_found_is_not_remembered(world: FakeAdapters) -> None:
    catalogue = service_on(world).api.catalogue
    assert catalogue.find("orderShipped") is None
    added = add(world)
    assert catalogue.find("orderShipped") == added


def test_the_process_that_changes_a_type_knows_it_at_once(world: FakeAdapters) -> None:
    rooms = service_on(world)
    for template in ("one", "two"):
        rooms.api.notification_types.put(ADMIN, "orderShipped", template=template, description=None, schema=None)
        entry = rooms.api.catalogue.find("orderShipped")
        assert entry is not None
        assert entry.template == template
    rooms.api.notification_types.delete(ADMIN, "orderShipped")
    assert rooms.api.catalogue.find("orderShipped") is None


def test_names_are_known_once_each_in_the_catalogues_spelling(world: FakeAdapters) -> None:
    add(world)
    wanted = ["ORDERSHIPPED", "modelcreated", "orderShipped", "MODEL*", "model*"]
    assert service_on(world).api.catalogue.known(wanted) == ("orderShipped", "modelCreated", "model*")


@pytest.mark.parametrize(("wanted", "error"), [([], InvalidInput), (["nowhere"], UnknownNotificationType)])
def test_what_cannot_be_asked_for_is_refused(world: FakeAdapters, wanted: list[str], error: type[Exception]) -> None:
    with pytest.raises(error):
        service_on(world).api.catalogue.known(wanted)


def test_only_admins_change_the_catalogue(world: FakeAdapters) -> None:
    """The border refuses the others (`tests/api/test_rights.py`); a write has the condition too."""
    settle(world, USER)
    service = service_on(world).api.notification_types
    with pytest.raises(Forbidden):
        service.put(USER, "orderShipped", template=None, description=None, schema=None)
    add(world)
    with pytest.raises(Forbidden):
        service.delete(USER, "orderShipped")


def test_the_limit_is_named_and_a_change_is_none_more(world: FakeAdapters) -> None:
    service = service_on(world, notification_types_max=1).api.notification_types
    service.put(ADMIN, "orderShipped", template=None, description=None, schema=None)
    service.put(ADMIN, "orderShipped", template="changed", description=None, schema=None)
    with pytest.raises(LimitReached, match="NOTIFICATION_TYPES_MAX"):
        service.put(ADMIN, "orderLost", template=None, description=None, schema=None)


def test_a_type_that_is_not_there_cannot_be_removed(world: FakeAdapters) -> None:
    with pytest.raises(NotificationTypeNotFound):
        service_on(world).api.notification_types.delete(ADMIN, "orderShipped")


def test_the_template_makes_the_text_where_there_is_none(world: FakeAdapters) -> None:
    add(world, template="{actor} has shipped {subject} to {target}.")
    world.webhooks.create(webhook(1, is_global=True))
    (body,) = sent(world, notificationType="ordershipped", name="Order 7", targetUser=5)
    assert json.loads(body)["text"] == "The system has shipped Order 7 to user 5."


def test_a_type_that_is_added_reaches_webhooks_with_a_prefix_of_it(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(1, is_global=True, notification_types=("ORDER*",)))
    service_on(world).api.notification_types.put(ADMIN, "orderShipped", template=None, description=None, schema=None)
    assert len(sent(world, notificationType="orderShipped")) == 1


def test_a_type_that_was_removed_reaches_them_no_more_but_those_that_listen_on_all(world: FakeAdapters) -> None:
    service = service_on(world).api.notification_types
    service.put(ADMIN, "orderShipped", template=None, description=None, schema=None)
    for number, wanted in enumerate(["order*", "ALL_NOTIFICATIONS"]):
        world.webhooks.create(webhook(number, is_global=True, notification_types=(wanted,)))
    service.delete(ADMIN, "orderShipped")
    sent(world, notificationType="orderShipped")
    assert [each.attempt.webhook_id for each in world.deliveries.sent] == [webhook(1).id]
