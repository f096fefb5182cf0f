"""The stats of a webhook on the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.delivery.attempt import FailureCause
from tests.api.town import exchanged

if TYPE_CHECKING:
    from tests.api.town import Town


def test_the_stats_tell_each_hour_and_all_together(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    town.record_of(webhook_id)
    town.record_of(webhook_id, exchanged(failure=FailureCause.TIMEOUT))
    town.world.clock.advance(60)
    shown = town.anna.get(f"/webhooks/{webhook_id}/stats?since=2026-03-01T11:30:00Z").json
    quiet = {"succeeded": 0, "failed": {}, "responseTimeMs": None}
    busy = {"succeeded": 1, "failed": {"timeout": 1}, "responseTimeMs": shown["totals"]["responseTimeMs"]}
    assert shown["hours"] == [
        {"hour": "2026-03-01T11:00:00.000Z", **quiet},
        {"hour": "2026-03-01T12:00:00.000Z", **busy},
    ]
    assert shown["totals"] == busy
    assert shown["isComplete"] is True
    assert abs(shown["totals"]["responseTimeMs"]["p50"] - 12) <= 12 * 0.05


def test_the_last_day_is_shown_where_nothing_is_said(town: Town) -> None:
    shown = town.anna.get(f"/webhooks/{town.webhook_of(town.anna)}/stats").json
    assert len(shown["hours"]) in {24, 25}


@pytest.mark.parametrize("since", ["2025-11-01T00:00:00Z", "2027-01-01T00:00:00Z", "soon"])
def test_a_span_that_cannot_be_is_refused(town: Town, since: str) -> None:
    answer = town.anna.get(f"/webhooks/{town.webhook_of(town.anna)}/stats?since={since}")
    assert (answer.status, set(answer.error["fields"])) == (400, {"since"})
