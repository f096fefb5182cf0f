"""Who the caller is, and the caller's own keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.client import Api
from tests.api.town import NOON

if TYPE_CHECKING:
    import pytest

    from tests.api.town import Town


def test_a_caller_is_who_the_directory_says(town: Town) -> None:
    user = town.admin.put("/users/1", {"name": "Anna B.", "role": "user", "groups": [3, "ops"]}).json
    assert town.anna.get("/me").json == {**user, "rights": ["all"]}
    assert (user["id"], user["name"], user["role"], user["groups"]) == (1, "Anna B.", "user", [3, "ops"])


def test_an_admin_is_told_so(town: Town) -> None:
    assert town.admin.get("/me").json["role"] == "admin"


def test_the_rights_are_those_of_the_key(town: Town) -> None:
    key = town.admin.post("/users/1/keys", {"name": "producer", "rights": ["send", "read"]}).json["key"]
    assert Api(key).get("/me").json["rights"] == ["read", "send"]


def test_a_key_whose_user_is_gone_is_none_any_more(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that deleted the user died before it had removed the keys."""
    monkeypatch.setattr(town.world.directory, "settle_keys", lambda _: None)
    town.world.directory.delete_user("1", NOON, "root")
    answer = town.anna.get("/me")
    assert (answer.status, answer.error["code"]) == (401, "not_authenticated")


def test_a_user_sees_their_own_keys_and_which_one_is_presented(town: Town) -> None:
    made = town.admin.post("/users/1/keys", {"name": "laptop", "rights": ["read"]}).json
    key = made.pop("key")
    listed = {each["id"]: each for each in Api(key).get("/me/keys").json}
    assert listed[made["id"]] == {**made, "lastUsedOn": "2026-03-01", "current": True}
    assert [each["current"] for each in listed.values()].count(True) == 1
    assert listed.keys() == {each["id"] for each in town.admin.get("/users/1/keys").json}


def test_own_keys_are_paged_through(town: Town) -> None:
    made = {town.admin.post("/users/1/keys", {"name": str(number)}).json["id"] for number in range(5)}
    pages = list(town.anna.pages("/me/keys?limit=2"))
    listed = [each["id"] for page in pages for each in page]
    assert made <= set(listed)
    assert listed == sorted(set(listed))
    assert max(map(len, pages)) == 2


def test_a_user_revokes_their_own_key_and_it_is_in_the_audit(town: Town) -> None:
    made = town.admin.post("/users/1/keys", {"name": "laptop"}).json
    assert town.anna.delete(f"/me/keys/{made['id']}").status == 204
    assert Api(made["key"]).get("/me").status == 401
    assert town.anna.delete(f"/me/keys/{made['id']}").error["code"] == "key_not_found"
    [line] = [each for each in town.admin.get("/audit").json if each["action"] == "keyRevoked"]
    assert (line["actor"], line["keyId"]) == (1, made["id"])


def test_a_key_may_revoke_itself(town: Town) -> None:
    [own] = town.anna.get("/me/keys").json
    assert town.anna.delete(f"/me/keys/{own['id']}").status == 204
    assert town.anna.get("/me").status == 401


def test_a_key_of_another_user_is_not_ones_own(town: Town) -> None:
    for given in (town.world.directory.keys_of("2")[0].id, "nonsense"):
        assert town.anna.delete(f"/me/keys/{given}").error["code"] == "key_not_found"
    assert town.ben.get("/me").status == 200
