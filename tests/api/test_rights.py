"""Who may do what: every route, by everybody, on what is one's own and on what is another's."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest

from app import app
from chalicelib.api import contracts
from chalicelib.api.auth import require_allowed
from chalicelib.api.contracts import Who
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.errors import Forbidden
from tests.api.client import JSON, Api
from tests.api.town import DRAFT

if TYPE_CHECKING:
    from tests.api.client import Answer
    from tests.api.town import Town


class Statuses(NamedTuple):
    """What each of them gets; the thing in the path is the owner's, the user `1` in `/users` too."""

    nobody: int
    stranger: int
    owner: int
    admin: int


RIGHTS: Final = {
    ("GET", "/health"): Statuses(200, 200, 200, 200),
    ("POST", "/webhooks"): Statuses(401, 201, 201, 201),
    ("GET", "/webhooks"): Statuses(401, 200, 200, 200),
    ("GET", "/webhooks/actions"): Statuses(401, 200, 200, 200),
    ("GET", "/webhooks/actions/{name}"): Statuses(401, 200, 200, 200),
    ("PUT", "/webhooks/actions/{name}"): Statuses(401, 403, 403, 200),
    ("DELETE", "/webhooks/actions/{name}"): Statuses(401, 403, 403, 204),
    ("POST", "/webhooks/preview"): Statuses(401, 200, 200, 200),
    ("GET", "/webhooks/{webhook_id}"): Statuses(401, 404, 200, 200),
    ("PATCH", "/webhooks/{webhook_id}"): Statuses(401, 404, 200, 200),
    ("POST", "/webhooks/{webhook_id}/secret/rotate"): Statuses(401, 404, 200, 200),
    ("DELETE", "/webhooks/{webhook_id}"): Statuses(401, 404, 204, 204),
    ("POST", "/webhooks/{webhook_id}/test"): Statuses(401, 404, 202, 202),
    ("POST", "/webhooks/{webhook_id}/recover"): Statuses(401, 404, 202, 202),
    ("GET", "/webhooks/{webhook_id}/recoveries"): Statuses(401, 404, 200, 200),
    ("GET", "/webhooks/{webhook_id}/recoveries/{recovery_id}"): Statuses(401, 404, 200, 200),
    ("DELETE", "/webhooks/{webhook_id}/recoveries/{recovery_id}"): Statuses(401, 404, 200, 200),
    ("GET", "/webhooks/history"): Statuses(401, 200, 200, 200),
    ("GET", "/webhooks/history/{record_id}"): Statuses(401, 404, 200, 200),
    ("GET", "/webhooks/history/{record_id}/attempts"): Statuses(401, 404, 200, 200),
    ("POST", "/webhooks/history/retry/{record_id}"): Statuses(401, 404, 202, 202),
    ("POST", "/history/retry/{record_id}"): Statuses(401, 404, 202, 202),
    ("POST", "/webhooks/history/{record_id}/expunge"): Statuses(401, 404, 200, 200),
    ("GET", "/webhooks/{webhook_id}/stats"): Statuses(401, 404, 200, 200),
    ("GET", "/audit"): Statuses(401, 403, 403, 200),
    ("GET", "/me"): Statuses(401, 200, 200, 200),
    ("GET", "/me/keys"): Statuses(401, 200, 200, 200),
    ("DELETE", "/me/keys/{key_id}"): Statuses(401, 404, 204, 404),
    ("GET", "/queues"): Statuses(401, 403, 403, 200),
    ("POST", "/notifications"): Statuses(401, 403, 403, 202),
    ("GET", "/users"): Statuses(401, 403, 403, 200),
    ("GET", "/users/{user_id}"): Statuses(401, 403, 403, 200),
    ("PUT", "/users/{user_id}"): Statuses(401, 403, 403, 200),
    ("DELETE", "/users/{user_id}"): Statuses(401, 403, 403, 204),
    ("GET", "/users/{user_id}/keys"): Statuses(401, 403, 403, 200),
    ("POST", "/users/{user_id}/keys"): Statuses(401, 403, 403, 201),
    ("DELETE", "/users/{user_id}/keys/{key_id}"): Statuses(401, 403, 403, 204),
}
PUBLIC: Final = {("GET", "/console"), ("GET", "/console/{name}"), ("GET", "/docs"), ("GET", "/openapi.json")}
"""The same to everybody, and no secret: `test_console.py` and `test_document.py` ask for them."""
BODIES: Final = {
    ("POST", "/webhooks/{webhook_id}/recover"): {"since": "2026-03-01T10:00:00Z", "only": "all"},
    ("POST", "/webhooks"): {"webhooks": [DRAFT]},
    ("POST", "/webhooks/preview"): {"webhook": DRAFT},
    ("PATCH", "/webhooks/{webhook_id}"): {"name": "Renamed"},
    ("PUT", "/webhooks/actions/{name}"): {"description": "Goods have left the house."},
    ("POST", "/notifications"): {"notificationType": "modelCreated"},
    ("PUT", "/users/{user_id}"): {"name": "Anna", "role": "user", "groups": ["3"]},
    ("POST", "/users/{user_id}/keys"): {"name": "laptop"},
}
CALLERS: Final = {"nobody": "nobody", "stranger": "ben", "owner": "anna", "admin": "admin"}


