"""Bodies, queries and paths that are wrong: each is refused for what it is, never by a 5xx, never half done."""

from __future__ import annotations

import gzip
import json
from typing import Final
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import app
from chalicelib.composition import process
from tests.api.client import JSON
from tests.api.town import DRAFT, Town

MALFORMED: Final = {
    "nothing": b"",
    "white space": b" \n\t",
    "a word": b"nope",
    "half an object": b'{"webhooks": [',
    "an array": b"[]",
    "a string": b'"webhooks"',
    "null": b"null",
    "two documents": b"{} {}",
    "a comma too many": b'{"webhooks": [],}',
    "not a number": b'{"webhooks": NaN}',
    "infinity": b'{"webhooks": -Infinity}',
    "no UTF-8": b'{"webhooks": "\xff"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"webhooks": []}'.encode("utf-16"),
    "deep arrays": b'{"webhooks": ' + b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "a string without an end": b'{"a": "' + b'\\"' * 400_000,
    "a huge integer": b'{"webhooks": ' + b"9" * 100_000 + b"}",
    "half a surrogate pair": b'{"webhooks": "\\ud800"}',
    "half a surrogate pair as a key": b'{"\\ud800": 1}',
    "a key twice": b'{"webhooks": [], "webhooks": []}',
    "a NUL": b'{"webhooks": "\x00"}',
}
BODY_ROUTES: Final = [("POST", "/webhooks"), ("POST", "/notifications"), ("PUT", "/users/9"), ("POST", "/users/1/keys")]


@pytest.mark.parametrize(("method", "path"), BODY_ROUTES)
@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_body_is_400_and_does_nothing(town: Town, method: str, path: str, body: bytes) -> None:
    answer = town.admin.send(method, path, body, JSON)
    assert (answer.status, answer.error["code"]) == (400, "invalid_input")
    assert answer.error["message"]
    assert town.world.accepted.sent == []
    assert town.world.directory.user("9") is None


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "identity, GZIP", "x-unknown"])
@pytest.mark.parametrize(("method", "path"), BODY_ROUTES)
def test_a_body_that_says_that_it_is_encoded_is_415_and_says_what_to_leave_out(
    town: Town, method: str, path: str, coding: str
) -> None:
    """API Gateway decodes gzip and deflate, and hands on the header with the plain body."""
    for body in (gzip.compress(b"{}"), b'{"notificationType":"tagCreated"}'):
        answer = town.admin.send(method, path, body, {**JSON, "Content-Encoding": coding})
        assert (answer.status, answer.error["code"]) == (415, "unsupported_media_type")
        assert "Content-Encoding" in answer.error["message"]
        assert "encoded" in answer.error["message"]
    assert town.world.accepted.sent == []


@pytest.mark.parametrize("coding", ["identity", "", " Identity "])
def test_a_body_that_says_that_it_is_not_encoded_is_taken(town: Town, coding: str) -> None:
    body = b'{"notificationType":"tagCreated"}'
    assert town.admin.send("POST", "/notifications", body, {**JSON, "Content-Encoding": coding}).status == 202


TWICE: Final = [
    ("POST", "/webhooks", '{"webhooks":[%s,"headers":{"X-A":"1","X-A":"2"}}]}', "X-A"),
    ("POST", "/webhooks", '{"webhooks":[%s,"authentication":{"type":"bearer","token":"a","token":"b"}}]}', "token"),
    ("POST", "/webhooks", '{"webhooks":[%s,"name":"Other"}]}', "name"),
    ("POST", "/webhooks/preview", '{"webhook":%s,"name":"Other"}}', "name"),
    ("POST", "/webhooks/preview", '{"webhook":%s,"headers":{"X-A":"1","X-A":"2"}}}', "X-A"),
    ("PUT", "/webhooks/actions/orderPlaced", '{"schema":{"properties":{"a":{},"a":{"type":"string"}}}}', "a"),
]


