"""Headers and authentication of webhooks: written, never read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.webhooks.authentication import BasicAuthentication, OAuth2Authentication
from chalicelib.domain.webhooks.headers import COUNT_MAX

if TYPE_CHECKING:
    from chalicelib.domain.webhooks.webhook import Webhook
    from tests.api.town import Town

BASIC = {"type": "basic", "username": "posthorn", "password": "hush"}
BEARER = {"type": "bearer", "token": "hush"}
OAUTH2 = {"type": "oauth2", "tokenUrl": "https://login.example/token", "clientId": "client", "clientSecret": "hush"}


def _kept(town: Town, webhook_id: str) -> Webhook:
    kept = town.world.webhooks.get(webhook_id)
    assert kept is not None
    return kept


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"headers": {"X-Key": "hush"}}, {"headers": {"x-key": True}}),
        ({}, {"headers": {}, "authentication": None}),
        ({"authentication": BASIC}, {"authentication": BASIC | {"password": True}}),
        ({"authentication": BEARER}, {"authentication": BEARER | {"token": True}}),
        ({"authentication": OAUTH2}, {"authentication": OAUTH2 | {"clientSecret": True}}),
        (
            {"authentication": OAUTH2 | {"clientAuthentication": "body"}},
            {"authentication": OAUTH2 | {"clientSecret": True, "clientAuthentication": "body"}},
        ),
        (
            {"authentication": OAUTH2 | {"clientAuthentication": "basicRaw"}},
            {"authentication": OAUTH2 | {"clientSecret": True, "clientAuthentication": "basicRaw"}},
        ),
        (
            {"authentication": OAUTH2 | {"clientAuthentication": "basic"}},
            {"authentication": OAUTH2 | {"clientSecret": True}},
        ),
        ({"authentication": OAUTH2 | {"scope": "a b"}}, {"authentication": OAUTH2 | {"clientSecret": True, "scope": "a b"}}),
    ],
)
def test_a_secret_is_read_back_as_true(town: Town, given: dict[str, Any], shown: dict[str, Any]) -> None:
    created = town.create(town.anna, **given)
    assert created.status == 201, created.text
    webhook_id = created.json["createdWebhooks"][0]["id"]
    answers = [created, town.anna.get(f"/webhooks/{webhook_id}"), town.anna.get("/webhooks"), town.admin.get("/webhooks")]
    assert not any("hush" in answer.text for answer in answers)
    assert shown.items() <= answers[1].json.items()


def test_the_token_servers_url_is_masked_for_whoever_does_not_own_the_webhook(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna, authentication=OAUTH2)
    assert town.admin.get(f"/webhooks/{webhook_id}").json["authentication"]["tokenUrl"] == "https://login.example/…"


@pytest.mark.parametrize(
    "own",
    [
        {"headers": {"X-A": "1", "X-B": "2"}},
        {"authentication": OAUTH2},
        {"authentication": OAUTH2 | {"clientAuthentication": "body"}},
        {"authentication": BASIC},
    ],
)
def test_what_was_read_can_be_sent_back_and_changes_nothing(town: Town, own: dict[str, Any]) -> None:
    webhook_id = town.webhook_of(town.anna, **own)
    before, shown = _kept(town, webhook_id), town.anna.get(f"/webhooks/{webhook_id}").json
    answer = town.anna.patch(f"/webhooks/{webhook_id}", {name: shown[name] for name in own})
    assert answer.status == 200, answer.text
    after = _kept(town, webhook_id)
    assert (after.headers, after.authentication) == (before.headers, before.authentication)


def test_headers_are_replaced_as_a_whole_and_true_keeps_a_value(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna, headers={"X-A": "1", "X-B": "2"})
    answer = town.anna.patch(f"/webhooks/{webhook_id}", {"headers": {"x-a": True, "X-C": "3"}})
    assert answer.json["headers"] == {"x-a": True, "x-c": True}
    assert _kept(town, webhook_id).headers == (("x-a", "1"), ("x-c", "3"))


def test_true_keeps_the_secret_and_the_rest_is_changed(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna, authentication=BASIC)
    town.anna.patch(f"/webhooks/{webhook_id}", {"authentication": BASIC | {"username": "other", "password": True}})
    assert _kept(town, webhook_id).authentication == BasicAuthentication("other", "hush")


@pytest.mark.parametrize("gone", [{"headers": None, "authentication": None}, {"headers": {}, "authentication": None}])
def test_both_can_be_taken_away(town: Town, gone: dict[str, Any]) -> None:
    webhook_id = town.webhook_of(town.anna, headers={"X-A": "1"}, authentication=BASIC)
    assert town.anna.patch(f"/webhooks/{webhook_id}", gone).status == 200
    assert (_kept(town, webhook_id).headers, _kept(town, webhook_id).authentication) == ((), None)


def test_an_edit_of_something_else_keeps_both(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna, headers={"X-A": "1"}, authentication=OAUTH2)
    town.anna.patch(f"/webhooks/{webhook_id}", {"name": "Other"})
    kept = _kept(town, webhook_id)
    client = OAuth2Authentication("https://login.example/token", "client", "hush")
    assert (kept.headers, kept.authentication) == ((("x-a", "1"),), client)


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"headers": {"x a": "1"}}, "headers.x a"),
        ({"headers": {"X-A": "hush\r\nhost: evil"}}, "headers.X-A"),
        ({"headers": {"X-A": "hüsh"}}, "headers.X-A"),
        ({"headers": {"X-A": "hush\x00"}}, "headers.X-A"),
        ({"headers": {"Host": "hush"}}, "headers.Host"),
        ({"headers": {"Content-Type": "hush"}}, "headers.Content-Type"),
        ({"headers": {"User-Agent": "hush"}}, "headers.User-Agent"),
        ({"headers": {"webhook-id": "hush"}}, "headers.webhook-id"),
        ({"headers": {"X-A": True}}, "headers.X-A"),
        ({"headers": {f"x-{number}": "hush" for number in range(COUNT_MAX + 1)}}, "headers"),
        ({"headers": {"Authorization": "hush"}, "authentication": BASIC}, "headers.authorization"),
        ({"authentication": BASIC | {"username": "a:b"}}, "authentication.username"),
        ({"authentication": BASIC | {"password": True}}, "authentication.password"),
        ({"authentication": BEARER | {"token": "hush hush"}}, "authentication.token"),
        ({"authentication": OAUTH2 | {"clientSecret": True}}, "authentication.clientSecret"),
        ({"authentication": OAUTH2 | {"clientId": "a:b", "clientAuthentication": "basicRaw"}}, "authentication.clientId"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_its_place(town: Town, given: dict[str, Any], field: str) -> None:
    answer = town.create(town.anna, **given)
    assert (answer.status, answer.error["code"]) == (422, "refused_header")
    assert list(answer.error["fields"]) == [f"webhooks.0.{field}"]
    assert "hush" not in answer.text


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"headers": []}, "headers"),
        ({"headers": {"X-A": 1}}, "headers.X-A"),
        ({"headers": {"X-A": False}}, "headers.X-A"),
        ({"headers": {"X-A": None}}, "headers.X-A"),
        ({"authentication": "basic"}, "authentication"),
        ({"authentication": {}}, "authentication.type"),
        ({"authentication": {"type": "digest"}}, "authentication.type"),
        ({"authentication": {"type": "basic", "username": "a"}}, "authentication.password"),
        ({"authentication": {"type": "bearer"}}, "authentication.token"),
        ({"authentication": BEARER | {"username": "a"}}, "authentication.username"),
        ({"authentication": BEARER | {"secret": "a"}}, "authentication.secret"),
        ({"authentication": BASIC | {"password": ""}}, "authentication.password"),
        ({"authentication": BASIC | {"password": 1}}, "authentication.password"),
        ({"authentication": BASIC | {"username": ""}}, "authentication.username"),
        ({"authentication": OAUTH2 | {"scope": ""}}, "authentication.scope"),
        ({"authentication": {"type": "oauth2", "clientId": "c", "clientSecret": "s"}}, "authentication.tokenUrl"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_its_place(town: Town, given: dict[str, Any], field: str) -> None:
    answer = town.create(town.anna, **given)
    assert (answer.status, list(answer.error["fields"])) == (400, [f"webhooks.0.{field}"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"headers": {"X-B": True}}, "headers.X-B"),
        ({"headers": {"Authorization": "x"}}, "headers.authorization"),
        ({"authentication": BASIC | {"password": True}}, "authentication.password"),
        (
            {"authentication": OAUTH2 | {"clientSecret": True, "tokenUrl": "https://evil.example/"}},
            "authentication.clientSecret",
        ),
    ],
)
def test_an_edit_that_cannot_be_sent_is_refused_and_changes_nothing(town: Town, change: dict[str, Any], field: str) -> None:
    webhook_id = town.webhook_of(town.anna, headers={"X-A": "1"}, authentication=OAUTH2)
    before = _kept(town, webhook_id)
    answer = town.anna.patch(f"/webhooks/{webhook_id}", change)
    assert (answer.status, list(answer.error["fields"])) == (422, [field])
    assert _kept(town, webhook_id) == before


@pytest.mark.parametrize("is_edit", [False, True])
def test_a_token_is_not_fetched_from_an_address_that_is_not_called(town: Town, *, is_edit: bool) -> None:
    town.world.policy.refused["https://metadata.example/"] = "The URL is refused."
    own = {"authentication": OAUTH2 | {"tokenUrl": "https://metadata.example/token"}}
    path = f"/webhooks/{town.webhook_of(town.anna)}"
    answer = town.anna.patch(path, own) if is_edit else town.create(town.anna, **own)
    field = "authentication.tokenUrl" if is_edit else "webhooks.0.authentication.tokenUrl"
    assert (answer.status, answer.error["code"]) == (422, "refused_url")
    assert list(answer.error["fields"]) == [field]
