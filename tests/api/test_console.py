"""The pages for people: what is sent with them, and that nothing else is served."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from app import app
from tests.api.client import Answer, answer_of

if TYPE_CHECKING:
    from tests.api.town import Town

PAGES: Final = ("/console", "/docs")


def _behind_gateway(path: str, route: str, mounted: str) -> Answer:
    """What API Gateway gets for a page below a stage or a base path of its own domain."""
    event = {
        "headers": {"Host": "abc.execute-api.eu-west-1.amazonaws.com"},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"resourcePath": route, "httpMethod": "GET", "path": mounted + path},
        "body": None,
        "isBase64Encoded": False,
    }
    return answer_of(app(event, None))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_no_key_and_lets_nothing_foreign_in(town: Town, page: str) -> None:
    answer = town.nobody.get(page)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_script_or_style_in_it(town: Town, page: str) -> None:
    text = town.nobody.get(page).text
    assert re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL) == [""]
    assert not re.search(r"<style|\son\w+=|\sstyle=|javascript:|https?://", text)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_names_is_served_and_kept_for_good(town: Town, page: str) -> None:
    named = re.findall(r'(?:src|href)="(/console/[^"]+)"', town.nobody.get(page).text)
    assert len(named) >= 3
    for each in named:
        answer = town.nobody.get(each)
        assert answer.status == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("path", "mounted", "root"),
    [
        ("/console", "/api", "/api/"),
        ("/console/", "/api", "/api/"),
        ("/console", "", "/"),
        ("/console", "/hooks/v1", "/hooks/v1/"),
        ("//console", "", "/"),
        ("/console", '/"><script>', "/%22%3E%3Cscript%3E/"),
    ],
)
@pytest.mark.usefixtures("town")
def test_a_page_knows_where_the_api_is_mounted(path: str, mounted: str, root: str) -> None:
    answer = _behind_gateway(path, "/console", mounted)
    assert f'data-root="{root}"' in answer.text
    assert f'src="{root}console/console-' in answer.text


@pytest.mark.parametrize(
    "name",
    [
        "console.html",
        "openapi.json",
        "..%2Fapp.py",
        "%2e%2e%2fsettings.py",
        "console-00000000.js",
        "x",
        "console-AAAAAAAA.exe",
    ],
)
def test_nothing_else_is_served(town: Town, name: str) -> None:
    answer = town.nobody.get(f"/console/{name}")
    assert answer.status == 404
    assert answer.error["code"] == "not_found"


def test_the_description_is_not_sent_again_to_who_has_it(town: Town) -> None:
    first = town.nobody.get("/openapi.json")
    again = town.nobody.get("/openapi.json", **{"If-None-Match": first.headers["etag"]})
    assert (first.status, again.status, again.text) == (200, 304, "")
