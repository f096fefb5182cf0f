from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.delivery.signing import SigningSecret
from chalicelib.domain.history.stats import HOUR
from chalicelib.domain.notifications.matching import Subscription, subscriptions
from chalicelib.domain.webhooks.authentication import BearerAuthentication, ClientAuthentication, OAuth2Authentication
from chalicelib.domain.webhooks.health import Health
from chalicelib.domain.webhooks.webhook import ActionType, Webhook
from testbed import samples

if TYPE_CHECKING:
    from chalicelib.domain.webhooks.authentication import Authentication
    from tests.contracts.engines import World

LATER = samples.AT + timedelta(hours=1)
AT = samples.AT
ILL = Health(failures=3, failing_since=AT, slow_until=AT, opens=1, probe_at=AT, rest_until=AT)


def created(world: World, webhook: Webhook) -> Webhook:
    world.webhooks.create(webhook)
    return webhook


def proposed(world: World, webhook: Webhook) -> set[Subscription]:
    """Those of a webhook's possible subscriptions under which it is found."""
    return {row for row in subscriptions(webhook) if webhook.id in world.webhooks.matching(row, None, 10)}


def test_a_webhook_comes_back_as_it_was_created(world: World) -> None:
    webhook = samples.webhook(
        name="Zoë's \N{ROCKET} \ud800",
        action_type=ActionType.RECEIVED,
        secrets=(SigningSecret("whsec_a"), SigningSecret("whsec_b", samples.AT)),
        request_timeout_s=2.5,
        attempt_schedule=AttemptSchedule((5, 10)),
        rate_limit_per_s=0.5,
        is_enabled=False,
        disabled_reason="gone",
        health=ILL,
        created_at=samples.AT + timedelta(microseconds=1),
    )
    world.webhooks.create(webhook)
    assert world.webhooks.get(webhook.id) == webhook


@pytest.mark.parametrize(
    "authentication",
    [
        None,
        samples.BASIC,
        BearerAuthentication("t0ken"),
        OAuth2Authentication("https://login.example/token", "client", "hush"),
        OAuth2Authentication("https://login.example/token", "client", "hush", "webhooks:write"),
        OAuth2Authentication("https://login.example/token", "client", "hush", None, ClientAuthentication.BODY),
        OAuth2Authentication("https://login.example/token", "client", "hush", None, ClientAuthentication.BASIC_RAW),
    ],
)
def test_what_its_requests_show_of_their_sender_comes_back_too(world: World, authentication: Authentication | None) -> None:
    webhook = created(world, samples.webhook(headers=samples.HEADERS, authentication=authentication))
    assert world.webhooks.get(webhook.id) == webhook


def test_a_webhook_that_never_was_is_none(world: World) -> None:
    assert world.webhooks.get(samples.webhook_id()) is None


def test_creating_it_again_changes_nothing(world: World) -> None:
    webhook = created(world, samples.webhook())
    world.webhooks.create(replace(webhook, name="other"))
    assert world.webhooks.get(webhook.id) == webhook


def test_many_are_read_at_once_and_each_once(world: World) -> None:
    webhooks = [created(world, samples.webhook()) for _ in range(103)]
    ids = [webhook.id for webhook in webhooks]
    assert world.webhooks.get_many([*ids, ids[0], samples.webhook_id()]) == {each.id: each for each in webhooks}


def test_none_of_none_is_read(world: World) -> None:
    assert world.webhooks.get_many([]) == {}


def test_a_new_webhook_is_found_under_all_its_subscriptions(world: World) -> None:
    webhook = created(world, samples.webhook())
    assert proposed(world, webhook) == subscriptions(webhook)


def test_a_webhook_may_have_more_rows_than_a_transaction_takes(world: World) -> None:
    types = tuple(f"type{number}" for number in range(65))
    webhook = created(world, samples.webhook(notification_types=types, groups=()))
    assert len(subscriptions(webhook)) == 130
    assert proposed(world, webhook) == subscriptions(webhook)


def test_matching_webhooks_come_in_the_order_of_their_ids_page_by_page(world: World) -> None:
    webhooks = [created(world, samples.webhook(is_global=True)) for _ in range(7)]
    source = Subscription("global", "modelCreated")
    first = world.webhooks.matching(source, None, 4)
    assert first + world.webhooks.matching(source, first[-1], 4) == sorted(each.id for each in webhooks)


