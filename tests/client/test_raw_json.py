"""JSON passes through the client unchanged."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posthorn.client import Client, RawJson
from posthorn.client.raw_json import dumps, loads, parse
from tests.client.server import Response, Server

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
NUMBERS = ["1.10", "1E400", "-0", "-0.0", "12345678901234567890123", "0.10000000000000000001", "1e-7", "9" * 5_000]


@given(JSON)
def test_a_value_without_raw_json_is_written_as_python_writes_it(value: object) -> None:
    assert dumps(value) == json.dumps(value)


@given(JSON)
def test_a_loaded_value_is_written_with_the_same_values(value: object) -> None:
    assert dumps(loads(json.dumps(value))) == json.dumps(value)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_keeps_its_digits(number: str) -> None:
    assert dumps(loads(f'{{"a": [{number}]}}') | {"b": RawJson(number)}) == f'{{"a": [{number}], "b": {number}}}'


@pytest.mark.parametrize("key", [1, 1.5, True, None, "a"])
def test_a_key_is_written_as_python_writes_it(key: object) -> None:
    assert dumps({key: 1}) == json.dumps({key: 1})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {float("nan"): 1}])
def test_nan_and_infinity_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        dumps(value)


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "1.", "01", "'a'", "", '{"a": 1', '1, "b": 2'])
def test_invalid_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        RawJson(text)
    with pytest.raises(ValueError, match=r".+"):
        loads(text)


def test_a_duplicate_key_is_kept_in_raw_json_and_refused_by_loads() -> None:
    text = '{"a": {"b": 1, "b": 2}}'
    assert dumps(RawJson(text)) == text
    with pytest.raises(ValueError, match="duplicate key 'b'"):
        loads(text)


@pytest.mark.enable_socket
def test_a_raw_notification_is_sent_unchanged_by_every_method() -> None:
    raw: Any = RawJson('{"v": 1.10, "v": 1E400}')
    with Server(Response(200, {})) as server, Client(server.url, "key") as client:
        client.notifications.send(raw)
        client.notifications.send_batch([raw, {"w": RawJson("-0")}])
        client.webhooks.test("wh_1", raw)
        client.webhooks.preview(raw, webhook_id="wh_1")
        assert [each.body for each in server.requests] == [
            raw.text,
            f'{{"notifications": [{raw.text}, {{"w": -0}}]}}',
            f'{{"notification": {raw.text}}}',
            f'{{"webhookId": "wh_1", "notification": {raw.text}}}',
        ]


def test_numbers_of_a_response_can_be_computed_with_and_are_written_unchanged() -> None:
    text = "[1.10, 1E400, -0, 0.1234567890123456789, 12345678901234567890123, 7]"
    read = parse(text)
    assert read == [1.1, float("inf"), 0, 0.1234567890123456789, 12345678901234567890123, 7]
    assert dumps(read) == text
