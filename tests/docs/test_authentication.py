"""The examples of the page on headers and authentication are taken as they stand."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import pytest

from chalicelib.api.wire.authentication import AuthenticationIn
from chalicelib.api.wire.webhooks import WebhookPatch
from chalicelib.domain.webhooks.headers import COUNT_MAX, NAME_LENGTH_MAX, RESERVED, VALUE_LENGTH_MAX, replaced
from tests.docs.markdown import ROOT, between

PAGE: Final = ROOT / "docs" / "guides" / "authentication.md"
TEXT: Final = PAGE.read_text("utf-8")
_FENCED: Final = re.compile(r"```json\n(.*)\n```", re.DOTALL)
_SENT: Final = re.compile(r"-d '(\{.*?\})'", re.DOTALL)


def _ways() -> list[dict[str, Any]]:
    match = _FENCED.search(between(PAGE, "authentication"))
    assert match is not None
    ways: list[dict[str, Any]] = json.loads(match[1])
    return ways


@pytest.mark.parametrize("written", _ways(), ids=lambda each: str(each["type"]))
def test_each_way_to_authenticate_is_taken(written: dict[str, Any]) -> None:
    draft = AuthenticationIn.model_validate_json(json.dumps(written)).draft()
    assert draft.completed(None) == draft.written


def test_every_way_has_its_example() -> None:
    assert [each["type"] for each in _ways()] == ["basic", "bearer", "oauth2"]


def test_true_keeps_the_value_that_is_there() -> None:
    first, _, second, *_ = (WebhookPatch.model_validate_json(body) for body in _SENT.findall(TEXT))
    kept = replaced(first.edit().changes["headers"], ())
    assert replaced(second.edit().changes["headers"], kept) == (("x-api-key", "s3cret"), ("x-team", "platform"))


def test_the_bounds_are_the_codes_own() -> None:
    assert f"At most {COUNT_MAX}; a name is a token of RFC 9110 of up to {NAME_LENGTH_MAX} characters" in TEXT
    assert f"1 to {VALUE_LENGTH_MAX:,} printable ASCII characters" in TEXT


@pytest.mark.parametrize(
    "name", ["content-type", "content-length", "user-agent", "host", "cookie", "te", "expect", "upgrade"]
)
def test_a_name_that_the_page_calls_reserved_is(name: str) -> None:
    assert f"`{name}`" in TEXT
    assert name in RESERVED