def test_an_audience_that_asks_for_little_is_told_as_a_whole(world: World) -> None:
    first, second = sorted(
        (samples.webhook(notification_types=("modelCreated", "modelC*")) for _ in range(2)), key=lambda each: each.id
    )
    other = samples.webhook(owner_id="u10", notification_types=("ALL_NOTIFICATIONS",))
    for each in (second, first, other):
        created(world, each)
    covered = {"modelCreated": [first.id, second.id], "modelCopied": [first.id, second.id]}
    assert world.webhooks.subscribed("actor:u1", 4) == covered
    assert world.webhooks.subscribed("actor:u10", 1) == {"ALL_NOTIFICATIONS": [other.id]}
    assert world.webhooks.subscribed("actor:u100", 1) == {}


def test_an_audience_that_asks_for_much_is_not_told(world: World) -> None:
    created(world, samples.webhook(notification_types=("modelCreated", "modelDeleted", "modelUpdated")))
    assert world.webhooks.subscribed("actor:u1", 2) is None


def test_a_type_that_another_begins_with_has_rows_of_its_own(world: World) -> None:
    first = created(world, samples.webhook(notification_types=("model",)))
    created(world, samples.webhook(notification_types=("modelCreated", "model.a")))
    assert world.webhooks.matching(Subscription("actor:u1", "model"), None, 10) == [first.id]


def test_an_update_moves_the_subscriptions(world: World) -> None:
    old = created(world, samples.webhook(notification_types=("modelCreated", "modelDeleted")))
    new = replace(old, notification_types=("modelDeleted", "modelUpdated"), version=2)
    assert world.webhooks.update(old, new)
    assert world.webhooks.get(old.id) == new
    assert proposed(world, old) | proposed(world, new) == subscriptions(new)


def test_an_update_can_take_optional_values_away(world: World) -> None:
    old = created(world, samples.webhook(request_timeout_s=3.0, disabled_reason="gone"))
    new = replace(old, request_timeout_s=None, disabled_reason=None, version=2)
    world.webhooks.update(old, new)
    assert world.webhooks.get(old.id) == new


def test_the_second_of_two_updates_of_the_same_version_is_not_made(world: World) -> None:
    old = created(world, samples.webhook())
    first = replace(old, name="first", version=2)
    world.webhooks.update(old, first)
    assert not world.webhooks.update(old, replace(old, name="second", version=2))
    assert world.webhooks.get(old.id) == first


def test_an_update_whose_answer_was_lost_is_made_when_it_comes_again(world: World) -> None:
    old = created(world, samples.webhook(groups=("g1",)))
    new = replace(old, groups=("g7",), version=2)
    world.webhooks.update(old, new)
    assert world.webhooks.update(old, new)
    assert proposed(world, old) | proposed(world, new) == subscriptions(new)


def test_an_update_that_was_not_made_takes_no_subscription_away(world: World) -> None:
    old = created(world, samples.webhook(groups=()))
    first = replace(old, groups=("g7",), version=2)
    world.webhooks.update(old, first)
    world.webhooks.update(old, replace(old, notification_types=("modelUpdated",), groups=("g7",), version=2))
    assert proposed(world, first) == subscriptions(first)


def test_a_webhook_that_is_gone_cannot_be_updated(world: World) -> None:
    old = samples.webhook()
    new = replace(old, version=2)
    assert not world.webhooks.update(old, new)
    assert world.webhooks.get(old.id) is None
    assert proposed(world, new) == set()


def test_an_update_leaves_the_health_alone(world: World) -> None:
    old = created(world, samples.webhook())
    world.webhooks.update_health(old, ILL)
    world.webhooks.update(old, replace(old, name="new", version=2))
    assert world.webhooks.get(old.id) == replace(old, name="new", version=2, health=ILL)


def test_an_update_that_means_to_resets_the_health(world: World) -> None:
    old = created(world, samples.webhook(health=ILL, disabled_reason="gone"))
    new = replace(old, disabled_reason=None, health=Health(), version=2)
    world.webhooks.update(old, new)
    assert world.webhooks.get(old.id) == new


def test_the_service_disables_a_webhook_and_changes_nothing_else(world: World) -> None:
    old = created(world, samples.webhook(health=ILL))
    disabled = old.disabled("gone", LATER)
    assert world.webhooks.disable(old, disabled)
    assert world.webhooks.get(old.id) == disabled
    assert world.webhooks.get_many([old.id]) == {old.id: disabled}
    assert world.webhooks.page("u1", None, 10) == [disabled]


def test_a_webhook_is_disabled_as_it_was_read_or_not_at_all(world: World) -> None:
    old = created(world, samples.webhook())
    moved = replace(old, url="https://elsewhere.example/", version=2)
    world.webhooks.update(old, moved)
    assert not world.webhooks.disable(old, old.disabled("gone", LATER))
    assert world.webhooks.get(old.id) == moved


