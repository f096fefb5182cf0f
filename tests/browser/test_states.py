"""Empty lists, failures and loading pages: each is accessible too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from tests.browser.console import Console
    from tests.local.service import Service

EMPTY: Final = {"webhooks": "No webhooks yet", "history": "Nothing has been sent yet"}
REQUESTS: Final = {
    "webhooks": "**/webhooks",
    "users": "**/users",
    "types": "**/actions?*",
    "queues": "**/queues",
    "audit": "**/audit",
}


@pytest.fixture(scope="module")
def newcomer(service: Service) -> str:
    """The key of a user without webhooks."""
    assert service.call("PUT", "/users/newcomer", {"name": "New Comer"}).ok
    return str(service.call("POST", "/users/newcomer/keys", {"name": "first"}).json()["key"])


@pytest.mark.parametrize("place", EMPTY)
def test_an_empty_list_says_what_to_do(console: Console, newcomer: str, place: str) -> None:
    console.sign_in(newcomer)
    console.open(place)
    console.says(EMPTY[place])
    assert console.serious_findings() == []


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize("place", REQUESTS)
def test_a_request_that_failed_can_be_repeated(console: Console, service: Service, place: str) -> None:
    console.sign_in(service.run["admin_key"])
    console.open("nowhere")
    console.page.route(REQUESTS[place], lambda route: route.fulfill(status=502, body="<html>Bad Gateway"))
    console.open(place)
    expect(console.alert()).to_contain_text("responded with status 502 and no explanation")
    assert console.serious_findings() == []
    console.page.unroute(REQUESTS[place])
    console.press("Try again")
    expect(console.alert()).to_have_count(0)
    expect(console.page.get_by_role("table")).to_be_visible()


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize("place", REQUESTS)
def test_a_loading_page_says_what_it_loads(console: Console, service: Service, place: str) -> None:
    console.sign_in(service.run["admin_key"])
    console.open("nowhere")
    held: list[Route] = []
    console.page.route(REQUESTS[place], lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks what it is given
    console.open(place)
    expect(console.page.get_by_role("status").filter(has_text=re.compile("^Loading the .+…$"))).to_be_attached()
    assert console.serious_findings() == []
    for each in held:
        each.continue_()
    console.is_settled()
    expect(console.page.get_by_role("table")).to_be_visible()