def _call(town: Town, caller: Api, method: str, route: str) -> Answer:
    """Call a route on what is Anna's."""
    webhook_id = town.webhook_of(town.anna)
    path = route.format(
        webhook_id=webhook_id,
        record_id=town.record_of(webhook_id),
        recovery_id=town.recovery_of(webhook_id if "/recoveries" in route else town.webhook_of(town.anna)),
        user_id="1",
        name=town.type_of("orderShipped"),
        key_id=town.world.directory.keys_of("1")[0].id,
    )
    body = BODIES.get((method, route))
    if body is None:
        return caller.send(method, path)
    return caller.send(method, path, json.dumps(body).encode(), JSON)


def test_every_route_is_in_the_table() -> None:
    there = {(method, path) for path, methods in app.routes.items() for method in methods}
    heads = {each for each in there if each[0] == "HEAD"}
    assert there - heads == RIGHTS.keys() | PUBLIC
    assert heads == {("HEAD", path) for _, path in PUBLIC | {("GET", "/health")}}, "what asks for no key has a HEAD"


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize(("method", "route"), RIGHTS)
def test_each_gets_what_is_theirs(town: Town, method: str, route: str, who: str) -> None:
    caller: Api = getattr(town, CALLERS[who])
    answer = _call(town, caller, method, route)
    assert answer.status == getattr(RIGHTS[method, route], who), answer.text


@pytest.mark.parametrize(("method", "route"), RIGHTS)
def test_every_answer_is_for_its_caller_alone(town: Town, method: str, route: str) -> None:
    answer = _call(town, town.admin, method, route)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_list_holds_ones_own(town: Town) -> None:
    town.webhook_of(town.anna)
    bens = town.webhook_of(town.ben)
    assert [each["id"] for each in town.ben.get("/webhooks").json] == [bens]


def test_an_admins_list_holds_all(town: Town) -> None:
    made = [town.webhook_of(owner) for owner in (town.anna, town.ben, town.admin)]
    assert [each["id"] for each in town.admin.get("/webhooks").json] == made


def test_a_users_history_holds_ones_own(town: Town) -> None:
    town.record_of(town.webhook_of(town.anna))
    bens = town.record_of(town.webhook_of(town.ben))
    assert [each["id"] for each in town.ben.get("/webhooks/history").json] == [bens]


def test_an_admins_history_holds_all(town: Town) -> None:
    made = [town.record_of(town.webhook_of(owner)) for owner in (town.anna, town.ben)]
    assert [each["id"] for each in town.admin.get("/webhooks/history").json] == made[::-1]


