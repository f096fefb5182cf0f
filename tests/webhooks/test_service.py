"""Making, showing and deleting webhooks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.background.tasks import PurgeHistory
from chalicelib.domain import ids
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.directory.audit import AuditAction
from chalicelib.domain.directory.users import Caller, Role, User
from chalicelib.domain.errors import (
    Forbidden,
    InvalidInput,
    LimitReached,
    PosthornError,
    RefusedUrl,
    UnknownNotificationType,
    WebhookNotFound,
)
from chalicelib.domain.notifications.matching import Subscription
from chalicelib.domain.webhooks.authentication import AuthenticationDraft, BearerAuthentication, OAuth2Authentication
from chalicelib.domain.webhooks.webhook import VIEW_MAX_S, ActionType, Webhook
from chalicelib.webhooks.service import WebhookDraft
from testbed.fakes.people import put, settle
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, webhook

ANN, BOB, ADMIN = Caller("1", Role.USER), Caller("2", Role.USER), Caller("9", Role.ADMIN)
DRAFT = WebhookDraft({"url": "https://receiver.example/hook", "name": "Mine", "notification_types": ("ALL_NOTIFICATIONS",)})


def _created(results: list[Webhook | PosthornError]) -> list[Webhook]:
    assert all(isinstance(each, Webhook) for each in results)
    return [each for each in results if isinstance(each, Webhook)]


def _person(user_id: str, *groups: str) -> User:
    return User(id=user_id, name=f"User {user_id}", role=Role.USER, groups=groups, created_at=NOON, updated_at=NOON)


@pytest.fixture
def world() -> FakeAdapters:
    made = FakeAdapters()
    settle(made, ANN, BOB, ADMIN)
    return made


def test_several_are_made_at_once_each_with_an_id_and_a_secret_of_its_own(world: FakeAdapters) -> None:
    made = _created(service_on(world).api.webhooks.create(ANN, [DRAFT, DRAFT, DRAFT]))
    assert len({each.id for each in made}) == len({each.secrets[0].value for each in made}) == 3
    assert all(ids.is_id("wh_", each.id) for each in made)
    assert world.webhooks.get_many([each.id for each in made]) == {each.id: each for each in made}


def test_a_webhook_is_its_makers_and_starts_live(world: FakeAdapters) -> None:
    (made,) = _created(
        service_on(world).api.webhooks.create(ANN, [WebhookDraft({**DRAFT.values, "action_type": ActionType.RECEIVED})])
    )
    assert (made.owner_id, made.is_live, made.version, made.created_at) == ("1", True, 1, NOON)
    assert (made.url, made.name, made.action_type) == (DRAFT.url, "Mine", ActionType.RECEIVED)


def test_a_draft_may_have_limits_and_a_private_key_of_its_own(world: FakeAdapters) -> None:
    own: dict[str, Any] = {"request_timeout_s": 2.5, "attempt_schedule": AttemptSchedule((7,)), "rate_limit_per_s": 1.0}
    (made,) = _created(
        service_on(world).api.webhooks.create(ANN, [WebhookDraft({**DRAFT.values, **own}, has_private_key=True)])
    )
    assert {name: getattr(made, name) for name in own} == own
    assert [each.is_private_key for each in made.secrets] == [False, True]


def test_names_of_types_are_taken_in_any_case_once_each(world: FakeAdapters) -> None:
    (made,) = _created(
        service_on(world).api.webhooks.create(
            ANN, [WebhookDraft({**DRAFT.values, "notification_types": ("MODELDELETED", "modelDeleted")})]
        )
    )
    assert made.notification_types == ("modelDeleted",)


def test_a_new_webhook_listens_for_its_owners_groups(world: FakeAdapters) -> None:
    put(world, _person("1", "ops"))
    (made,) = _created(service_on(world).api.webhooks.create(ANN, [DRAFT]))
    assert world.webhooks.matching(Subscription("group:ops", "ALL_NOTIFICATIONS"), None, 9) == [made.id]


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        (WebhookDraft({**DRAFT.values, "is_global": True}), Forbidden),
        (WebhookDraft({**DRAFT.values, "notification_types": ()}), InvalidInput),
        (WebhookDraft({**DRAFT.values, "notification_types": ("nonsense",)}), UnknownNotificationType),
        (WebhookDraft({**DRAFT.values, "url": "https://refused.example"}), RefusedUrl),
    ],
)
def test_what_is_wrong_with_one_does_not_keep_the_others_from_being_made(
    world: FakeAdapters, draft: WebhookDraft, error: type[PosthornError]
) -> None:
    world.policy.refused["https://refused"] = "It is not public."
    first, wrong, last = service_on(world).api.webhooks.create(ANN, [DRAFT, draft, DRAFT])
    assert isinstance(wrong, error)
    assert {each.id for each in _created([first, last])} == {each.id for each in world.webhooks.page(None, None, 9)}


def test_an_admin_makes_global_ones(world: FakeAdapters) -> None:
    (made,) = _created(service_on(world).api.webhooks.create(ADMIN, [WebhookDraft({**DRAFT.values, "is_global": True})]))
    assert made.is_global


@pytest.mark.parametrize(("caller", "may"), [(ADMIN, True), (ANN, False)], ids=["an admin", "a user"])
def test_private_networks_are_for_webhooks_of_admins(world: FakeAdapters, caller: Caller, *, may: bool) -> None:
    (made,) = _created(service_on(world).api.webhooks.create(caller, [DRAFT]))
    assert made.may_reach_private is may
    assert world.policy.asked == [(may, may)]


@pytest.mark.parametrize(
    "secrets", [{"headers": {"x-key": "s3cret"}}, {"authentication": AuthenticationDraft(BearerAuthentication("s3cret"))}]
)
def test_secrets_are_refused_for_http(world: FakeAdapters, secrets: dict[str, Any]) -> None:
    by_http = WebhookDraft({**DRAFT.values, "url": "http://receiver.example/hook"})
    plain, refused = service_on(world).api.webhooks.create(ANN, [by_http, WebhookDraft({**by_http.values, **secrets})])
    _created([plain])
    assert isinstance(refused, RefusedUrl)


def test_the_limit_counts_what_is_there_and_what_is_made(world: FakeAdapters) -> None:
    service = service_on(world, webhooks_per_user_max=3).api.webhooks
    _created(service.create(ANN, [DRAFT]))
    *made, refused = service.create(ANN, [DRAFT, DRAFT, DRAFT])
    _created(made)
    assert isinstance(refused, LimitReached)
    _created(service.create(BOB, [DRAFT]))


def test_what_is_refused_takes_no_place(world: FakeAdapters) -> None:
    results = service_on(world, webhooks_per_user_max=1).api.webhooks.create(
        ANN, [WebhookDraft({**DRAFT.values, "notification_types": ()}), DRAFT]
    )
    assert isinstance(results[1], Webhook)


def test_no_drafts_make_no_webhooks(world: FakeAdapters) -> None:
    assert service_on(world).api.webhooks.create(ANN, []) == []


@pytest.mark.parametrize(("caller", "may"), [(ANN, True), (BOB, False), (ADMIN, True)])
def test_a_webhook_is_for_its_owner_and_for_admins(world: FakeAdapters, caller: Caller, *, may: bool) -> None:
    mine = webhook(owner_id="1")
    world.webhooks.create(mine)
    service = service_on(world).api.webhooks
    if may:
        assert service.get(caller, mine.id) == mine
        return
    with pytest.raises(WebhookNotFound):
        service.get(caller, mine.id)
    with pytest.raises(WebhookNotFound):
        service.delete(caller, mine.id)
    assert world.webhooks.get(mine.id) == mine


@pytest.mark.parametrize("webhook_id", ["", "wh_", "wh_nonsense", "x" * 5_000, "wh_01arz3ndek0000000000000000"])
def test_an_id_that_is_none_is_not_found(world: FakeAdapters, webhook_id: str) -> None:
    with pytest.raises(WebhookNotFound):
        service_on(world).api.webhooks.get(ADMIN, webhook_id)


@pytest.mark.parametrize(("caller", "numbers"), [(ANN, [1, 3, 5]), (BOB, [2, 4]), (ADMIN, [1, 2, 3, 4, 5])])
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_pages_hold_what_the_caller_may_see_once_each(
    world: FakeAdapters, caller: Caller, numbers: list[int], limit: int
) -> None:
    for number in range(1, 6):
        world.webhooks.create(webhook(number, owner_id="1" if number % 2 else "2"))
    service, found, after, pages = service_on(world).api.webhooks, list[Webhook](), None, 0
    while pages == 0 or after is not None:
        page, after = service.page(caller, after, limit)
        found += page
        pages += 1
    assert found == [webhook(number, owner_id="1" if number % 2 else "2") for number in numbers]
    assert pages == -(-len(numbers) // limit)


def test_a_deleted_webhook_is_gone_and_its_purge_is_queued(world: FakeAdapters) -> None:
    mine = webhook(owner_id="1")
    world.webhooks.create(mine)
    service = service_on(world).api.webhooks
    service.delete(ANN, mine.id)
    assert world.webhooks.get(mine.id) is None
    assert [each.webhook.id for each in world.background.work(PurgeHistory)] == [mine.id]
    with pytest.raises(WebhookNotFound):
        service.delete(ANN, mine.id)


def test_a_deletion_stands_though_its_purge_cannot_be_queued(world: FakeAdapters) -> None:
    mine = webhook(owner_id="1")
    world.webhooks.create(mine)
    world.background.is_refusing = True
    service_on(world).api.webhooks.delete(ANN, mine.id)
    assert world.webhooks.get(mine.id) is None
    assert [each.id for each in world.webhooks.unpurged(world.clock.advance(60), 9)] == [mine.id]


@pytest.mark.parametrize(("caller", "numbers"), [(ADMIN, {2}), (ANN, {1, 2})])
def test_an_admins_own_are_told_from_those_that_an_admin_may_see(
    world: FakeAdapters, caller: Caller, numbers: set[int]
) -> None:
    both = {number: webhook(number, owner_id="9" if number == 2 else "1") for number in (1, 2)}
    for each in both.values():
        world.webhooks.create(each)
    found = service_on(world).api.webhooks.own_among(caller, [each.id for each in both.values()])
    assert found == {both[number].id for number in numbers}


def test_a_deletion_is_answered_once_no_worker_goes_by_the_webhook_any_more(world: FakeAdapters) -> None:
    (made,) = _created(service_on(world).api.webhooks.create(ANN, [DRAFT]))
    began_at = world.clock.now()
    service_on(world).api.webhooks.delete(ANN, made.id)
    assert world.clock.now() - began_at >= timedelta(seconds=VIEW_MAX_S)


def test_the_url_of_a_token_server_is_vetted_as_the_webhooks_own(world: FakeAdapters) -> None:
    world.policy.refused["https://refused"] = "It is not public."
    oauth2 = AuthenticationDraft(OAuth2Authentication("https://refused.example/token", "client", "s3cret"))
    (refused,) = service_on(world).api.webhooks.create(ANN, [WebhookDraft({**DRAFT.values, "authentication": oauth2})])
    assert isinstance(refused, RefusedUrl)
    assert world.policy.vetted == [DRAFT.url, "https://refused.example/token"]


def test_a_deletion_is_in_the_audit_under_who_made_it(world: FakeAdapters) -> None:
    (made,) = _created(service_on(world).api.webhooks.create(ANN, [DRAFT]))
    service_on(world).api.webhooks.delete(ADMIN, made.id)
    line = world.audit.lines[-1]
    assert (line.actor, line.action, line.webhook_id) == ("9", AuditAction.WEBHOOK_DELETED, made.id)