@pytest.mark.parametrize(("method", "path", "body", "key"), TWICE, ids=[f"{each[1]} {each[3]}" for each in TWICE])
def test_a_key_that_stands_twice_is_400_however_deep(town: Town, method: str, path: str, body: str, key: str) -> None:
    text = body.replace("%s", json.dumps(DRAFT)[:-1])
    answer = town.admin.send(method, path, text.encode(), JSON)
    assert answer.status == 400
    assert f"the key {key!r} is repeated" in answer.error["message"]


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_header_that_stands_twice_in_different_case_is_refused(town: Town, method: str) -> None:
    given = {"headers": {"X-A": "1", "x-a": "2"}}
    if method == "POST":
        answer = town.create(town.anna, **given)
    else:
        answer = town.anna.patch(f"/webhooks/{town.webhook_of(town.anna)}", given)
    assert (answer.status, answer.error["code"]) == (422, "refused_header")
    assert "two names differ only in case" in answer.error["message"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": 5}, "url"),
        ({"url": None}, "url"),
        ({"url": ""}, "url"),
        ({"url": "https://e.example/" + "x" * 3_000}, "url"),
        ({"name": ""}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"name": ["n"]}, "name"),
        ({"notificationType": []}, "notificationType"),
        ({"notificationType": "tagCreated"}, "notificationType"),
        ({"notificationType": [1]}, "notificationType.0"),
        ({"global": "true"}, "global"),
        ({"global": 1}, "global"),
        ({"actionType": "both"}, "actionType"),
        ({"secret": "whsec_1"}, "secret"),
        ({"isGlobal": True}, "isGlobal"),
    ],
)
def test_a_wrong_member_of_a_webhook_is_named_by_its_path(town: Town, change: dict[str, object], field: str) -> None:
    answer = town.create(town.admin, **change)
    assert (answer.status, answer.error["code"]) == (400, "invalid_input")
    assert answer.error["fields"].keys() == {f"webhooks.0.{field}"}
    assert town.admin.get("/webhooks").json == []


@pytest.mark.parametrize("missing", ["url", "name", "notificationType"])
def test_a_webhook_needs_its_members(town: Town, missing: str) -> None:
    draft = {key: value for key, value in DRAFT.items() if key != missing}
    answer = town.anna.post("/webhooks", {"webhooks": [draft]})
    assert answer.error["fields"] == {f"webhooks.0.{missing}": "This is required."}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "webhooks"),
        ({"webhooks": {}}, "webhooks"),
        ({"webhooks": None}, "webhooks"),
        ({"webhooks": []}, "webhooks"),
        ({"webhooks": [DRAFT], "dryRun": True}, "dryRun"),
    ],
)
def test_the_envelope_of_webhooks_is_read_strictly(town: Town, body: object, field: str) -> None:
    answer = town.anna.post("/webhooks", body)
    assert answer.status == 400
    assert answer.error["fields"].keys() == {field}
    assert town.anna.get("/webhooks").json == []


def test_more_webhooks_than_one_request_may_hold_are_refused_by_the_limits_name(town: Town) -> None:
    answer = town.anna.post("/webhooks", {"webhooks": [DRAFT] * 101})
    assert answer.status == 400
    assert "WEBHOOKS_PER_REQUEST_MAX" in answer.error["message"]
    assert town.anna.get("/webhooks").json == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("limit=", "limit"),
        ("limit=" + "9" * 5_000, "limit"),
        ("limit=1&limit=1", "limit"),
        ("offset=10", "offset"),
        ("cursor=", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=" + "A" * 2_000, "cursor"),
        ("cursor=AAAAAAAAAAAAAAAAAAAAAAAA", "cursor"),
        ("since=yesterday", "since"),
        ("since=2026-03-01T12:00:00", "since"),
        ("until=1772366400", "until"),
        ("since=0001-01-01T00:00:00%2B23:59", "since"),
        ("since=2026-03-01T12:00:00Z&until=2026-03-01T12:00:00Z", "since"),
        ("outcome=maybe", "outcome"),
        ("notificationType=two%20words", "notificationType"),
    ],
)
def test_a_wrong_query_parameter_is_named(town: Town, query: str, field: str) -> None:
    answer = town.admin.get(f"/webhooks/history?{query}")
    assert answer.status == 400
    assert answer.error["fields"].keys() == {field}


