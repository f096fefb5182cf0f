"""Each field that an owner decides goes all the way: request, table, queue, answer, change, audit, description.

A field that is forgotten somewhere fails the test of that place, by its name.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from chalicelib.adapters.dynamodb import webhook_item
from chalicelib.api.wire.webhooks import WebhookPatch
from chalicelib.codec import messages
from chalicelib.domain.directory import audit
from chalicelib.domain.webhooks.authentication import BearerAuthentication
from chalicelib.domain.webhooks.owner_fields import CREATED, EDITED, OWNER_FIELDS, REQUIRED, SHOWN, OwnerField
from chalicelib.domain.webhooks.webhook import Webhook
from tests.api.promises import DOCUMENT
from tests.domain.samples import webhook

if TYPE_CHECKING:
    from tests.api.town import Town

SHOWN_INSTEAD: Final = {"headers": {"x-team": True}, "authentication": {"type": "bearer", "token": True}}
"""Of what has secrets in it, an answer says only that it is there."""
KEPT_INSTEAD: Final[dict[str, Any]] = {
    "headers": (("x-team", "data"),),
    "authentication": BearerAuthentication("t0ken"),
}

each_field = pytest.mark.parametrize("field", OWNER_FIELDS, ids=lambda field: field.name)
each_created = pytest.mark.parametrize("field", CREATED, ids=lambda field: field.name)
each_edited = pytest.mark.parametrize("field", EDITED, ids=lambda field: field.name)
each_optional = pytest.mark.parametrize(
    "field", [each for each in EDITED if each.default is not REQUIRED], ids=lambda field: field.name
)


def _kept(field: OwnerField) -> Any:  # noqa: ANN401 - any field's
    """The example as a webhook has it."""
    return KEPT_INSTEAD[field.name] if field.name in KEPT_INSTEAD else field.read(field.example)


def _changed(field: OwnerField) -> Webhook:
    return replace(webhook(1), **{field.name: _kept(field)})


def _is_shown(shown: dict[str, Any], field: OwnerField) -> bool:
    if not field.is_shown:
        return bool(shown["status"] == "paused")
    return bool(shown[field.wire] == SHOWN_INSTEAD.get(field.name, field.example))


def test_each_example_differs_from_what_there_is_without_it() -> None:
    assert [each.name for each in OWNER_FIELDS if _changed(each) == webhook(1)] == []


def test_each_field_is_one_of_a_webhook() -> None:
    assert {each.name for each in OWNER_FIELDS} <= {each.name for each in fields(Webhook)}


@each_created
def test_it_is_taken_when_a_webhook_is_created_and_shown(town: Town, field: OwnerField) -> None:
    made = town.create(town.admin, **{field.wire: field.example}).json["createdWebhooks"][0]
    assert _is_shown(made, field)
    assert _is_shown(town.admin.get(f"/webhooks/{made['id']}").json, field)


@each_edited
def test_it_is_changed_and_the_change_is_in_the_audit(town: Town, field: OwnerField) -> None:
    path = f"/webhooks/{town.webhook_of(town.anna)}"
    assert _is_shown(town.anna.patch(path, {field.wire: field.example}).json, field)
    assert _is_shown(town.anna.get(path).json, field)
    newest = town.admin.get("/audit").json[0]
    assert [*newest["changes"]] == [field.wire]


@each_optional
def test_null_brings_its_default_back(town: Town, field: OwnerField) -> None:
    path = f"/webhooks/{town.webhook_of(town.anna)}"
    before = town.anna.get(path).json[field.wire]
    town.anna.patch(path, {field.wire: field.example})
    assert town.anna.patch(path, {field.wire: None}).json[field.wire] == before


@each_field
def test_it_is_kept_in_the_table(field: OwnerField) -> None:
    assert webhook_item.decode(webhook_item.encode(_changed(field))) == _changed(field)


@each_field
def test_it_goes_through_a_queue(field: OwnerField) -> None:
    assert messages.webhook_from_text(messages.webhook_to_text(_changed(field))) == _changed(field)


@each_field
def test_the_audit_compares_it(field: OwnerField) -> None:
    assert [name for name, _, _ in audit.webhook_changes(webhook(1), _changed(field))] == [field.name]


@pytest.mark.parametrize(("name", "rows"), [("WebhookInput", CREATED), ("WebhookPatch", EDITED), ("Webhook", SHOWN)])
def test_the_description_of_the_api_has_it_with_its_sentence(name: str, rows: tuple[OwnerField, ...]) -> None:
    described = DOCUMENT["components"]["schemas"][name]["properties"]
    assert [
        each.wire for each in rows if not described.get(each.wire, {}).get("description", "").startswith(each.says)
    ] == []


def test_a_change_has_the_values_that_were_in_the_body_alone() -> None:
    assert WebhookPatch.model_validate_json('{"timeoutSeconds": null}').edit().changes == {"request_timeout_s": None}
