"""The description of the API: complete, valid, and true of the application."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import ValidationError
from openapi_spec_validator import validate

from app import app
from chalicelib.api import errors, files
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notifications import notification
from openapi import examples, members, samples
from openapi.document import document_of, written
from tests.api import promises
from tests.api.client import JSON
from tests.api.promises import DOCUMENT, Promise, resolved
from tests.api.town import NOON

if TYPE_CHECKING:
    from tests.api.client import Answer
    from tests.api.town import Town

OPERATIONS: Final = promises.operations()
OPEN: Final = {"/health", "/console", "/console/{name}", "/docs", "/openapi.json"}
NOT_KNOWN: Final = "This member is not known."


def _path(path: str) -> str:
    """A path with the document's own examples in it."""
    parameters = [resolved(each) for each in DOCUMENT["paths"][path].get("parameters", [])]
    return path.format(**{each["name"]: each["example"] for each in parameters})


def _query_names(method: str, path: str) -> list[str]:
    parameters = DOCUMENT["paths"][path][method].get("parameters", [])
    return [each["name"] for each in map(resolved, parameters) if each["in"] == "query"]


def _operation(name: str) -> tuple[str, str]:
    return next(each for each in OPERATIONS if Promise(*each).operation["operationId"] == name)


def test_the_file_is_what_the_service_says_of_itself_now() -> None:
    assert (files.FOLDER / "openapi.json").read_text("utf-8") == written(document_of(app)), "run `make openapi`"


def test_it_is_served_to_everybody(town: Town) -> None:
    answer = town.nobody.get("/openapi.json")
    served = answer.json | {"servers": DOCUMENT["servers"]}
    assert (served, answer.headers["content-type"]) == (DOCUMENT, "application/json")


def test_it_is_valid() -> None:
    validate(DOCUMENT)


def test_every_route_is_in_it_and_nothing_else() -> None:
    assert {(method.upper(), path) for method, path in OPERATIONS} == {
        (method, path) for path, methods in app.routes.items() for method in methods if method != "HEAD"
    }


def test_every_path_names_its_parameters() -> None:
    named = {
        path: {resolved(each)["name"] for each in item.get("parameters", [])} for path, item in DOCUMENT["paths"].items()
    }
    assert named == {path: {part[1:-1] for part in path.split("/") if part.startswith("{")} for path in DOCUMENT["paths"]}


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_key_is_asked_for_where_it_says_so(town: Town, method: str, path: str) -> None:
    is_open = Promise(method, path).operation.get("security", DOCUMENT["security"]) == []

    answer = town.nobody.send(method.upper(), _path(path))

    assert (answer.status != 401, path in OPEN) == (is_open, is_open)


@pytest.mark.parametrize(("method", "path"), [each for each in OPERATIONS if each[1] not in OPEN])
def test_it_names_every_parameter_of_the_query(town: Town, method: str, path: str) -> None:
    names = [*_query_names(method, path), "unheardOf"]

    answer = town.admin.send(method.upper(), f"{_path(path)}?{'&'.join(f'{name}=%00' for name in names)}")

    unknown = {name for name, problem in answer.error["fields"].items() if problem == NOT_KNOWN}
    assert unknown == {"unheardOf"}


def test_every_error_is_in_it() -> None:
    told = {
        code
        for item in DOCUMENT["components"]["responses"].values()
        for code in item["content"]["application/json"]["examples"]
    }
    assert told == {kind.code for kind in errors.STATUSES} | {"internal_error", "throttled"}


@pytest.mark.parametrize("code", DOCUMENT["components"]["examples"])
def test_the_example_of_an_error_is_one(code: str) -> None:
    value = DOCUMENT["components"]["examples"][code]["value"]
    promises.response_validator("/webhooks", "get", "401").validate(value)


def test_every_body_and_every_answer_in_json_has_an_example() -> None:
    with_body = {Promise(*each).operation["operationId"] for each in OPERATIONS if "requestBody" in Promise(*each).operation}
    answers = {
        (Promise(*each).operation["operationId"], int(status))
        for each in OPERATIONS
        for status, response in Promise(*each).operation["responses"].items()
        if "application/json" in resolved(response).get("content", {}) and int(status) < 400
    }
    assert set(examples.BODIES) == with_body
    assert set(examples.RESPONSES) == answers - {("show_document", 200)}


@pytest.mark.parametrize("name", members._OF)
def test_what_is_explained_is_there(name: str) -> None:
    shared = [other for other, known in members._OF.items() if known is members._OF[name]]
    there = {member for each in shared for member in DOCUMENT["components"]["schemas"][each]["properties"]}
    assert members._OF[name].keys() <= there