def test_a_webhook_that_is_gone_cannot_be_disabled(world: World) -> None:
    old = samples.webhook()
    assert not world.webhooks.disable(old, old.disabled("gone", LATER))
    assert world.webhooks.get(old.id) is None


def test_a_webhook_that_was_disabled_meanwhile_is_not_changed_as_it_was_read(world: World) -> None:
    old = created(world, samples.webhook())
    disabled = old.disabled("gone", LATER)
    world.webhooks.disable(old, disabled)
    assert not world.webhooks.update(old, replace(old, name="new", version=2))
    assert world.webhooks.get(old.id) == disabled


@pytest.mark.parametrize("reason", [None, "gone"])
def test_a_change_of_a_disabled_webhook_enables_it_or_leaves_it_disabled(world: World, reason: str | None) -> None:
    old = created(world, samples.webhook())
    disabled = old.disabled("gone", LATER)
    world.webhooks.disable(old, disabled)
    changed = replace(disabled, name="new", disabled_reason=reason, updated_at=LATER + HOUR, version=3)
    assert world.webhooks.update(disabled, changed)
    assert world.webhooks.get(old.id) == changed
    again = changed.disabled("gone again", LATER + 2 * HOUR)
    assert world.webhooks.disable(changed, again)
    assert world.webhooks.get(old.id) == again


def test_health_changes_without_the_version(world: World) -> None:
    webhook = created(world, samples.webhook())
    assert world.webhooks.update_health(webhook, ILL)
    assert world.webhooks.get(webhook.id) == replace(webhook, health=ILL)


@pytest.mark.parametrize("learned", [ILL, Health()])
def test_what_was_learned_of_an_earlier_version_is_not_written_on_the_present_one(world: World, learned: Health) -> None:
    """Also if it comes to what is there: that is not taken for a write whose answer was lost."""
    old = created(world, samples.webhook(health=ILL))
    moved = replace(old, url="https://elsewhere.example/", version=2, health=Health())
    world.webhooks.update(old, moved)
    assert not world.webhooks.update_health(old, learned)
    assert world.webhooks.get(old.id) == moved
    assert world.webhooks.update_health(moved, ILL)


def test_a_webhook_that_has_succeeded_since_is_not_disabled(world: World) -> None:
    """It was to be disabled since there was nothing but failures."""
    failing = created(world, samples.webhook(health=ILL))
    world.webhooks.update_health(failing, Health())
    assert not world.webhooks.disable(failing, failing.disabled("failures", LATER))
    assert world.webhooks.get(failing.id) == replace(failing, health=Health())


def test_the_second_of_two_changes_of_the_same_health_is_not_made(world: World) -> None:
    webhook = created(world, samples.webhook())
    world.webhooks.update_health(webhook, Health(failures=1))
    assert not world.webhooks.update_health(webhook, ILL)
    assert world.webhooks.update_health(replace(webhook, health=Health(failures=1)), ILL)


def test_a_webhook_that_is_gone_has_no_health_to_change(world: World) -> None:
    assert not world.webhooks.update_health(samples.webhook(), ILL)


def test_slots_follow_each_other(world: World) -> None:
    webhook = created(world, samples.webhook())
    first = world.webhooks.reserve_slots(webhook.id, 3, 0.25, samples.AT, samples.AT + HOUR)
    second = world.webhooks.reserve_slots(webhook.id, 1, 0.25, samples.AT, samples.AT + HOUR)
    third = world.webhooks.reserve_slots(webhook.id, 1, 0.25, samples.AT, samples.AT + HOUR)
    assert first == samples.AT
    assert second == samples.AT + timedelta(seconds=0.75)
    assert third == samples.AT + timedelta(seconds=1)


def test_slots_that_nobody_took_are_not_made_up_for(world: World) -> None:
    webhook = created(world, samples.webhook())
    world.webhooks.reserve_slots(webhook.id, 2, 1.0, samples.AT, samples.AT + HOUR)
    later = samples.AT + timedelta(minutes=1, microseconds=7)
    assert world.webhooks.reserve_slots(webhook.id, 1, 1.0, later, later + HOUR) == later


def test_no_slot_is_taken_after_the_latest_time(world: World) -> None:
    webhook = created(world, samples.webhook())
    world.webhooks.reserve_slots(webhook.id, 5, 1.0, samples.AT, samples.AT)
    until = samples.AT + timedelta(seconds=4.9)
    assert world.webhooks.reserve_slots(webhook.id, 1, 1.0, samples.AT, until) is None
    until = samples.AT + timedelta(seconds=5)
    assert world.webhooks.reserve_slots(webhook.id, 1, 1.0, samples.AT, until) == until


