"""Changing webhooks, and exchanging their secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.delivery import signing
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import (
    InvalidInput,
    PosthornError,
    RefusedHeader,
    RefusedUrl,
    UnknownNotificationType,
    VersionConflict,
    WebhookNotFound,
)
from chalicelib.domain.notifications.matching import Subscription
from chalicelib.domain.webhooks.authentication import (
    Authentication,
    AuthenticationDraft,
    BasicAuthentication,
    BearerAuthentication,
    OAuth2Authentication,
)
from chalicelib.domain.webhooks.health import Health
from chalicelib.domain.webhooks.webhook import ActionType
from chalicelib.webhooks.edits import WebhookEdit
from testbed.fakes.people import settle
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, at, webhook

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.webhooks.webhook import Webhook

OWNER, OTHER, ADMIN = Caller("1", Role.USER), Caller("2", Role.USER), Caller("9", Role.ADMIN)
MINE = webhook(1).id
ILL = Health(failures=9, failing_since=NOON, opens=3, probe_at=at(900))
DAY_S = 24 * 3600


@pytest.fixture
def world() -> FakeAdapters:
    made = FakeAdapters()
    settle(made, OWNER, OTHER, ADMIN)
    made.webhooks.create(webhook(1, secrets=(signing.new_secret(bytes(32)),)))
    return made


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"name": webhook(1).name},
        {"url": webhook(1).url},
        {"notification_types": ("all_notifications",)},
        {"action_type": None},
        {"is_enabled": True},
        {"headers": {}, "authentication": None},
        {"request_timeout_s": None, "attempt_schedule": None, "rate_limit_per_s": None, "filter_expression": None},
    ],
    ids=str,
)
def test_an_edit_that_changes_nothing_writes_nothing(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    before = world.webhooks.get(MINE)
    world.clock.advance(5)
    monkeypatch.delattr(type(world.webhooks), "update")
    assert service_on(world).api.editor.edit(OWNER, MINE, WebhookEdit(changes), 1) == before
    assert world.audit.lines == []


def test_an_edit_that_changes_nothing_of_another_version_is_refused_all_the_same(world: FakeAdapters) -> None:
    with pytest.raises(VersionConflict):
        service_on(world).api.editor.edit(OWNER, MINE, WebhookEdit({}), 2)


def test_secrets_that_are_kept_and_nothing_else_are_no_change(world: FakeAdapters) -> None:
    written = WebhookEdit({"headers": {"X-Key": "s3cret"}, "authentication": AuthenticationDraft(BearerAuthentication("t"))})
    first = service_on(world).api.editor.edit(OWNER, MINE, written, None)
    kept = WebhookEdit(
        {"headers": {"x-key": None}, "authentication": AuthenticationDraft(BearerAuthentication(""), keeps_secret=True)}
    )
    assert service_on(world).api.editor.edit(OWNER, MINE, kept, None) == first
    assert len(world.audit.lines) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "https://new.example/"},
        {"name": "New"},
        {"action_type": ActionType.RECEIVED},
        {"is_enabled": False},
        {"request_timeout_s": 2.5, "attempt_schedule": AttemptSchedule((7,)), "rate_limit_per_s": 1.0},
    ],
)
def test_what_is_given_changes_and_the_rest_stays(world: FakeAdapters, changes: dict[str, Any]) -> None:
    before = world.webhooks.get(MINE)
    world.clock.advance(5)
    after = service_on(world).api.editor.edit(OWNER, MINE, WebhookEdit(changes), None)
    assert before is not None
    unchanged = {name: getattr(before, name) for name in before.__slots__} | changes
    assert {name: getattr(after, name) for name in after.__slots__} == unchanged | {"version": 2, "updated_at": at(5)}
    assert world.webhooks.get(MINE) == after


def test_subscriptions_follow_the_types(world: FakeAdapters) -> None:
    service_on(world).api.editor.edit(OWNER, MINE, WebhookEdit({"notification_types": ("TAGCREATED", "tagCreated")}), None)
    found = {
        kind: world.webhooks.matching(Subscription("actor:1", kind), None, 9) for kind in ("ALL_NOTIFICATIONS", "tagCreated")
    }
    assert found == {"ALL_NOTIFICATIONS": [], "tagCreated": [MINE]}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"url": "https://refused.example"}, RefusedUrl),
        ({"notification_types": ("nonsense",)}, UnknownNotificationType),
        ({"notification_types": ()}, InvalidInput),
    ],
)
def test_what_is_wrong_changes_nothing(world: FakeAdapters, changes: dict[str, Any], error: type[PosthornError]) -> None:
    world.policy.refused["https://refused"] = "It is not public."
    with pytest.raises(error):
        service_on(world).api.editor.edit(OWNER, MINE, WebhookEdit({"name": "New", **changes}), None)
    kept = world.webhooks.get(MINE)
    assert kept is not None
    assert (kept.version, kept.name) == (1, "Webhook 1")


@pytest.mark.parametrize(("caller", "may"), [(OWNER, True), (ADMIN, True), (OTHER, False)])
def test_a_webhook_is_changed_by_its_owner_and_by_admins(world: FakeAdapters, caller: Caller, *, may: bool) -> None:
    editor = service_on(world).api.editor
    if may:
        assert editor.edit(caller, MINE, WebhookEdit({"name": "New"}), None).owner_id == "1"
        return
    with pytest.raises(WebhookNotFound):
        editor.edit(caller, MINE, WebhookEdit({"name": "New"}), None)
    with pytest.raises(WebhookNotFound):
        editor.rotate(caller, MINE, 0)


def test_who_names_a_version_changes_that_one_only(world: FakeAdapters) -> None:
    editor = service_on(world).api.editor
    editor.edit(OWNER, MINE, WebhookEdit({"name": "First"}), 1)
    with pytest.raises(VersionConflict, match="at version 2, not 1"):
        editor.edit(OWNER, MINE, WebhookEdit({"name": "Second"}), 1)
    assert editor.edit(OWNER, MINE, WebhookEdit({"name": "Second"}), 2).version == 3


def test_who_names_none_wins_against_others(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    refusals = iter([False, False])
    update = world.webhooks.update
    monkeypatch.setattr(world.webhooks, "update", lambda *given: next(refusals, True) and update(*given))
    assert service_on(world).api.editor.edit(OWNER, MINE, WebhookEdit({"name": "New"}), None).name == "New"


def test_against_others_without_end_it_gives_up(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.webhooks, "update", lambda *_: False)
    with pytest.raises(VersionConflict, match="Try again"):
        service_on(world).api.editor.edit(OWNER, MINE, WebhookEdit({"name": "New"}), None)


@pytest.mark.parametrize("changes", [{"disabled_reason": "It is gone."}, {"is_enabled": False}])
def test_enabling_starts_clean(world: FakeAdapters, changes: dict[str, Any]) -> None:
    idle = webhook(2, health=ILL, **changes)
    world.webhooks.create(idle)
    service_on(world).api.editor.edit(OWNER, idle.id, WebhookEdit({"is_enabled": True}), None)
    after = world.webhooks.get(idle.id)
    assert after is not None
    assert (after.is_live, after.disabled_reason, after.health) == (True, None, Health())


@pytest.mark.parametrize(
    ("changes", "edit"), [({}, {"is_enabled": True}), ({"disabled_reason": "It is gone."}, {"name": "New"})]
)
def test_another_change_leaves_the_health_alone(world: FakeAdapters, changes: dict[str, Any], edit: dict[str, Any]) -> None:
    ill = webhook(2, health=ILL, **changes)
    world.webhooks.create(ill)
    after = service_on(world).api.editor.edit(OWNER, ill.id, WebhookEdit(edit), None)
    assert (after.health, after.is_live) == (ILL, ill.is_live)


@pytest.mark.parametrize(("overlap_s", "until"), [(DAY_S, at(DAY_S)), (1, at(1)), (0, None)])
def test_the_old_secret_signs_beside_the_new_one_for_the_overlap(
    world: FakeAdapters, overlap_s: float, until: datetime | None
) -> None:
    before = world.webhooks.get(MINE)
    after = service_on(world).api.editor.rotate(OWNER, MINE, overlap_s)
    assert before is not None
    fresh, *old = after.secrets
    assert fresh.expires_at is None
    assert fresh.value != before.secrets[0].value
    assert [(each.value, each.expires_at) for each in old] == ([(before.secrets[0].value, until)] if until else [])


def test_rotating_again_does_not_prolong_an_old_secret(world: FakeAdapters) -> None:
    editor = service_on(world).api.editor
    editor.rotate(OWNER, MINE, 60)
    world.clock.advance(30)
    assert [each.expires_at for each in editor.rotate(OWNER, MINE, DAY_S).secrets] == [None, at(30 + DAY_S), at(60)]
    world.clock.advance(30)
    assert len(editor.rotate(OWNER, MINE, DAY_S).secrets) == 3


def test_a_private_key_is_exchanged_too(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(2, secrets=(signing.new_secret(bytes(32)), signing.new_private_key(bytes(32)))))
    after = service_on(world).api.editor.rotate(OWNER, webhook(2).id, DAY_S)
    assert [each.is_private_key for each in after.secrets] == [False, True, False, True]


def test_secrets_that_sign_at_once_are_limited(world: FakeAdapters) -> None:
    editor = service_on(world).api.editor
    for _ in range(9):
        editor.rotate(OWNER, MINE, DAY_S)
    with pytest.raises(InvalidInput, match="still sign"):
        editor.rotate(OWNER, MINE, DAY_S)
    assert len(editor.rotate(OWNER, MINE, 0).secrets) == 1


SECRETS: dict[str, Any] = {"headers": (("x-key", "s3cret"), ("x-team", "blue"))}
WAYS = [
    (BasicAuthentication("ann", "s3cret"), "authentication.password"),
    (BearerAuthentication("s3cret"), "authentication.token"),
    (OAuth2Authentication("https://login.example/token", "id", "s3cret"), "authentication.clientSecret"),
]
ELSEWHERE = ["https://other.example/hook", "https://receiver-2.example:8443/hook", "http://receiver-2.example/hook"]


def _edited(world: FakeAdapters, edit: dict[str, Any], *, caller: Caller = OWNER, **members: Any) -> Webhook:  # noqa: ANN401
    world.webhooks.create(webhook(2, **members))
    return service_on(world).api.editor.edit(caller, webhook(2).id, WebhookEdit(edit), None)


@pytest.mark.parametrize("caller", [OWNER, ADMIN])
@pytest.mark.parametrize("url", ELSEWHERE)
def test_kept_headers_do_not_go_to_another_origin(world: FakeAdapters, url: str, caller: Caller) -> None:
    with pytest.raises(RefusedHeader, match=r"headers\.x-key, headers\.x-team") as refused:
        _edited(world, {"url": url}, caller=caller, **SECRETS)
    assert set(refused.value.fields) == {"headers.x-key", "headers.x-team"}
    assert "s3cret" not in str(refused.value.fields) + refused.value.message
    assert world.webhooks.get(webhook(2).id) == webhook(2, **SECRETS)


def test_a_header_that_is_to_be_kept_does_not_go_to_another_origin_beside_one_that_was_written(world: FakeAdapters) -> None:
    edit = {"url": ELSEWHERE[0], "headers": {"x-key": None, "x-team": "red"}}
    with pytest.raises(RefusedHeader) as refused:
        _edited(world, edit, **SECRETS)
    assert set(refused.value.fields) == {"headers.x-key"}


@pytest.mark.parametrize("url", ELSEWHERE)
@pytest.mark.parametrize(("way", "field"), WAYS, ids=[field for _, field in WAYS])
@pytest.mark.parametrize("is_named", [True, False], ids=["named", "left out"])
def test_kept_authentication_does_not_go_to_another_origin(
    world: FakeAdapters, way: Authentication, field: str, url: str, *, is_named: bool
) -> None:
    edit = {"url": url} | ({"authentication": AuthenticationDraft(way, keeps_secret=True)} if is_named else {})
    with pytest.raises(RefusedHeader) as refused:
        _edited(world, edit, authentication=way)
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    "edit",
    [
        {"headers": {"x-key": "new"}, "authentication": None},
        {"headers": {}, "authentication": AuthenticationDraft(BearerAuthentication("new"))},
        {"headers": {}, "authentication": None},
    ],
)
def test_secrets_that_are_written_again_or_left_out_move_with_the_url(world: FakeAdapters, edit: dict[str, Any]) -> None:
    moved = _edited(world, {"url": ELSEWHERE[0], **edit}, authentication=BearerAuthentication("s3cret"), **SECRETS)
    assert moved.url == ELSEWHERE[0]
    assert "s3cret" not in str(moved.headers)


@pytest.mark.parametrize("url", ["https://receiver-2.example/other?a=1", "HTTPS://Receiver-2.example:443/hook"])
def test_secrets_stay_on_the_same_origin(world: FakeAdapters, url: str) -> None:
    assert _edited(world, {"url": url}, **SECRETS).headers == SECRETS["headers"]


def test_signing_secrets_stay_wherever_the_url_leads(world: FakeAdapters) -> None:
    secrets = (signing.new_secret(bytes(32)),)
    assert _edited(world, {"url": ELSEWHERE[0]}, secrets=secrets).secrets == secrets


def test_a_client_secret_does_not_go_to_another_token_server(world: FakeAdapters) -> None:
    kept = OAuth2Authentication("https://login.example/token", "id", "s3cret")
    moved = AuthenticationDraft(OAuth2Authentication("https://evil.example/token", "id", ""), keeps_secret=True)
    with pytest.raises(RefusedHeader, match="Send one"):
        _edited(world, {"authentication": moved}, authentication=kept)


@pytest.mark.parametrize(
    "edit",
    [
        {"headers": {"x-key": "s3cret"}},
        {"authentication": AuthenticationDraft(BearerAuthentication("s3cret"))},
        {"authentication": AuthenticationDraft(OAuth2Authentication("https://login.example/token", "id", "s3cret"))},
    ],
)
def test_secrets_are_refused_for_http(world: FakeAdapters, edit: dict[str, Any]) -> None:
    with pytest.raises(RefusedUrl, match="Secrets are not sent over http"):
        _edited(world, edit, url="http://receiver-2.example/hook")


def test_a_token_server_by_http_is_refused(world: FakeAdapters) -> None:
    draft = AuthenticationDraft(OAuth2Authentication("http://login.example/token", "id", "s3cret"))
    with pytest.raises(RefusedUrl) as refused:
        _edited(world, {"authentication": draft})
    assert set(refused.value.fields) == {"authentication.tokenUrl"}


@pytest.mark.parametrize(("owner", "may"), [("9", True), ("1", False)], ids=["their own", "another's"])
def test_an_admin_opens_private_networks_to_webhooks_of_their_own(world: FakeAdapters, owner: str, *, may: bool) -> None:
    moved = _edited(world, {"url": ELSEWHERE[0]}, caller=ADMIN, owner_id=owner, may_reach_private=not may)
    assert moved.may_reach_private is may
    assert world.policy.asked == [(may, True)]


def test_a_user_who_writes_the_url_again_opens_nothing(world: FakeAdapters) -> None:
    assert _edited(world, {"url": ELSEWHERE[0]}, may_reach_private=True).may_reach_private is False
    assert world.policy.asked == [(False, False)]


def test_another_change_leaves_private_networks_as_they_were(world: FakeAdapters) -> None:
    assert _edited(world, {"name": "New"}, caller=ADMIN, owner_id="9", may_reach_private=True).may_reach_private
    assert world.policy.vetted == []