def test_anothers_webhook_has_no_history_for_a_user(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    assert town.ben.get(f"/webhooks/history?webhookId={webhook_id}").error["code"] == "webhook_not_found"


def test_what_is_anothers_looks_like_what_is_not_there(town: Town) -> None:
    record_id = town.record_of(town.webhook_of(town.anna))
    absent = "rec_" + "0" * 52
    theirs, nowhere = (town.ben.get(f"/webhooks/history/{each}") for each in (record_id, absent))
    assert theirs.text == nowhere.text


def test_a_key_may_be_given_raw(town: Town) -> None:
    key = town.service.api.directory.ensure_user("3", "Carla", Role.USER)
    assert town.nobody.get("/webhooks", Authorization=key).status == 200


def test_bearer_is_read_in_any_case(town: Town) -> None:
    key = town.service.api.directory.ensure_user("3", "Carla", Role.USER)
    assert town.nobody.get("/webhooks", authorization=f"bEARER  {key}").status == 200


@pytest.mark.parametrize(
    "authorization", ["", " ", "Bearer", "Bearer ", "Basic abc", "phk_unknown", "Bearer phk_ü", "\ud800"]
)
def test_what_is_no_live_key_is_refused_with_a_challenge(town: Town, authorization: str) -> None:
    answer = town.nobody.get("/webhooks", Authorization=authorization)
    assert (answer.status, answer.error["code"]) == (401, "not_authenticated")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_revoked_key_is_refused(town: Town) -> None:
    made = town.admin.post("/users/1/keys", {"name": "laptop"}).json
    town.admin.delete(f"/users/1/keys/{made['id']}")
    assert town.nobody.get("/webhooks", Authorization=made["key"]).status == 401


RIGHTS_OF_KEYS: Final = [["send"], ["read"], ["all"], ["read", "send"], ["all", "send"]]


def _is_allowed(rights: list[str], method: str, route: str) -> bool:
    """Whether a key with these rights may do what its user may do there."""
    if route in {"/health", "/me"}:
        return True
    if (method, route) == ("POST", "/notifications"):
        return "send" in rights or "all" in rights
    return "all" in rights or (method == "GET" and "read" in rights)


@pytest.mark.parametrize("rights", RIGHTS_OF_KEYS, ids=" ".join)
@pytest.mark.parametrize(("method", "route"), RIGHTS)
def test_a_right_replaces_what_the_role_of_the_user_allows(town: Town, method: str, route: str, rights: list[str]) -> None:
    """An admin's key, so that nothing but its rights can refuse it."""
    key = town.admin.post("/users/root/keys", {"name": "limited", "rights": rights}).json["key"]
    answer = _call(town, Api(key), method, route)
    if _is_allowed(rights, method, route):
        assert answer.status == RIGHTS[method, route].admin, answer.text
    else:
        assert (answer.status, answer.error["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("rights", "status"), [(["all"], 403), (["read"], 403), (["send"], 202), (["read", "send"], 202), (["all", "send"], 202)]
)
def test_a_users_key_sends_with_the_right_to_send_alone(town: Town, rights: list[str], status: int) -> None:
    key = town.admin.post("/users/1/keys", {"name": "producer", "rights": rights}).json["key"]
    assert Api(key).post("/notifications", {"notificationType": "tagCreated"}).status == status
    assert len(town.world.accepted.sent) == (status == 202)


REFUSALS: Final = {
    Who.ANYBODY: (None, None, None, None),
    Who.ANY_KEY: (401, 401, None, None),
    Who.CALLER: (401, 401, None, None),
    Who.OWNER: (401, 401, None, None),
    Who.PRODUCER: (401, 401, 403, None),
    Who.ADMIN: (401, 401, 403, None),
}
"""Whom a route is for → how the border refuses who has no key, a wrong one, a user's, an admin's; ``None``: it does not."""


@pytest.mark.parametrize("who", range(4), ids=["no key", "wrong key", "user", "admin"])
@pytest.mark.parametrize(("method", "route"), [(method, path) for path, methods in app.routes.items() for method in methods])
def test_every_route_refuses_those_whom_its_contract_leaves_out_before_it_reads_what_they_sent(
    town: Town, method: str, route: str, who: int
) -> None:
    """Nothing in the request is right, and nothing that its path names is there."""
    contract = contracts.of(app.routes[route][method].view_function).contract
    path = re.sub("{[a-z_]+}", "none", route)
    caller = (town.nobody, Api("phk_wrong"), town.anna, town.admin)[who]
    answer = caller.send(method, f"{path}?no=parameter", b"no JSON", JSON)
    refusal = REFUSALS[contract.who][who]
    if refusal is None:
        assert answer.status not in {401, 403}
    else:
        assert (answer.status, answer.error["code"]) == (refusal, {401: "not_authenticated", 403: "forbidden"}[refusal])


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_route_for_admins_refuses_a_user_before_any_service_is_asked(method: str) -> None:
    with pytest.raises(Forbidden, match="Only admins"):
        require_allowed(Caller("1", Role.USER), Who.ADMIN, method)
    require_allowed(Caller("9", Role.ADMIN), Who.ADMIN, method)
