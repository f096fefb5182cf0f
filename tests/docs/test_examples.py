"""The requests that the pages on formats and filters show."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import pytest

from chalicelib import bootstrap
from tests.api.town import Town
from tests.docs.markdown import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

_REQUEST: Final = re.compile(r'curl -sS "\$URL(/[a-z/]+)".*?-d \'(.*?)\'\n```', re.DOTALL)
EXAMPLES: Final = [
    (page, *found)
    for page in ("formats", "filters")
    for found in _REQUEST.findall((ROOT / "docs" / f"{page}.md").read_text("utf-8"))
]


@pytest.fixture
def town() -> Iterator[Town]:
    made = Town()
    with bootstrap.using(made.house):
        yield made


def test_there_are_examples() -> None:
    assert [(page, path) for page, path, _ in EXAMPLES] == [
        ("formats", "/webhooks"),
        ("filters", "/webhooks"),
        ("filters", "/webhooks/preview"),
    ]


@pytest.mark.parametrize(("page", "path", "body"), EXAMPLES)
def test_the_request_is_taken(town: Town, page: str, path: str, body: str) -> None:
    answer = town.anna.post(path, json.loads(body))
    assert answer.status in {200, 201}, (page, answer.text)
    assert answer.json.get("errors", []) == []


def test_the_example_of_a_filter_lets_the_sample_through(town: Town) -> None:
    draft = json.loads(EXAMPLES[1][2])["webhooks"][0]
    shown = town.anna.post("/webhooks/preview", {"webhook": draft}).json
    assert (shown["sends"], json.loads(shown["body"])["id"]) == (True, 15)
