"""Making and showing webhooks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.api.town import DRAFT

if TYPE_CHECKING:
    from tests.api.town import Town

PAGE_SAMPLE = {
    "webhooks": [
        {"url": "https://my.webhook.url", "name": "My Webhook", "notificationType": ["ALL_NOTIFICATIONS"], "global": True}
    ]
}


def test_the_pages_sample_makes_a_webhook(town: Town) -> None:
    answer = town.admin.post("/webhooks", PAGE_SAMPLE)
    assert answer.status == 201
    made = answer.json["createdWebhooks"][0]
    assert made.pop("id").startswith("wh_")
    assert made.pop("secret").startswith("whsec_")
    assert answer.json["errors"] == []
    assert made == {
        "url": "https://my.webhook.url",
        "name": "My Webhook",
        "description": None,
        "global": True,
        "actionType": None,
        "notificationType": ["ALL_NOTIFICATIONS"],
        "createdBy": "root",
        "createdAt": "2026-03-01T12:00:00.000Z",
        "updatedAt": "2026-03-01T12:00:00.000Z",
        "status": "enabled",
        "disabledReason": None,
        "version": 1,
        "timeoutSeconds": None,
        "retrySchedule": None,
        "rateLimitPerSecond": None,
        "headers": {},
        "authentication": None,
        "retentionDays": None,
        "format": "slack",
        "filter": None,
        "transform": None,
        "publicKey": None,
        "health": {
            "circuit": "closed",
            "consecutiveFailures": 0,
            "failingSince": None,
            "nextProbeAt": None,
            "retryAfter": None,
            "isSlow": False,
        },
    }


def test_an_owner_whose_id_is_a_whole_number_is_one(town: Town) -> None:
    assert town.create(town.ben).json["createdWebhooks"][0]["createdBy"] == 2


def test_the_secret_is_shown_once(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    for path in ("/webhooks", f"/webhooks/{webhook_id}"):
        for caller in (town.anna, town.admin):
            assert "whsec_" not in caller.get(path).text


def test_an_owner_sees_the_whole_url(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    assert town.anna.get(f"/webhooks/{webhook_id}").json["url"] == DRAFT["url"]
    assert town.anna.get("/webhooks").json[0]["url"] == DRAFT["url"]


def test_an_admin_sees_of_anothers_url_no_more_than_the_host(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    assert town.admin.get(f"/webhooks/{webhook_id}").json["url"] == "https://hooks.example/…"
    assert town.admin.get("/webhooks").json[0]["url"] == "https://hooks.example/…"


def test_types_are_read_in_any_case_and_written_in_the_catalogues(town: Town) -> None:
    answer = town.create(town.anna, notificationType=["MODELcreated", "all_notifications"])
    assert answer.json["createdWebhooks"][0]["notificationType"] == ["modelCreated", "ALL_NOTIFICATIONS"]


def test_an_unknown_type_has_a_code_of_its_own(town: Town) -> None:
    answer = town.create(town.anna, notificationType=["tagCreated", "accessRequested"])
    assert (answer.status, answer.error["code"]) == (400, "unknown_notification_type")
    assert "accessRequested" in answer.error["message"]


@pytest.mark.parametrize("action_type", ["triggered", "received", None])
def test_the_action_type_is_kept(town: Town, action_type: str | None) -> None:
    assert town.create(town.anna, actionType=action_type).json["createdWebhooks"][0]["actionType"] == action_type


def test_a_global_webhook_of_a_user_is_403(town: Town) -> None:
    answer = town.create(town.anna, **{"global": True})
    assert (answer.status, answer.error["code"]) == (403, "forbidden")
    assert answer.error["fields"].keys() == {"webhooks.0.global"}


def test_a_refused_url_is_422(town: Town) -> None:
    town.world.policy.refused["http://169.254."] = "The URL is refused: it leads to a link-local address."
    answer = town.create(town.anna, url="http://169.254.169.254/latest")
    assert (answer.status, answer.error["code"]) == (422, "refused_url")


def test_one_element_that_is_wrong_does_not_spoil_the_others(town: Town) -> None:
    answer = town.anna.post("/webhooks", {"webhooks": [DRAFT, 5, DRAFT | {"global": True}, DRAFT | {"name": "Second"}]})
    assert answer.status == 201
    assert [each["name"] for each in answer.json["createdWebhooks"]] == ["Mine", "Second"]
    assert [(each["index"], each["code"]) for each in answer.json["errors"]] == [(1, "invalid_input"), (2, "forbidden")]
    assert "error" not in answer.json
    assert len(town.anna.get("/webhooks").json) == 2


def test_an_element_with_a_member_of_the_wrong_type_is_told_where(town: Town) -> None:
    answer = town.anna.post("/webhooks", {"webhooks": [DRAFT, DRAFT | {"name": 5}]})
    (problem,) = answer.json["errors"]
    assert problem["index"] == 1
    assert problem["fields"].keys() == {"webhooks.1.name"}


def test_refusals_that_differ_are_400_together(town: Town) -> None:
    answer = town.anna.post("/webhooks", {"webhooks": [DRAFT | {"global": True}, DRAFT | {"name": ""}]})
    assert (answer.status, answer.error["code"]) == (400, "invalid_input")
    assert answer.json["createdWebhooks"] == []
    assert [each["code"] for each in answer.json["errors"]] == ["forbidden", "invalid_input"]
    assert answer.error["fields"].keys() == {"webhooks.0.global", "webhooks.1.name"}


def test_refusals_that_are_alike_keep_their_status(town: Town) -> None:
    answer = town.anna.post("/webhooks", {"webhooks": [DRAFT | {"global": True}] * 2})
    assert (answer.status, answer.error["code"]) == (403, "forbidden")


def test_a_webhook_that_was_paused_or_disabled_says_so(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    webhook = town.world.webhooks.get(webhook_id)
    assert webhook is not None
    paused = replace(webhook, is_enabled=False, version=2)
    assert town.world.webhooks.update(webhook, paused)
    assert town.anna.get(f"/webhooks/{webhook_id}").json["status"] == "paused"
    assert town.world.webhooks.update(paused, paused.disabled("It answered 410.", webhook.created_at))
    shown = town.anna.get(f"/webhooks/{webhook_id}").json
    assert (shown["status"], shown["disabledReason"], shown["version"]) == ("disabled", "It answered 410.", 3)


def test_a_deleted_webhook_is_gone_with_its_history(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    record_id = town.record_of(webhook_id)
    answer = town.anna.delete(f"/webhooks/{webhook_id}")
    assert (answer.status, answer.text) == (204, "")
    assert town.anna.get(f"/webhooks/{webhook_id}").status == 404
    assert town.anna.get("/webhooks").json == []
    assert town.anna.get(f"/webhooks/history/{record_id}").status == 404
    assert town.anna.get("/webhooks/history").json == []
    assert town.admin.get("/webhooks/history").json == []
