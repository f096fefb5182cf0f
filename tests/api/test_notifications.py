"""Taking notifications in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.api.town import Town

WRITTEN = (
    '{"notificationType" : "tagCreated", "price":1.10, "big":123456789012345678901234567890, '
    '"text":"\\u00fc ☃", "a":{"z":1, "y" : 2}}'
)
COMPACT = (
    '{"notificationType":"tagCreated","price":1.10,"big":123456789012345678901234567890,'
    '"text":"\\u00fc ☃","a":{"z":1,"y":2}}'
)


def _sent(town: Town) -> list[str]:
    return [each.text for each in town.world.accepted.sent]


def test_one_notification_travels_on_as_it_was_written(town: Town) -> None:
    answer = town.admin.post_text("/notifications", WRITTEN)
    assert answer.status == 202
    assert _sent(town) == [WRITTEN]


def test_several_notifications_travel_on_as_they_were_written_but_for_white_space(town: Town) -> None:
    answer = town.admin.post_text("/notifications", f'{{"notifications": [{WRITTEN},\n {WRITTEN}]}}')
    assert answer.status == 202
    assert _sent(town) == [COMPACT, COMPACT]


def test_a_notification_gets_an_id_or_keeps_its_own(town: Town) -> None:
    given = [{"notificationType": "tagCreated"}, {"notificationType": "tagCreated", "id": "evt-7f3"}]
    answer = town.admin.post("/notifications", {"notifications": given})
    first, second = answer.json["accepted"]
    assert answer.json["errors"] == []
    assert first["id"].startswith("ntf_")
    assert second == {"index": 1, "id": "evt-7f3"}


def test_an_unknown_type_is_taken(town: Town) -> None:
    assert town.admin.post("/notifications", {"notificationType": "fromTheFuture"}).status == 202


def test_some_may_be_taken_and_others_refused(town: Town) -> None:
    given = [{"notificationType": "tagCreated"}, {"notificationType": 5}, "text", {"notificationType": "tagUpdated"}]
    answer = town.admin.post("/notifications", {"notifications": given})
    assert answer.status == 202
    assert [each["index"] for each in answer.json["accepted"]] == [0, 3]
    assert [(each["index"], each["code"]) for each in answer.json["errors"]] == [(1, "invalid_input"), (2, "invalid_input")]
    assert answer.json["errors"][0]["fields"].keys() == {"notifications.1.notificationType"}
    assert len(_sent(town)) == 2


def test_one_that_is_wrong_is_400_with_the_field(town: Town) -> None:
    answer = town.admin.post("/notifications", {"notificationType": "tagCreated", "actionBy": [1]})
    assert answer.status == 400
    assert answer.error["fields"].keys() == {"actionBy"}
    assert answer.json["accepted"] == []
    assert _sent(town) == []


def test_one_that_is_too_large_is_413(town: Town) -> None:
    body = {"notificationType": "tagCreated", "blob": "x" * town.service.settings.notification_bytes_max}
    answer = town.admin.post("/notifications", body)
    assert (answer.status, answer.error["code"]) == (413, "too_large")


def test_a_notification_may_have_a_member_of_that_name_among_others(town: Town) -> None:
    body = {"notificationType": "tagCreated", "notifications": 3}
    assert town.admin.post("/notifications", body).status == 202
    assert [json.loads(text) for text in _sent(town)] == [body]


@pytest.mark.parametrize("several", [[], {}, None, 5])
def test_several_have_to_be_an_array_of_at_least_one(town: Town, several: object) -> None:
    answer = town.admin.post("/notifications", {"notifications": several})
    assert answer.status == 400
    assert answer.error["fields"].keys() == {"notifications"}


def test_more_than_one_request_may_hold_are_refused_by_the_limits_name(town: Town) -> None:
    answer = town.admin.post("/notifications", {"notifications": [{"notificationType": "tagCreated"}] * 101})
    assert answer.status == 400
    assert "NOTIFICATIONS_PER_REQUEST_MAX" in answer.error["message"]
    assert _sent(town) == []


def test_another_notification_under_the_same_id_is_409(town: Town) -> None:
    assert town.admin.post("/notifications", {"id": "evt-1", "notificationType": "tagCreated"}).status == 202
    answer = town.admin.post("/notifications", {"id": "evt-1", "notificationType": "tagDeleted"})
    assert (answer.status, answer.error["code"]) == (409, "notification_id_taken")
    assert answer.error["fields"].keys() == {"id"}
    assert town.admin.post("/notifications", {"id": "evt-1", "notificationType": "tagCreated"}).status == 202


def test_of_several_the_one_whose_id_is_taken_is_told_by_its_place(town: Town) -> None:
    given = [{"id": "1", "notificationType": each} for each in ("tagCreated", "tagDeleted", "tagCreated")]
    answer = town.admin.post("/notifications", {"notifications": given})
    assert answer.status == 202
    assert [(each["index"], each["id"]) for each in answer.json["accepted"]] == [(0, "1"), (2, "1")]
    [error] = answer.json["errors"]
    assert (error["index"], error["code"]) == (1, "notification_id_taken")
    assert error["fields"].keys() == {"notifications.1.id"}


def test_the_services_own_types_are_400_with_the_field(town: Town) -> None:
    answer = town.admin.post("/notifications", {"notificationType": "webhookDisabled"})
    assert answer.status == 400
    assert answer.error["fields"].keys() == {"notificationType"}


def test_an_owner_tests_a_receiver_of_the_services_own_types(town: Town) -> None:
    """A test goes to the owner's own webhook alone."""
    webhook_id = town.webhook_of(town.anna, notificationType=["webhookDisabled"])
    answer = town.anna.post(f"/webhooks/{webhook_id}/test", {"notification": {"notificationType": "webhookDisabled"}})
    assert answer.status in {200, 202}
