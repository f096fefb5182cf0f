"""Who changed what, as admins read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from tests.api.town import Town


def _actions(town: Town, webhook_id: str) -> list[tuple[Any, str]]:
    lines = town.admin.get(f"/audit?webhookId={webhook_id}").json
    return [(line["actor"], line["action"]) for line in reversed(lines)]


def test_a_webhooks_life_is_in_the_audit(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    path = f"/webhooks/{webhook_id}"
    for caller, change in ((town.anna, {"name": "New"}), (town.admin, {"enabled": False}), (town.anna, {"enabled": True})):
        town.world.clock.advance(1)
        caller.patch(path, change)
    town.world.clock.advance(1)
    town.anna.post(f"{path}/secret/rotate")
    town.world.clock.advance(1)
    town.admin.delete(path)
    assert _actions(town, webhook_id) == [
        (1, "webhookCreated"),
        (1, "webhookChanged"),
        ("root", "webhookPaused"),
        (1, "webhookEnabled"),
        (1, "webhookRotated"),
        ("root", "webhookDeleted"),
    ]


def test_a_line_tells_what_changed(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna, name="Old")
    town.anna.patch(f"/webhooks/{webhook_id}", {"name": "New", "retentionDays": 7, "notificationType": ["tagCreated"]})
    line = town.admin.get(f"/audit?webhookId={webhook_id}&limit=1").json[0]
    assert line["id"].startswith("aud_")
    assert (line["webhookId"], line["userId"]) == (webhook_id, 1)
    assert line["changes"]["name"] == {"from": "Old", "to": "New"}
    assert line["changes"]["retentionDays"] == {"from": None, "to": 7}
    assert line["changes"]["notificationType"]["to"] == ["tagCreated"]


def test_a_change_of_a_secret_part_is_told_and_the_part_is_not(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna, url="https://hooks.example/T0/first-secret")
    town.anna.patch(f"/webhooks/{webhook_id}", {"url": "https://hooks.example/T0/second-secret"})
    answer = town.admin.get(f"/audit?webhookId={webhook_id}")
    assert answer.json[0]["changes"] == {"url": {"from": "https://hooks.example/…", "to": "https://hooks.example/…"}}
    assert "secret" not in answer.text


def test_users_and_keys_are_in_the_audit(town: Town) -> None:
    town.admin.put("/users/7", {"name": "Gina"})
    town.admin.put("/users/7", {"name": "Gina", "groups": ["ops"]})
    made = town.admin.post("/users/7/keys", {"name": "laptop"})
    town.admin.delete(f"/users/7/keys/{made.json['id']}")
    town.admin.delete("/users/7")
    answer = town.admin.get("/audit")
    theirs = [line for line in answer.json if line["userId"] == 7]
    assert sorted(line["action"] for line in theirs) == [
        "keyMade",
        "keyRevoked",
        "userChanged",
        "userCreated",
        "userDeleted",
    ]
    assert {line["keyId"] for line in theirs} == {None, made.json["id"]}
    assert made.json["key"] not in answer.text


def test_the_audit_is_paged(town: Town) -> None:
    for _ in range(5):
        town.webhook_of(town.anna)
    whole = town.admin.get("/audit").json
    assert [line for page in town.admin.pages("/audit?limit=2") for line in page] == whole
    assert [line["at"] for line in whole] == sorted((line["at"] for line in whole), reverse=True)


@pytest.mark.parametrize("query", ["limit=0", "since=yesterday", "cursor=x", "actor=1"])
def test_a_query_that_cannot_be_is_refused(town: Town, query: str) -> None:
    assert town.admin.get(f"/audit?{query}").status == 400


def test_an_audit_that_refuses_does_not_fail_the_change(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        message = "The table refuses."
        raise Unavailable(message)

    monkeypatch.setattr(town.world.audit, "write", refuse)
    assert town.create(town.anna).status == 201
