"""The description of the API as generators, linters and viewers read it."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from app import app
from openapi import samples
from posthorn.signatures import verify
from tests.api import promises
from tests.api.client import answer_of
from tests.api.promises import DOCUMENT, Promise, resolved

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.client import Answer
    from tests.api.town import Town

REFUSALS: Final = Path(__file__).parents[2] / "infra" / "template" / "refusals.json"
SCHEMAS: Final[dict[str, dict[str, Any]]] = DOCUMENT["components"]["schemas"]
AWS: Final = "abc.execute-api.eu-central-1.amazonaws.com"


def _served(path: str, host: str) -> Answer:
    """What API Gateway gets for the document, at a path that may begin with a stage."""
    context = {"resourcePath": "/openapi.json", "httpMethod": "GET", "path": path}
    empty = dict.fromkeys(["multiValueQueryStringParameters", "pathParameters", "stageVariables", "body"])
    headers = {"Host": host, "X-Forwarded-Proto": "https"}
    event = empty | {"headers": headers, "requestContext": context, "isBase64Encoded": False}
    return answer_of(app(event, None))


@pytest.mark.parametrize(
    ("path", "host", "url"),
    [
        ("/prod/openapi.json", AWS, f"https://{AWS}/prod"),
        ("/hooks/v1/openapi.json", "api.example", "https://api.example/hooks/v1"),
        ("/openapi.json", "api.example", "https://api.example"),
        ("/prod/openapi.json", 'x"><script>', "/prod"),
        ("/openapi.json", "a/b", "/"),
    ],
)
@pytest.mark.usefixtures("town")
def test_its_server_is_where_it_is_served_and_ends_in_no_slash(path: str, host: str, url: str) -> None:
    assert [each["url"] for each in _served(path, host).json["servers"]] == [url]


def test_at_another_address_it_is_another_version(town: Town) -> None:
    first = town.nobody.get("/openapi.json", Host="one.example")
    second = town.nobody.get("/openapi.json", **{"Host": "two.example", "If-None-Match": first.headers["etag"]})
    assert second.status == 200


def test_every_operation_may_be_refused_by_the_gateway_as_the_template_says() -> None:
    properties = json.loads(REFUSALS.read_text("utf-8"))["Resources"]["RestAPI"]["Properties"]
    said = properties["GatewayResponses"]["Fn::ForEach::TooMany"][2]["${Kind}"]
    body = said["ResponseTemplates"]["application/json"]
    for each in promises.operations():
        Promise(*each).check(None, int(said["StatusCode"]), {"content-type": "application/json", "retry-after": "1"}, body)


def test_no_member_has_a_default_which_types_in_typescript_would_require() -> None:
    assert [name for name, schema in SCHEMAS.items() if '"default":' in json.dumps(schema)] == []


@pytest.mark.parametrize(
    ("name", "member", "sentence"),
    [
        ("WebhookInput", "format", 'The format of the payload. Default: `"slack"`.'),
        (
            "RotationInput",
            "overlapSeconds",
            "Seconds for which requests are signed with the old secret too; 0: not at all. Default: `86400`.",
        ),
    ],
)
def test_a_default_is_in_the_description(name: str, member: str, sentence: str) -> None:
    assert SCHEMAS[name]["properties"][member]["description"] == sentence


def test_no_schema_is_named_after_its_own_member_which_python_would_take_for_one_variable() -> None:
    clashing = [name for name, schema in SCHEMAS.items() if name[0].lower() + name[1:] in schema.get("properties", {})]
    assert clashing == []


def _choices(value: Any) -> Iterator[list[dict[str, Any]]]:  # noqa: ANN401 - a part of the document
    """The alternatives of every `anyOf`: of arrays, those of their elements."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        if "anyOf" in value:
            yield [resolved(each.get("items", each)) for each in value["anyOf"]]
        for each in value.values():
            yield from _choices(each)


def _hides(earlier: dict[str, Any], later: dict[str, Any]) -> bool:
    """Whether a reader that asks for the required members alone takes the earlier for what is meant to be the later."""
    if "properties" not in later:
        return False
    return "properties" not in earlier or set(earlier.get("required", [])) < set(later["properties"])


def test_no_alternative_hides_a_later_one_from_a_reader_who_takes_the_first_that_fits() -> None:
    hiding = [
        (earlier, later)
        for choice in _choices(DOCUMENT)
        for earlier, later in itertools.combinations(choice, 2)
        if earlier.get("type") != "null" and _hides(earlier, later)
    ]
    assert hiding == []


def _may_be_one(one: str, other: str) -> bool:
    """Whether some path fits two of the document's, by their words and the patterns of their parameters."""
    sides = [*zip(one.split("/"), other.split("/"), strict=False)]
    return one.count("/") == other.count("/") and all(_meet(*side) for side in sides)


def _meet(one: str, other: str) -> bool:
    """Whether some word fits two parts of paths."""
    if one.startswith("{") == other.startswith("{"):
        return one.startswith("{") or one == other
    word, name = (other, one[1:-1]) if one.startswith("{") else (one, other[1:-1])
    return re.search(DOCUMENT["components"]["parameters"][name]["schema"]["pattern"], word) is not None


def test_the_patterns_of_parameters_tell_all_paths_apart() -> None:
    assert [pair for pair in itertools.combinations(DOCUMENT["paths"], 2) if _may_be_one(*pair)] == []


def test_the_example_of_a_record_is_signed() -> None:
    sent = samples.RECORD["request"]
    at = int(sent["headers"]["webhook-timestamp"])
    verify(samples.SECRET, sent["headers"], sent["body"].encode(), now_s=at)


def test_the_example_of_a_record_has_the_body_and_the_headers_that_the_service_sends(town: Town) -> None:
    webhook_id = town.webhook_of(town.admin)

    shown = town.admin.post("/webhooks/preview", {"webhookId": webhook_id, "notification": samples.NOTIFICATION}).json

    sent = samples.RECORD["request"]
    assert (sent["body"], sent["headers"].keys()) == (shown["body"], shown["headers"].keys())
    assert samples.RECORD["requestBytes"] == len(sent["body"].encode())