def test_a_webhook_that_is_gone_has_no_slots_and_does_not_come_back_by_them(world: World) -> None:
    webhook_id = samples.webhook_id()
    assert world.webhooks.reserve_slots(webhook_id, 1, 1.0, samples.AT, samples.AT + HOUR) == samples.AT
    assert world.webhooks.get(webhook_id) is None


def test_a_deleted_webhook_is_gone_for_every_reader(world: World) -> None:
    webhook = created(world, samples.webhook())
    world.webhooks.delete(webhook, samples.AT)
    assert world.webhooks.get(webhook.id) is None
    assert world.webhooks.get_many([webhook.id]) == {}
    assert world.webhooks.page("u1", None, 10) == []
    assert world.webhooks.page(None, None, 10) == []
    assert world.webhooks.count_of("u1", 10) == 0


def test_a_deleted_webhook_is_noted_without_its_secrets_until_it_is_purged(world: World) -> None:
    secret = {"secrets": (SigningSecret("whsec_a"),), "headers": samples.HEADERS, "authentication": samples.BASIC}
    webhook = created(world, samples.webhook(**secret))
    world.webhooks.delete(webhook, samples.AT)
    later = samples.AT + timedelta(seconds=1)
    assert world.webhooks.unpurged(samples.AT, 10) == []
    assert world.webhooks.unpurged(later, 10) == [replace(webhook, secrets=(), headers=(), authentication=None)]
    world.webhooks.purged(webhook)
    assert world.webhooks.unpurged(later, 10) == []


def test_purging_takes_all_subscriptions_away(world: World) -> None:
    types = tuple(f"type{number}" for number in range(30))
    webhook = created(world, samples.webhook(notification_types=types))
    world.webhooks.delete(webhook, samples.AT)
    world.webhooks.purged(webhook)
    assert proposed(world, webhook) == set()


def test_a_renewed_note_counts_from_its_renewal(world: World) -> None:
    webhook = created(world, samples.webhook())
    world.webhooks.delete(webhook, samples.AT)
    assert world.webhooks.renew_purge(webhook, samples.AT + timedelta(minutes=1))
    assert world.webhooks.unpurged(samples.AT + timedelta(minutes=1), 10) == []
    assert world.webhooks.unpurged(samples.AT + timedelta(minutes=2), 10) == [webhook]


def test_a_finished_purge_is_not_renewed(world: World) -> None:
    webhook = created(world, samples.webhook())
    world.webhooks.delete(webhook, samples.AT)
    world.webhooks.purged(webhook)
    assert not world.webhooks.renew_purge(webhook, samples.AT)
    assert world.webhooks.unpurged(samples.AT + timedelta(minutes=1), 10) == []


def test_deleting_twice_is_deleting_once(world: World) -> None:
    webhook = created(world, samples.webhook())
    world.webhooks.delete(webhook, samples.AT)
    world.webhooks.delete(webhook, samples.AT)
    assert len(world.webhooks.unpurged(samples.AT + timedelta(seconds=1), 10)) == 1


def test_the_unpurged_are_counted_no_further_than_asked(world: World) -> None:
    for _ in range(4):
        world.webhooks.delete(created(world, samples.webhook()), samples.AT)
    assert len(world.webhooks.unpurged(samples.AT + timedelta(seconds=1), 3)) == 3


@pytest.mark.parametrize("owner_id", ["u1", None])
def test_pages_come_in_the_order_of_the_ids(world: World, owner_id: str | None) -> None:
    webhooks = sorted((created(world, samples.webhook()) for _ in range(5)), key=lambda each: each.id)
    first = world.webhooks.page(owner_id, None, 3)
    assert first == webhooks[:3]
    assert world.webhooks.page(owner_id, first[-1].id, 3) == webhooks[3:]


def test_the_page_of_an_owner_is_theirs_alone_and_the_page_of_all_is_everyones(world: World) -> None:
    own = created(world, samples.webhook(owner_id="u1"))
    other = created(world, samples.webhook(owner_id="u2"))
    assert world.webhooks.page("u1", None, 10) == [own]
    assert {each.id for each in world.webhooks.page(None, None, 10)} == {own.id, other.id}


@pytest.mark.parametrize(("at_most", "counted"), [(2, 2), (3, 3), (9, 3)])
def test_webhooks_are_counted_by_owner_no_further_than_asked(world: World, at_most: int, counted: int) -> None:
    for owner_id in ("u1", "u1", "u1", "u2"):
        created(world, samples.webhook(owner_id=owner_id))
    assert world.webhooks.count_of("u1", at_most) == counted