@pytest.mark.parametrize("name", ["WebhookInput", "WebhookPatch", "Notification"])
def test_every_member_that_people_write_is_explained(name: str) -> None:
    properties = DOCUMENT["components"]["schemas"][name]["properties"]
    assert {member for member, schema in properties.items() if "description" not in schema} == set()


BODIES: Final = [(name, title) for name, bodies in examples.BODIES.items() for title in bodies]


@pytest.mark.parametrize(("name", "title"), BODIES)
def test_the_example_of_a_body_is_one(name: str, title: str) -> None:
    method, path = _operation(name)
    promises.request_validator(path, method).validate(examples.BODIES[name][title])


@pytest.mark.parametrize(("name", "title"), BODIES)
def test_the_example_of_a_body_is_taken(town: Town, name: str, title: str) -> None:
    method, path = _operation(name)
    webhook_id = town.webhook_of(town.admin)
    body = json.dumps(examples.BODIES[name][title]).replace(samples.WEBHOOK_ID, webhook_id)
    where = path.format(webhook_id=webhook_id, user_id=1, name="orderShipped")

    answer = _sent(town, method, where, body)

    assert answer.status < 300, answer.text


def _sent(town: Town, method: str, path: str, body: str) -> Answer:
    return town.admin.send(method.upper(), path, body.encode(), JSON)


@pytest.mark.parametrize(("name", "status"), examples.RESPONSES)
def test_the_example_of_an_answer_is_one(name: str, status: int) -> None:
    method, path = _operation(name)
    promises.response_validator(path, method, str(status)).validate(examples.RESPONSES[name, status])


@pytest.mark.parametrize("name", [name for name, each in DOCUMENT["components"]["parameters"].items() if "example" in each])
def test_the_example_of_a_parameter_is_one(name: str) -> None:
    parameter = DOCUMENT["components"]["parameters"][name]
    promises.validator_of(parameter["schema"]).validate(parameter["example"])


_HELD: Final = Promise("get", "/webhooks/{webhook_id}")
_WEBHOOK: Final[dict[str, Any]] = examples.RESPONSES["show_webhook", 200]
_TYPE: Final = {"content-type": "application/json"}
_REFUSAL: Final = {"error": {"code": "webhook_not_found", "message": "No."}}


def test_an_answer_as_promised_passes() -> None:
    _HELD.check(None, 200, _TYPE | {"etag": '"1"'}, json.dumps(_WEBHOOK))
    _HELD.check(None, 404, _TYPE, json.dumps(_REFUSAL))


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [
        (202, _TYPE | {"etag": '"1"'}, _WEBHOOK),
        (200, _TYPE, _WEBHOOK),
        (200, _TYPE | {"etag": '"1"', "location": "/"}, _WEBHOOK),
        (200, {"content-type": "text/html", "etag": '"1"'}, _WEBHOOK),
        (200, _TYPE | {"etag": '"1"'}, _WEBHOOK | {"extra": 1}),
        (200, _TYPE | {"etag": '"1"'}, _WEBHOOK | {"createdAt": "yesterday"}),
        (200, _TYPE | {"etag": '"1"'}, {key: value for key, value in _WEBHOOK.items() if key != "publicKey"}),
        (404, _TYPE, {"error": {"code": "record_not_found", "message": "No."}}),
    ],
)
def test_an_answer_that_is_not_as_promised_is_noticed(status: int, headers: dict[str, str], body: dict[str, Any]) -> None:
    with pytest.raises((AssertionError, ValidationError)):
        _HELD.check(None, status, headers, json.dumps(body))


def test_a_body_that_is_taken_and_not_described_is_noticed() -> None:
    held = Promise("post", "/notifications")
    with pytest.raises(ValidationError):
        held.check(b'{"text":"Of no type"}', 202, _TYPE, '{"accepted":[],"errors":[]}')


_SCALARS: Final[st.SearchStrategy[Any]] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=140) | st.just([])
)
_TYPES: Final[st.SearchStrategy[Any]] = st.sampled_from(["modelDeleted", "9lives", ""]) | st.text(max_size=120) | _SCALARS
_MEMBERS: Final = st.fixed_dictionaries(
    {},
    optional={"notificationType": _TYPES}
    | dict.fromkeys(["id", "text", "deliverAt", "actionBy", "targetUser", "targetGroup", "modelId"], _SCALARS),
)
_DESCRIBED: Final = promises.validator_of(DOCUMENT["components"]["schemas"]["Notification"])


@given(_MEMBERS)
def test_a_notification_that_is_taken_is_as_described(members: dict[str, Any]) -> None:
    try:
        notification.parse(json.dumps(members), notification_id="ntf_1", accepted_at=NOON)
    except InvalidInput:
        return
    _DESCRIBED.validate(members)
