"""Pages, and the cursors and links that lead through them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic.alias_generators import to_camel

from chalicelib.api import cursors
from chalicelib.api.cursors import Listing
from chalicelib.api.wire.history import RecordSummary
from chalicelib.domain.errors import InvalidCursor
from chalicelib.domain.history.filters import FILTERS
from tests.api.town import answered

if TYPE_CHECKING:
    from tests.api.town import Town


def _cursor(path: str | None) -> str:
    assert path is not None
    return parse_qs(urlsplit(path).query)["cursor"][0]


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
@pytest.mark.parametrize("who", ["anna", "admin"])
def test_the_pages_of_webhooks_have_no_gap_and_no_repeat(town: Town, who: str, limit: int) -> None:
    made = [town.webhook_of(town.anna) for _ in range(7)]
    pages = list(getattr(town, who).pages(f"/webhooks?limit={limit}"))
    assert [each["id"] for page in pages for each in page] == made
    assert all(len(page) == limit for page in pages[:-1])


@pytest.mark.parametrize("limit", [1, 2, 5, 9, 200])
@pytest.mark.parametrize("query", ["", "&outcome=failed"])
@pytest.mark.parametrize("who", ["anna", "admin"])
def test_the_pages_of_the_history_have_no_gap_and_no_repeat(town: Town, who: str, query: str, limit: int) -> None:
    webhooks = [town.webhook_of(town.anna) for _ in range(3)]
    made = [town.record_of(webhooks[number % 3], answered(500)) for number in range(9)]
    pages = getattr(town, who).pages(f"/webhooks/history?limit={limit}{query}")
    assert [each["id"] for page in pages for each in page] == made[::-1]


@pytest.mark.parametrize("who", ["anna", "admin"])
def test_the_pages_of_one_webhooks_history_have_no_gap_and_no_repeat(town: Town, who: str) -> None:
    webhook_id, other = town.webhook_of(town.anna), town.webhook_of(town.anna)
    made = [town.record_of(webhook_id) for _ in range(5) if town.record_of(other)]
    pages = getattr(town, who).pages(f"/webhooks/history?limit=2&webhookId={webhook_id}")
    assert [each["id"] for page in pages for each in page] == made[::-1]


def test_the_pages_of_users_have_no_gap_and_no_repeat(town: Town) -> None:
    for user_id in ("ü", "a%2Fb", "100%25"):
        assert town.admin.put(f"/users/{user_id}", {"name": "New"}).status == 201
    pages = town.admin.pages("/users?limit=2")
    assert [each["id"] for page in pages for each in page] == [1, "100%", 2, "a/b", "root", "ü"]


def test_a_record_that_comes_in_between_moves_nothing(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    made = [town.record_of(webhook_id) for _ in range(4)]
    first = town.anna.get("/webhooks/history?limit=2")
    town.record_of(webhook_id)
    assert first.next_path is not None
    second = town.anna.get(first.next_path)
    assert [each["id"] for each in first.json + second.json] == made[::-1]


def test_a_list_has_fifty_elements_where_nothing_else_is_asked_for(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    for _ in range(51):
        town.record_of(webhook_id)
    assert len(town.anna.get("/webhooks/history").json) == 50


def test_the_last_page_has_no_link(town: Town) -> None:
    town.webhook_of(town.anna)
    assert "link" not in town.anna.get("/webhooks?limit=1").headers


def test_a_link_keeps_the_other_parameters(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    for _ in range(2):
        town.record_of(webhook_id)
    answer = town.anna.get(f"/webhooks/history?limit=1&since=2026-03-01T13:00:00%2B02:00&webhookId={webhook_id}")
    assert answer.next_path is not None
    assert parse_qs(urlsplit(answer.next_path).query) == {
        "limit": ["1"],
        "since": ["2026-03-01T13:00:00+02:00"],
        "webhookId": [webhook_id],
        "cursor": [_cursor(answer.next_path)],
    }


def test_a_cursor_of_another_list_is_refused(town: Town) -> None:
    for _ in range(2):
        town.record_of(town.webhook_of(town.admin))
    cursor = _cursor(town.admin.get("/webhooks?limit=1").next_path)
    for path in ("/users", "/webhooks/history"):
        answer = town.admin.get(f"{path}?cursor={cursor}")
        assert (answer.status, answer.error["code"]) == (400, "invalid_cursor")


def test_a_cursor_is_refused_under_other_filters(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    for _ in range(2):
        town.record_of(webhook_id, answered(503))
    cursor = _cursor(town.anna.get("/webhooks/history?limit=1").next_path)
    kept = RecordSummary.summed(town.world.history.kept_of(webhook_id)[0]).model_dump(mode="json")
    times = dict.fromkeys(("since", "until"), kept["createdAt"])
    for name in ("webhookId", *(to_camel(each.name) for each in FILTERS)):
        query = f"{name}={(kept | times)[name]}"
        assert town.anna.get(f"/webhooks/history?cursor={cursor}&{query}").error["code"] == "invalid_cursor"


def test_a_cursor_of_the_journal_is_none_of_a_users_history(town: Town) -> None:
    for _ in range(2):
        town.record_of(town.webhook_of(town.anna))
    cursor = _cursor(town.admin.get("/webhooks/history?limit=1").next_path)
    assert town.anna.get(f"/webhooks/history?cursor={cursor}").error["code"] == "invalid_cursor"


def test_another_users_cursor_shows_nothing_of_theirs(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    for _ in range(2):
        town.record_of(webhook_id)
    cursor = _cursor(town.anna.get("/webhooks/history?limit=1").next_path)
    assert town.ben.get(f"/webhooks/history?cursor={cursor}").json == []


@pytest.mark.parametrize("position", ["", "x", "wh_x", "\x00", "rec_", "." * 300])
@pytest.mark.parametrize(
    ("path", "listing"),
    [
        ("/webhooks", Listing("webhooks")),
        ("/webhooks/history", Listing("journal", (None,))),
        ("/webhooks/history?webhookId={}", Listing("history", ("{}",))),
    ],
)
def test_a_forged_position_is_refused(town: Town, path: str, listing: Listing, position: str) -> None:
    webhook_id = town.webhook_of(town.admin)
    filters = tuple(each.format(webhook_id) if each else None for each in listing.filters)
    forged = cursors.encode(Listing(listing.kind, filters), position)
    path = path.format(webhook_id)
    answer = town.admin.get(f"{path}{'&' if '?' in path else '?'}cursor={forged}")
    assert (answer.status, answer.error["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("position", ["row.", ".5", "row.-1", "row.٣", "row.5"])
def test_a_forged_place_in_the_journal_is_refused(town: Town, position: str) -> None:
    forged = cursors.encode(Listing("journal", (None,)), position)
    assert town.admin.get(f"/webhooks/history?cursor={forged}").error["code"] == "invalid_cursor"


def test_any_altered_cursor_is_refused() -> None:
    listing = Listing("webhooks")
    cursor = cursors.encode(listing, "wh_01kjs")
    for place in range(len(cursor)):
        for character in "A-z9":
            altered = cursor[:place] + character + cursor[place + 1 :]
            if altered != cursor:
                with pytest.raises(InvalidCursor):
                    cursors.decode(listing, altered)


@pytest.mark.parametrize("tail", ["=", "A", "AAAA", "\n", "é"])
def test_a_cursor_with_something_behind_it_is_refused(tail: str) -> None:
    listing = Listing("webhooks")
    with pytest.raises(InvalidCursor):
        cursors.decode(listing, cursors.encode(listing, "wh_01kjs") + tail)


def test_a_cursor_leads_back_to_its_position() -> None:
    listing = Listing("users", ("x", None))
    cursor = cursors.encode(listing, "ü/100%")
    assert cursors.decode(listing, cursor) == "ü/100%"
    assert base64.urlsafe_b64encode(base64.urlsafe_b64decode(cursor + "==")).decode().rstrip("=") == cursor
