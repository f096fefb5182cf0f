"""Webhooks that lead back to the service: refused when they are registered, and ended by their depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.composition import process
from testbed.fakes.service import service_on
from tests.api.client import JSON
from tests.api.town import DRAFT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.api.town import Town

HERE = "http://localhost:8000/notifications"
"""The tests' requests say that they come by that host."""
ELSEWHERE = "https://hooks.example.com/notifications"
TOKENS: dict[str, Any] = {"type": "oauth2", "tokenUrl": "", "clientId": "c", "clientSecret": "s"}


@pytest.fixture
def _named(town: Town) -> Iterator[None]:
    with process.using(service_on(town.world, own_hosts=("hooks.example.com",), key_cache_s=0)):
        yield


@pytest.mark.usefixtures("_named")
@pytest.mark.parametrize("url", [HERE, ELSEWHERE])
def test_no_webhook_is_made_that_leads_back(town: Town, url: str) -> None:
    answer = town.create(town.anna, url=url)
    [error] = answer.json["errors"]
    assert (answer.status, error["code"], [*error["fields"]]) == (422, "refused_url", ["webhooks.0.url"])
    assert "the service itself" in error["message"]


@pytest.mark.usefixtures("_named")
@pytest.mark.parametrize("url", [HERE, ELSEWHERE])
def test_no_webhook_is_turned_back(town: Town, url: str) -> None:
    answer = town.anna.patch(f"/webhooks/{town.webhook_of(town.anna)}", {"url": url})
    assert (answer.status, answer.error["code"]) == (422, "refused_url")


@pytest.mark.usefixtures("_named")
@pytest.mark.parametrize("url", [HERE, ELSEWHERE])
def test_no_token_is_fetched_here(town: Town, url: str) -> None:
    authentication = TOKENS | {"tokenUrl": url}
    made = town.create(town.anna, authentication=authentication)
    edited = town.anna.patch(f"/webhooks/{town.webhook_of(town.anna)}", {"authentication": authentication})
    assert [(each.status, "authentication.tokenUrl" in each.text) for each in (made, edited)] == [(422, True)] * 2


def test_another_port_of_the_machine_is_another_host(town: Town) -> None:
    assert town.create(town.anna, url="http://localhost:8001/").status == 201


@pytest.mark.parametrize(("depth", "status"), [("0", 202), ("3", 202), ("4", 422), ("999999", 422), ("-1", 400), ("x", 400)])
def test_what_went_round_too_often_is_refused(town: Town, depth: str, status: int) -> None:
    sent = {**JSON, "Posthorn-Depth": depth}
    answer = town.admin.send("POST", "/notifications", b'{"notificationType":"tagCreated"}', sent)
    assert answer.status == status
    assert len(town.world.accepted.sent) == (status == 202)
    if status == 422:
        assert answer.error["code"] == "notification_loop"


def test_a_preview_shows_the_depth(town: Town) -> None:
    answer = town.anna.post("/webhooks/preview", {"webhook": DRAFT | {"notificationType": ["ALL_NOTIFICATIONS"]}})
    assert answer.json["headers"]["posthorn-depth"] == "1"
