"""Editing webhooks, and exchanging their secrets."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.webhooks.health import Health

if TYPE_CHECKING:
    from tests.api.town import Town


@pytest.mark.parametrize(
    "change",
    [
        {"url": "https://elsewhere.example/"},
        {"name": "Renamed"},
        {"notificationType": ["modelDeleted"]},
        {"actionType": "received"},
        {"actionType": None},
        {"timeoutSeconds": 30.0},
        {"retrySchedule": [1, 86400]},
        {"retrySchedule": []},
        {"retrySchedule": None},
        {"rateLimitPerSecond": 0.5},
    ],
)
def test_a_change_is_there_afterwards(town: Town, change: dict[str, object]) -> None:
    webhook_id = town.webhook_of(town.anna, actionType="triggered", retrySchedule=[9])
    before = town.anna.get(f"/webhooks/{webhook_id}").json
    answer = town.anna.patch(f"/webhooks/{webhook_id}", change)
    assert answer.status == 200, answer.text
    assert town.anna.get(f"/webhooks/{webhook_id}").json == before | change | {
        "version": 2,
        "updatedAt": answer.json["updatedAt"],
    }


@pytest.mark.parametrize("change", [{}, {"name": "Mine"}, {"notificationType": ["ALL_NOTIFICATIONS"]}, {"filter": None}])
def test_a_change_to_what_it_is_already_leaves_its_version_and_no_line_in_the_audit(
    town: Town, change: dict[str, object]
) -> None:
    webhook_id = town.webhook_of(town.anna)
    before, lines = town.anna.get(f"/webhooks/{webhook_id}"), town.admin.get("/audit").json
    town.world.clock.advance(60)
    answer = town.anna.patch(f"/webhooks/{webhook_id}", change)
    assert (answer.status, answer.json, answer.headers["etag"]) == (200, before.json, before.headers["etag"])
    assert town.admin.get("/audit").json == lines


def test_what_is_not_in_the_body_stays(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna, timeoutSeconds=3, rateLimitPerSecond=1, retrySchedule=[5, 5])
    assert town.anna.patch(f"/webhooks/{webhook_id}", {"name": "Renamed"}).json | {"name": "Mine"} == {
        **town.anna.get(f"/webhooks/{webhook_id}").json,
        "name": "Mine",
    }


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": ""}, "url"),
        ({"url": None}, "url"),
        ({"name": "x" * 201}, "name"),
        ({"notificationType": []}, "notificationType"),
        ({"enabled": "yes"}, "enabled"),
        ({"timeoutSeconds": 0.5}, "timeoutSeconds"),
        ({"timeoutSeconds": 31}, "timeoutSeconds"),
        ({"retrySchedule": [0]}, "retrySchedule.0"),
        ({"retrySchedule": [86401]}, "retrySchedule.0"),
        ({"retrySchedule": [5] * 11}, "retrySchedule"),
        ({"rateLimitPerSecond": 0}, "rateLimitPerSecond"),
        ({"rateLimitPerSecond": 1001}, "rateLimitPerSecond"),
        ({"global": True}, "global"),
        ({"secret": "whsec_x"}, "secret"),
        ({"actionType": "both"}, "actionType"),
    ],
)
def test_a_change_out_of_bounds_is_refused_whole(town: Town, change: dict[str, object], field: str) -> None:
    webhook_id = town.webhook_of(town.anna)
    before = town.anna.get(f"/webhooks/{webhook_id}").json
    answer = town.anna.patch(f"/webhooks/{webhook_id}", {"name": "Renamed"} | change)
    assert (answer.status, list(answer.error["fields"])) == (400, [field])
    assert town.anna.get(f"/webhooks/{webhook_id}").json == before


def test_a_url_that_is_refused_at_birth_is_refused_later_too(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    town.world.policy.refused["https://metadata"] = "its host is private"
    assert town.anna.patch(f"/webhooks/{webhook_id}", {"url": "https://metadata.example/"}).status == 422


def test_two_editors_do_not_overwrite_each_other(town: Town) -> None:
    path = f"/webhooks/{town.webhook_of(town.anna)}"
    etag = town.anna.get(path).headers["etag"]
    assert town.anna.patch(path, {"name": "First"}, If_Match=etag).status == 200
    late = town.anna.patch(path, {"name": "Second"}, If_Match=etag)
    assert (late.status, late.error["code"]) == (409, "version_conflict")
    assert town.anna.get(path).json["name"] == "First"


@pytest.mark.parametrize("etag", ["", '"x"', "-1", "1.5", "1" * 16])
def test_an_if_match_that_is_no_etag_is_refused(town: Town, etag: str) -> None:
    path = f"/webhooks/{town.webhook_of(town.anna)}"
    assert town.anna.patch(path, {"name": "First"}, If_Match=etag).status == 400


def test_a_webhook_is_paused_and_resumed(town: Town) -> None:
    path = f"/webhooks/{town.webhook_of(town.anna)}"
    assert town.anna.patch(path, {"enabled": False}).json["status"] == "paused"
    assert town.anna.patch(path, {"enabled": True}).json["status"] == "enabled"


def test_rotation_shows_the_new_secret_once(town: Town) -> None:
    created = town.create(town.anna).json["createdWebhooks"][0]
    rotated = town.anna.post(f"/webhooks/{created['id']}/secret/rotate").json
    assert rotated["secret"].startswith("whsec_")
    assert rotated["secret"] != created["secret"]
    assert "secret" not in town.anna.get(f"/webhooks/{created['id']}").json


@pytest.mark.parametrize(("overlap", "live"), [({}, 2), ({"overlapSeconds": 0}, 1), ({"overlapSeconds": 604800}, 2)])
def test_the_old_secret_signs_as_long_as_was_asked_for(town: Town, overlap: dict[str, int], live: int) -> None:
    webhook_id = town.webhook_of(town.anna)
    assert town.anna.post(f"/webhooks/{webhook_id}/secret/rotate", overlap).status == 200
    kept = town.world.webhooks.get(webhook_id)
    assert kept is not None
    assert len(kept.secrets) == live


@pytest.mark.parametrize("overlap", [-1, 604801, "1", None])
def test_an_overlap_out_of_bounds_is_refused(town: Town, overlap: object) -> None:
    webhook_id = town.webhook_of(town.anna)
    answer = town.anna.post(f"/webhooks/{webhook_id}/secret/rotate", {"overlapSeconds": overlap})
    assert list(answer.error["fields"]) == ["overlapSeconds"]


def test_asymmetric_signatures_come_with_a_public_key(town: Town) -> None:
    created = town.create(town.anna, asymmetricSignature=True).json["createdWebhooks"][0]
    assert created["publicKey"].startswith("whpk_")
    rotated = town.anna.post(f"/webhooks/{created['id']}/secret/rotate").json
    assert rotated["publicKey"] != created["publicKey"]


def test_another_url_starts_with_a_clean_record(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    kept = town.world.webhooks.get(webhook_id)
    assert kept is not None
    town.world.webhooks.update_health(kept, Health(failures=9))
    assert town.anna.patch(f"/webhooks/{webhook_id}", {"name": "Same"}).json["health"]["consecutiveFailures"] == 9
    moved = town.anna.patch(f"/webhooks/{webhook_id}", {"url": "https://elsewhere.example/"})
    assert moved.json["health"]["consecutiveFailures"] == 0


def test_a_pause_that_the_receiver_asked_for_is_told_apart_from_failures(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    kept = town.world.webhooks.get(webhook_id)
    assert kept is not None
    until = town.world.clock.now() + timedelta(minutes=1)
    town.world.webhooks.update_health(kept, Health(failures=1, rest_until=until))
    health = town.anna.get(f"/webhooks/{webhook_id}").json["health"]
    assert (health["circuit"], health["retryAfter"]) == ("open", health["nextProbeAt"])
    assert datetime.fromisoformat(health["retryAfter"]) == until


def test_a_global_webhook_ends_with_its_owners_admin_role(town: Town) -> None:
    town.admin.put("/users/1", {"name": "Anna", "role": "admin", "groups": []})
    path = f"/webhooks/{town.webhook_of(town.anna, **{'global': True})}"
    town.admin.put("/users/1", {"name": "Anna", "role": "user", "groups": []})
    town.work_off()
    assert town.anna.get(path).json["disabledReason"] == "It is global, and its owner is not an admin any more."
    assert town.anna.patch(path, {"enabled": True}).status == 403
    assert town.admin.patch(path, {"enabled": True}).status == 403
    town.admin.put("/users/1", {"name": "Anna", "role": "admin", "groups": []})
    assert town.admin.patch(path, {"enabled": True}).status == 200
