"""Records without their bodies: in the history, and as the attempts of one delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.api import cursors
from chalicelib.api.cursors import Listing
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.history import records
from tests.api.town import answered

if TYPE_CHECKING:
    from tests.api.town import Town


def _retried(town: Town, record_id: str, status: int = 500) -> str:
    """Retry a record, and make the attempt; give the id of its record."""
    town.world.clock.advance(1)
    retry_id: str = town.anna.post(f"/history/retry/{record_id}").json["id"]
    made = records.record(town.world.deliveries.sent[-1].attempt, answered(status), AttemptSchedule(()))
    assert town.world.history.write([made]) == []
    return retry_id


@pytest.mark.parametrize("who", ["anna", "admin"])
def test_a_history_without_bodies_has_all_else(town: Town, who: str) -> None:
    webhook_id = town.webhook_of(town.anna)
    for status in (200, 500):
        town.record_of(webhook_id, answered(status))
    for query in ("", f"webhookId={webhook_id}&"):
        whole = getattr(town, who).get(f"/webhooks/history?{query}bodies=true").json
        assert len(whole) == 2
        summed = [{name: each[name] for name in each.keys() - {"request", "response"}} for each in whole]
        assert getattr(town, who).get(f"/webhooks/history?{query}bodies=false").json == summed


def test_a_history_has_bodies_where_nothing_else_is_asked_for(town: Town) -> None:
    town.record_of(town.webhook_of(town.anna))
    assert town.anna.get("/webhooks/history").json[0].keys() >= {"request", "response"}


def test_a_page_without_bodies_is_not_cut_by_their_bytes(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    for _ in range(60):
        town.record_of(webhook_id, answered(200, (), b"\x00" * 65_536))
    lengths = {
        bodies: len(town.anna.get(f"/webhooks/history?limit=60&bodies={bodies}").json) for bodies in ("true", "false")
    }
    assert lengths["true"] < lengths["false"] == 60


def test_a_cursor_goes_on_with_bodies_or_without(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    made = [town.record_of(webhook_id) for _ in range(2)]
    path = town.anna.get("/webhooks/history?limit=1&bodies=false").next_path
    assert path is not None
    query = parse_qs(urlsplit(path).query)
    assert query["bodies"] == ["false"]
    (shown,) = town.anna.get(f"/webhooks/history?cursor={query['cursor'][0]}").json
    assert (shown["id"], "request" in shown) == (made[0], True)


@pytest.mark.parametrize("given", ["", "maybe", "2", "null"])
def test_what_says_neither_yes_nor_no_to_bodies_is_refused(town: Town, given: str) -> None:
    answer = town.anna.get(f"/webhooks/history?bodies={given}")
    assert (answer.status, list(answer.error["fields"])) == (400, ["bodies"])


def test_the_attempts_of_a_delivery_are_listed_from_any_of_them(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    first = town.record_of(webhook_id, answered(500))
    town.record_of(webhook_id)
    second = _retried(town, first)
    third = _retried(town, second, 200)
    for record_id in (first, second, third):
        shown = town.anna.get(f"/webhooks/history/{record_id}/attempts").json
        assert [(each["id"], each["attemptNumber"], each["outcome"]) for each in shown] == [
            (third, 3, "succeeded"),
            (second, 2, "failed"),
            (first, 1, "failed"),
        ]
        assert all(each.keys().isdisjoint({"request", "response"}) for each in shown)


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_the_pages_of_attempts_have_no_gap_and_no_repeat(town: Town, limit: int) -> None:
    made = [town.record_of(town.webhook_of(town.anna), answered(500))]
    made += [_retried(town, made[0]) for _ in range(3)]
    pages = town.anna.pages(f"/webhooks/history/{made[0]}/attempts?limit={limit}")
    assert [each["id"] for page in pages for each in page] == made[::-1]


def test_a_cursor_of_another_records_attempts_is_refused(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    one, other = (town.record_of(webhook_id) for _ in range(2))
    cursor = cursors.encode(Listing("attempts", (one,)), one[-26:])
    answer = town.anna.get(f"/webhooks/history/{other}/attempts?cursor={cursor}")
    assert (answer.status, answer.error["code"]) == (400, "invalid_cursor")


def test_a_forged_place_among_attempts_is_refused(town: Town) -> None:
    record_id = town.record_of(town.webhook_of(town.anna))
    forged = cursors.encode(Listing("attempts", (record_id,)), "x")
    assert town.anna.get(f"/webhooks/history/{record_id}/attempts?cursor={forged}").error["code"] == "invalid_cursor"


def test_a_record_that_is_not_there_has_no_attempts(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    record_id = town.record_of(webhook_id)
    town.anna.delete(f"/webhooks/{webhook_id}")
    for absent in (record_id, "rec_" + "0" * 52, "nonsense"):
        assert town.anna.get(f"/webhooks/history/{absent}/attempts").error["code"] == "record_not_found"