@pytest.mark.parametrize("path", ["/webhooks/actions", "/webhooks/x", "/users/1", "/webhooks/history/x"])
def test_a_route_without_parameters_takes_none(town: Town, path: str) -> None:
    assert town.admin.get(f"{path}?verbose=1").error["fields"] == {"verbose": "This member is not known."}


NOT_IDS: Final = [
    "x",
    "wh_",
    "rec_",
    "..",
    "%2e%2e",
    "%00",
    "%ff",
    "%",
    "%zz",
    "%F0%9F%93%AF",
    "a" * 4_000,
    "wh_" + "z" * 26,
]


@pytest.mark.parametrize("text", NOT_IDS)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/webhooks/{}"),
        ("DELETE", "/webhooks/{}"),
        ("GET", "/webhooks/history/{}"),
        ("POST", "/history/retry/{}"),
        ("GET", "/webhooks/history?webhookId={}"),
        ("GET", "/users/{}"),
        ("DELETE", "/users/{}"),
        ("GET", "/users/{}/keys"),
        ("DELETE", "/users/1/keys/{}"),
    ],
)
def test_what_is_no_id_is_no_5xx(town: Town, method: str, path: str, text: str) -> None:
    answer = town.admin.send(method, path.format(text))
    assert answer.status in {400, 404}
    assert answer.error["message"]


@pytest.mark.parametrize("path", ["/users//keys", "/users//keys/key_0", "/webhooks//"])
def test_an_empty_id_is_no_id(town: Town, path: str) -> None:
    method = "DELETE" if path.endswith("0") else "GET"
    assert town.admin.send(method, path).status in {400, 404}


JSON_VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=12,
)
NAMES: Final = st.sampled_from(
    ["url", "name", "notificationType", "global", "actionType", "role", "groups", "rights", "id", "text"]
)
NEARLY_RIGHT: Final = st.dictionaries(NAMES, JSON_VALUES | st.sampled_from(["tagCreated", ["tagCreated"], "user"]))
OBJECTS: Final = (
    NEARLY_RIGHT
    | st.builds(lambda each: {"webhooks": each}, st.lists(NEARLY_RIGHT | JSON_VALUES, max_size=4))
    | st.builds(lambda each: {"notifications": each}, st.lists(NEARLY_RIGHT | JSON_VALUES, max_size=4))
)
BODIES: Final = st.binary() | (JSON_VALUES | OBJECTS).map(lambda value: json.dumps(value).encode())
PARTS: Final = st.text(st.characters(exclude_characters="/?#"), min_size=1).map(
    lambda text: quote(text.encode("utf-8", "surrogatepass"), safe="%")
) | st.sampled_from(["1", "root"])
QUERIES: Final = st.dictionaries(
    st.sampled_from(["limit", "cursor", "since", "until", "outcome", "notificationType", "webhookId"]) | st.text(),
    st.text() | st.sampled_from(["1", "failed", "2026-03-01T12:00:00Z"]),
    max_size=3,
).map(lambda query: "&".join(f"{quote(_bytes(key))}={quote(_bytes(value))}" for key, value in query.items()))
ROUTES: Final = [(method, path) for path, methods in app.routes.items() for method in methods]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(route=st.sampled_from(ROUTES), part=PARTS, query=QUERIES, body=BODIES, is_admin=st.booleans())
def test_nothing_that_a_caller_sends_is_a_5xx(
    route: tuple[str, str], part: str, query: str, body: bytes, *, is_admin: bool
) -> None:
    method, template = route
    path = template.format(webhook_id=part, record_id=part, user_id=part, key_id=part, name=part, recovery_id=part)
    made = Town()
    with process.using(made.service):
        answer = (made.admin if is_admin else made.anna).send(method, f"{path}?{query}", body, JSON)
    assert answer.status < 500, answer.text
    if answer.status >= 400:
        assert answer.error["message"]
