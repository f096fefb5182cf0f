"""The catalogue over HTTP, and what its types and prefixes do to webhooks and notifications."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.notifications import notification_types
from tests.api.client import JSON

if TYPE_CHECKING:
    from tests.api.town import Town

SCHEMA = {"required": ["orderId"], "properties": {"orderId": {"type": "integer"}}}
DOUBLING = {"a": {"items": {"allOf": [{"$ref": "#/$defs/a"}] * 2}}}
SHIPPED = {"description": "Goods have left the house.", "template": "{actor} has shipped {subject}.", "schema": SCHEMA}


def test_the_actions_are_the_reference_s_and_behind_them_the_admins(town: Town) -> None:
    for name in ("orderShipped", "Billed"):
        town.type_of(name)
    assert town.anna.get("/webhooks/actions").json == [*notification_types.NAMES, "Billed", "orderShipped"]


@pytest.mark.parametrize("limit", [1, 7, len(notification_types.NAMES), 1_000])
def test_the_pages_of_the_actions_have_no_gap_and_no_repeat(town: Town, limit: int) -> None:
    for name in ("orderShipped", "Billed", "zapped"):
        town.type_of(name)
    pages = list(town.anna.pages(f"/webhooks/actions?limit={limit}"))
    assert [name for page in pages for name in page] == [*notification_types.NAMES, "Billed", "orderShipped", "zapped"]
    assert all(len(page) == limit for page in pages[:-1])


@pytest.mark.parametrize("cursor", ["x", "", "."])
def test_a_cursor_of_another_list_is_refused(town: Town, cursor: str) -> None:
    assert town.anna.get(f"/webhooks/actions?cursor={cursor}").status == 400


def test_more_than_a_page_may_hold_is_refused_by_its_name(town: Town) -> None:
    assert town.anna.get("/webhooks/actions?limit=1001").error["fields"].keys() == {"limit"}


def test_the_details_say_what_there_is_to_know(town: Town) -> None:
    town.type_of("orderShipped", **SHIPPED)
    listed = {each["name"]: each for each in town.anna.get("/webhooks/actions?details=true").json}
    assert listed["orderShipped"] == {
        "name": "orderShipped",
        "description": SHIPPED["description"],
        "template": SHIPPED["template"],
        "hasSchema": True,
        "isCustom": True,
    }
    assert not listed["modelCreated"]["isCustom"]
    assert listed["modelCreated"]["template"] == notification_types.TEMPLATES["modelCreated"]


def test_a_type_is_made_shown_changed_and_removed(town: Town) -> None:
    made = town.admin.put("/webhooks/actions/orderShipped", SHIPPED)
    assert (made.status, made.json["schema"]) == (201, SCHEMA)
    assert town.anna.get("/webhooks/actions/ORDERSHIPPED").json == made.json
    changed = town.admin.put("/webhooks/actions/orderShipped", {})
    assert (changed.status, changed.json["schema"], changed.json["hasSchema"]) == (200, None, False)
    assert town.admin.delete("/webhooks/actions/orderShipped").status == 204
    assert town.anna.get("/webhooks/actions/orderShipped").error["code"] == "notification_type_not_found"


@pytest.mark.parametrize(
    ("name", "body", "status", "field"),
    [
        ("modelCreated", {}, 409, "name"),
        ("ALL_notifications", {}, 409, "name"),
        ("billED", {}, 409, "name"),
        ("1a", {}, 400, "name"),
        ("order*", {}, 400, "name"),
        ("orderShipped", {"template": "{who}"}, 400, "template"),
        ("orderShipped", {"template": ""}, 400, "template"),
        ("orderShipped", {"description": "x" * 1_001}, 400, "description"),
        ("orderShipped", {"schema": {"type": "nonsense"}}, 400, "schema.type"),
        ("orderShipped", {"schema": {"$ref": "http://169.254.169.254/"}}, 400, "schema.$ref"),
        ("orderShipped", {"schema": []}, 400, "schema"),
        ("orderShipped", {"schema": {"description": "x" * 32_768}}, 413, "schema"),
        ("orderShipped", {"unknown": 1}, 400, "unknown"),
    ],
)
def test_a_type_that_cannot_be_is_refused_with_the_place(
    town: Town, name: str, body: dict[str, Any], status: int, field: str
) -> None:
    town.type_of("Billed")
    answer = town.admin.put(f"/webhooks/actions/{name}", body)
    assert (answer.status, list(answer.error["fields"])) == (status, [field])


@pytest.mark.parametrize(("name", "status"), [("modelCreated", 409), ("nowhere", 404), ("order*", 404)])
def test_what_is_not_an_admins_cannot_be_removed(town: Town, name: str, status: int) -> None:
    assert town.admin.delete(f"/webhooks/actions/{name}").status == status


def test_a_webhook_may_name_a_type_that_was_just_added(town: Town) -> None:
    assert town.create(town.anna, notificationType=["orderShipped"]).json["errors"][0]["code"] == "unknown_notification_type"
    town.type_of("orderShipped")
    made = town.create(town.anna, notificationType=["ORDERshipped"]).json["createdWebhooks"][0]
    assert made["notificationType"] == ["orderShipped"]


@pytest.mark.parametrize(("given", "shown"), [("COLLECTION*", "collection*"), ("Order*", "Order*")])
def test_a_webhook_may_ask_for_a_prefix(town: Town, given: str, shown: str) -> None:
    webhook_id = town.webhook_of(town.anna, notificationType=[given, "modelCreated"])
    assert town.anna.get(f"/webhooks/{webhook_id}").json["notificationType"] == [shown, "modelCreated"]
    edited = town.anna.patch(f"/webhooks/{webhook_id}", {"notificationType": [given]})
    assert edited.json["notificationType"] == [shown]


@pytest.mark.parametrize("given", ["*", "a*b", "a**", "*a"])
def test_a_wildcard_anywhere_else_is_refused(town: Town, given: str) -> None:
    answer = town.create(town.anna, notificationType=[given])
    assert answer.json["errors"][0]["code"] == "unknown_notification_type"


def test_a_notification_that_does_not_meet_its_schema_is_refused_and_the_rest_is_taken(town: Town) -> None:
    town.type_of("orderShipped", **SHIPPED)
    wrong, right = ({"notificationType": "orderShipped", "orderId": each} for each in ("seven", 7))
    answer = town.admin.post("/notifications", {"notifications": [wrong, right]})
    (error,) = answer.json["errors"]
    assert (error["code"], error["fields"]) == (
        "schema_violation",
        {"notifications.0.orderId": 'type of the schema is "integer"'},
    )
    assert len(town.world.accepted.sent) == 1


def test_one_notification_that_does_not_meet_its_schema_is_refused(town: Town) -> None:
    town.type_of("orderShipped", **SHIPPED)
    answer = town.admin.post("/notifications", {"notificationType": "orderShipped"})
    assert (answer.status, answer.error["code"]) == (422, "schema_violation")


def test_a_schema_that_takes_too_much_work_for_a_notification_refuses_it(town: Town) -> None:
    town.type_of("orderShipped", **SHIPPED | {"schema": {"additionalProperties": {"$ref": "#/$defs/a"}, "$defs": DOUBLING}})
    answer = town.admin.post(
        "/notifications", {"notificationType": "orderShipped", "nested": json.loads("[" * 25 + "]" * 25)}
    )
    assert (answer.status, answer.error["code"]) == (422, "schema_violation")
    assert "needs more work than is allowed" in answer.error["message"]


def test_a_schema_that_always_takes_too_much_work_is_not_registered(town: Town) -> None:
    links = {f"d{level}": {"allOf": [{"$ref": f"#/$defs/d{level + 1}"}] * 2} for level in range(25)}
    answer = town.admin.put("/webhooks/actions/orderShipped", SHIPPED | {"schema": {"$defs": {**links, "d25": {}}}})
    assert answer.status == 400
    assert [*answer.error["fields"]] == ["schema.$defs.d12"]


def test_a_schema_is_shown_as_it_was_written(town: Town) -> None:
    schema = '{"type": "object", "properties": {"é": {"maximum": 1.10, "const": -0, "minimum": 1e2}}}'
    put = town.admin.send("PUT", "/webhooks/actions/orderShipped", f'{{"schema": {schema}}}'.encode(), JSON)
    got = town.anna.get("/webhooks/actions/orderShipped")
    written = f'"schema":{schema.replace(": ", ":").replace(", ", ",")}}}'
    assert (put.status, got.status) == (201, 200)
    assert put.text.endswith(written)
    assert got.text.endswith(written)


@pytest.mark.parametrize(("template", "status"), [("x", 201), ("", 400)])
def test_a_template_has_a_character_at_least(town: Town, template: str, status: int) -> None:
    assert town.admin.put("/webhooks/actions/orderShipped", {"template": template}).status == status
