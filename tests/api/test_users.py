"""The directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.client import Api

if TYPE_CHECKING:
    from tests.api.town import Town


def test_a_user_is_made_and_then_changed(town: Town) -> None:
    made = town.admin.put("/users/7", {"name": "Grace", "role": "user", "groups": [3, "ops"]})
    assert made.status == 201
    assert made.json == {
        "id": 7,
        "name": "Grace",
        "role": "user",
        "groups": [3, "ops"],
        "enabled": True,
        "createdAt": "2026-03-01T12:00:00.000Z",
        "updatedAt": "2026-03-01T12:00:00.000Z",
    }
    town.world.clock.advance(60)
    changed = town.admin.put("/users/7", {"name": "Grace H.", "role": "admin", "groups": []})
    assert changed.status == 200
    assert (changed.json["name"], changed.json["role"], changed.json["groups"]) == ("Grace H.", "admin", [])
    assert changed.json["updatedAt"] == "2026-03-01T12:01:00.000Z"
    assert town.admin.get("/users/7").json == changed.json


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ({}, {}),
        ({"name": "Grace H."}, {"name": "Grace H."}),
        ({"role": "user"}, {"role": "user"}),
        ({"groups": []}, {"groups": []}),
        ({"groups": [4]}, {"groups": [4]}),
        ({"enabled": True}, {"enabled": True}),
    ],
)
def test_what_a_put_does_not_name_stays_as_it_is(town: Town, body: dict[str, object], changed: dict[str, object]) -> None:
    made = town.admin.put("/users/7", {"name": "Grace", "role": "admin", "groups": [3, "ops"], "enabled": False})
    answer = town.admin.put("/users/7", body)
    assert (answer.status, answer.json) == (200, made.json | changed)


def test_an_admin_who_changes_their_own_name_stays_an_admin(town: Town) -> None:
    before = town.admin.get("/me").json
    answer = town.admin.put(f"/users/{before['id']}", {"name": "New"})
    assert (answer.status, answer.json["name"], answer.json["role"]) == (200, "New", "admin")


@pytest.mark.parametrize("body", [{"name": None}, {"role": None}, {"groups": None}, {"enabled": None}])
def test_a_member_of_a_user_is_never_null(town: Town, body: dict[str, object]) -> None:
    town.admin.put("/users/7", {"name": "Grace"})
    answer = town.admin.put("/users/7", body)
    assert (answer.status, answer.error["fields"].keys()) == (400, body.keys())


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"enabled": False}, "name"),
        ({"name": ""}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"name": "Grace", "role": "owner"}, "role"),
        ({"name": "Grace", "groups": "ops"}, "groups"),
        ({"name": "Grace", "groups": [True]}, "groups.0"),
        ({"name": "Grace", "groups": ["ops", None]}, "groups.1"),
        ({"name": "Grace", "groups": [10**500]}, "groups.0"),
        ({"name": "Grace", "groups": list(range(101))}, "groups"),
        ({"name": "Grace", "id": 7}, "id"),
        ({"name": "Grace", "enabled": "no"}, "enabled"),
        ({"name": "Posthorn"}, "name"),
    ],
)
def test_a_wrong_user_is_not_made(town: Town, body: dict[str, object], field: str) -> None:
    answer = town.admin.put("/users/7", body)
    assert answer.status == 400
    assert answer.error["fields"].keys() == {field}
    assert town.admin.get("/users/7").error["code"] == "user_not_found"


@pytest.mark.parametrize(
    ("written", "user_id"), [("7", 7), ("07", "07"), ("-7", -7), ("9007199254740992", "9007199254740992"), ("a%20b", "a b")]
)
def test_an_id_is_shown_as_a_number_where_it_is_one_to_everybody(town: Town, written: str, user_id: object) -> None:
    assert town.admin.put(f"/users/{written}", {"name": "Grace"}).json["id"] == user_id


@pytest.mark.parametrize("user_id", ["a/b", "100%", "ü", "a b", "steve@example.com", "+", "?", "#"])
def test_an_id_in_the_path_is_percent_decoded(town: Town, user_id: str) -> None:
    encoded = "".join(f"%{byte:02X}" for byte in user_id.encode())
    assert town.admin.put(f"/users/{encoded}", {"name": "Grace"}).json["id"] == user_id
    assert town.admin.get(f"/users/{encoded}").json["id"] == user_id


def test_a_key_is_shown_once(town: Town) -> None:
    wanted = {"name": "laptop", "rights": ["send", "read"], "expiresAt": "2027-03-01T12:00:00+01:00"}
    answer = town.admin.post("/users/1/keys", wanted)
    assert answer.status == 201
    made = answer.json
    key = made.pop("key")
    assert key.startswith("phk_")
    assert made == {
        "id": made["id"],
        "name": "laptop",
        "rights": ["read", "send"],
        "createdAt": "2026-03-01T12:00:00.000Z",
        "lastUsedOn": None,
        "expiresAt": "2027-03-01T11:00:00.000Z",
    }
    listed = town.admin.get("/users/1/keys")
    assert made in listed.json
    assert key not in listed.text


def test_a_key_tells_the_day_of_its_last_use(town: Town) -> None:
    town.anna.get("/webhooks")
    assert town.admin.get("/users/1/keys").json[0]["lastUsedOn"] == "2026-03-01"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": "x", "rights": ["admin"]}, "rights.0"),
        ({"name": "x", "rights": ["notify"]}, "rights.0"),
        ({"name": "x", "rights": "send"}, "rights"),
        ({"name": "x", "rights": []}, "rights"),
        ({"name": "x", "expiresAt": "2026-03-01T12:00:00Z"}, "expiresAt"),
        ({"name": "x", "expiresAt": "2027-03-01"}, "expiresAt"),
        ({"name": "x", "expiresAt": 1}, "expiresAt"),
    ],
)
def test_a_wrong_key_is_not_made(town: Town, body: dict[str, object], field: str) -> None:
    answer = town.admin.post("/users/1/keys", body)
    assert answer.error["fields"].keys() == {field}
    assert len(town.admin.get("/users/1/keys").json) == 1


def test_a_key_of_another_user_is_not_found(town: Town) -> None:
    key_id = town.admin.get("/users/1/keys").json[0]["id"]
    assert town.admin.delete(f"/users/2/keys/{key_id}").error["code"] == "key_not_found"
    assert town.anna.get("/webhooks").status == 200


def test_a_key_for_nobody_is_not_made(town: Town) -> None:
    assert town.admin.post("/users/9/keys", {"name": "laptop"}).error["code"] == "user_not_found"


def test_a_deleted_user_is_gone_with_keys_and_webhooks(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    assert town.admin.delete("/users/1").status == 204
    assert town.anna.get("/webhooks").status == 401
    assert town.admin.get("/users/1").status == 404
    town.work_off()
    assert town.admin.get(f"/webhooks/{webhook_id}").status == 404


def test_an_admin_cannot_delete_themselves(town: Town) -> None:
    assert town.admin.delete("/users/root").status == 409
    assert town.admin.put("/users/root", {"name": "Root", "role": "user"}).status == 409


def test_keys_are_paged_through(town: Town) -> None:
    made = {town.admin.post("/users/1/keys", {"name": str(number)}).json["id"] for number in range(5)}
    pages = list(town.admin.pages("/users/1/keys?limit=2"))
    listed = [each["id"] for page in pages for each in page]
    assert made <= set(listed)
    assert listed == sorted(set(listed))
    assert max(map(len, pages)) == 2


def test_a_user_has_so_many_keys_and_no_more(town: Town) -> None:
    answers = [town.admin.post("/users/1/keys", {"name": "one more"}) for _ in range(100)]
    assert (answers[-2].status, answers[-1].status) == (201, 429)
    assert "KEYS_PER_USER_MAX" in answers[-1].error["message"]


def test_a_key_may_do_all_that_its_user_may_and_does_not_expire_unless_it_is_said(town: Town) -> None:
    made = town.admin.post("/users/1/keys", {"name": "laptop"}).json
    assert (made["rights"], made["expiresAt"]) == (["all"], None)


def test_a_suspended_user_is_refused_and_told_why_and_loses_nothing(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    suspended = town.admin.put("/users/1", {"name": "Anna", "enabled": False})
    assert suspended.json["enabled"] is False
    answer = town.anna.get("/webhooks")
    assert (answer.status, answer.error["code"]) == (401, "not_authenticated")
    assert "suspended" in answer.error["message"]
    assert len(town.admin.get("/users/1/keys").json) == 1
    assert town.admin.get(f"/webhooks/{webhook_id}").status == 200
    town.admin.put("/users/1", {"name": "Anna", "enabled": True})
    assert town.anna.get("/webhooks").status == 200


def test_an_admin_cannot_suspend_themselves(town: Town) -> None:
    answer = town.admin.put("/users/root", {"name": "Root", "role": "admin", "enabled": False})
    assert (answer.status, answer.error["code"]) == (409, "conflict")


def test_an_expired_key_is_refused_and_told_why_and_still_listed(town: Town) -> None:
    made = town.admin.post("/users/1/keys", {"name": "short", "expiresAt": "2026-03-01T12:00:05Z"}).json
    assert Api(made["key"]).get("/me").status == 200
    town.world.clock.advance(5)
    answer = Api(made["key"]).get("/me")
    assert (answer.status, answer.error["code"]) == (401, "not_authenticated")
    assert "expired at 2026-03-01T12:00:05Z" in answer.error["message"]
    listed = {each["id"]: each["expiresAt"] for each in town.admin.get("/users/1/keys").json}
    assert listed[made["id"]] == "2026-03-01T12:00:05.000Z"


@pytest.mark.parametrize("user_id", ["posthorn", "PostHorn"])
def test_a_user_is_not_called_what_the_service_is_in_the_audit(town: Town, user_id: str) -> None:
    answer = town.admin.put(f"/users/{user_id}", {"name": "Grace"})
    assert (answer.status, answer.error["code"]) == (400, "invalid_input")
    assert answer.error["fields"].keys() == {"id"}
