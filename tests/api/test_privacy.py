"""Expunging records, and how long they are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.delivery.attempt import FailureCause
from tests.api.town import exchanged

if TYPE_CHECKING:
    from tests.api.town import Town


def test_an_expunged_record_shows_the_fact(town: Town) -> None:
    record_id = town.record_of(town.webhook_of(town.anna))
    before = town.anna.get(f"/webhooks/history/{record_id}").json
    shown = town.anna.post(f"/webhooks/history/{record_id}/expunge").json
    sent = before["request"] | {"headers": {}, "body": ""}
    answered = before["response"] | {"headers": {}, "body": ""}
    assert shown == before | {"isExpunged": True, "request": sent, "response": answered}
    assert town.anna.get(f"/webhooks/history/{record_id}").json == shown


def test_expunging_twice_answers_the_same(town: Town) -> None:
    path = f"/webhooks/history/{town.record_of(town.webhook_of(town.anna))}/expunge"
    assert town.anna.post(path).text == town.anna.post(path).text


def test_an_expunged_record_cannot_be_retried(town: Town) -> None:
    record_id = town.record_of(town.webhook_of(town.anna))
    town.anna.post(f"/webhooks/history/{record_id}/expunge")
    answer = town.anna.post(f"/webhooks/history/retry/{record_id}")
    assert (answer.status, answer.error["code"]) == (409, "record_expunged")
    assert town.world.deliveries.sent == []


def test_a_failure_without_an_answer_can_be_expunged(town: Town) -> None:
    record_id = town.record_of(town.webhook_of(town.anna), exchanged(failure=FailureCause.TIMEOUT))
    shown = town.anna.post(f"/webhooks/history/{record_id}/expunge").json
    assert (shown["response"], shown["responseBytes"], shown["failureCause"]) == (None, 0, "timeout")


def test_retention_is_set_changed_and_taken_back(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna, retentionDays=7)
    shown = [town.anna.get(f"/webhooks/{webhook_id}").json["retentionDays"]]
    shown += [
        town.anna.patch(f"/webhooks/{webhook_id}", {"retentionDays": each}).json["retentionDays"] for each in (90, None)
    ]
    assert shown == [7, 90, None]


@pytest.mark.parametrize("days", [0, 91, 1.5, "7", True])
def test_a_retention_out_of_bounds_is_refused(town: Town, days: object) -> None:
    answer = town.create(town.anna, retentionDays=days)
    assert answer.status == 400
    assert "webhooks.0.retentionDays" in answer.error["fields"]
