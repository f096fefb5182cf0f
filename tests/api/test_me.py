"""Who the caller is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.api.client import Api
from tests.api.town import NOON

if TYPE_CHECKING:
    from tests.api.town import Town


def test_a_caller_is_who_the_directory_says(town: Town) -> None:
    user = town.admin.put("/users/1", {"name": "Anna B.", "role": "user", "groups": [3, "ops"]}).json
    assert town.anna.get("/me").json == {**user, "rights": []}
    assert (user["id"], user["name"], user["role"], user["groups"]) == (1, "Anna B.", "user", [3, "ops"])


def test_an_admin_is_told_so(town: Town) -> None:
    assert town.admin.get("/me").json["role"] == "admin"


def test_the_rights_are_those_of_the_key(town: Town) -> None:
    key = town.admin.post("/users/1/keys", {"name": "producer", "rights": ["notify"]}).json["key"]
    assert Api(key).get("/me").json["rights"] == ["notify"]
    assert town.anna.get("/me").json["rights"] == []


def test_a_key_whose_user_is_gone_is_none_any_more(town: Town) -> None:
    (kept,) = town.world.directory.keys_of("1")
    town.world.directory.delete_user("1", NOON, "root")
    town.world.directory.put_key(kept)
    answer = town.anna.get("/me")
    assert (answer.status, answer.error["code"]) == (401, "not_authenticated")
