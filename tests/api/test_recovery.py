"""`…/test`, `…/recover` and `…/recoveries` on the wire."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chalicelib.background.tasks import StepRecovery
from chalicelib.composition import process
from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.domain.history.recovery import Wanted
from chalicelib.intake.ports import HeldNotification
from tests.api.town import SETTINGS, Town, answered

if TYPE_CHECKING:
    from collections.abc import Iterator

SPAN = {"since": "2026-03-01T10:00:00Z", "only": "failed"}


def test_a_recovery_is_started_shown_and_stopped(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    started = town.anna.post(f"/webhooks/{webhook_id}/recover", SPAN)
    assert started.status == 202
    assert started.json.keys() == {
        "id", "webhookId", "only", "since", "until", "state", "progress", "enqueued", "examined", "startedAt", "updatedAt",
    }  # fmt: skip
    assert (started.json["state"], started.json["progress"]) == ("running", 0.0)
    path = started.headers["location"]
    assert town.anna.get(path).json == started.json
    assert town.anna.delete(path).json["state"] == "stopped"
    assert town.anna.get(path).json["state"] == "stopped"


def test_a_recovery_ends_as_done(town: Town) -> None:
    webhook_id = town.webhook_of(town.anna)
    path = town.anna.post(f"/webhooks/{webhook_id}/recover", SPAN).headers["location"]
    while town.world.background.sent:
        town.service.recoverer.step(town.world.background.take(StepRecovery).recovery_id)
    assert (town.anna.get(path).json["state"], town.anna.get(path).json["progress"]) == ("done", 1.0)


@pytest.fixture
def slow_town() -> Iterator[Town]:
    """A town whose recoveries take a step for each thing they read."""
    made = Town(replace(SETTINGS, recovery_page_max=1, recovery_s=0))
    with process.using(made.service):
        yield made


def _started(town: Town, only: Wanted) -> str:
    """The path of a recovery of a webhook with a past: sent, failed, missing."""
    webhook_id = town.webhook_of(town.anna)
    for came in (answered(200), answered(500), answered(404)):
        town.record_of(webhook_id, came)
    texts = [json.dumps({"notificationType": "modelDeleted", "actionBy": 1, "text": f"n{number}"}) for number in range(3)]
    now = town.world.clock.now()
    town.world.held.keep([HeldNotification(f"ntf_{number}", now, text) for number, text in enumerate(texts)], 7)
    town.world.clock.advance(60)
    return town.anna.post(f"/webhooks/{webhook_id}/recover", SPAN | {"only": only}).headers["location"]


def _step(town: Town) -> None:
    town.service.recoverer.step(town.world.background.take(StepRecovery).recovery_id)


def _list_of(path: str) -> str:
    return path.rpartition("/")[0]


@pytest.mark.parametrize("only", Wanted)
def test_a_recovery_of_any_kind_is_shown_after_each_of_its_steps(slow_town: Town, only: Wanted) -> None:
    path = _started(slow_town, only)
    seen = [slow_town.anna.get(path)]
    while slow_town.world.background.work(StepRecovery):
        _step(slow_town)
        seen.append(slow_town.anna.get(path))
        assert slow_town.anna.get(_list_of(path)).json == [seen[-1].json]
    assert [each.status for each in seen] == [200] * len(seen)
    assert [each.json["state"] for each in seen] == ["running"] * (len(seen) - 1) + ["done"]
    progress = [each.json["progress"] for each in seen]
    assert progress == sorted(progress)
    assert (progress[0], progress[-1]) == (0.0, 1.0)
    assert len(set(progress)) > 2


@pytest.mark.parametrize("steps", range(6))
@pytest.mark.parametrize("only", Wanted)
def test_a_recovery_of_any_kind_is_stopped_after_any_of_its_steps_and_shown_then(
    slow_town: Town, only: Wanted, steps: int
) -> None:
    path = _started(slow_town, only)
    for _ in range(steps):
        if slow_town.world.background.work(StepRecovery):
            _step(slow_town)
    stopped = slow_town.anna.delete(path)
    assert stopped.status == 200
    assert stopped.json["state"] in {"stopped", "done"}
    assert slow_town.anna.get(path).json == stopped.json
    assert slow_town.anna.get(_list_of(path)).json == [stopped.json]


@pytest.mark.parametrize("only", Wanted)
def test_a_recovery_of_any_kind_that_failed_is_shown(slow_town: Town, only: Wanted) -> None:
    path = _started(slow_town, only)
    _step(slow_town)
    assert slow_town.anna.patch(path.partition("/recoveries")[0], {"enabled": False}).status == 200
    _step(slow_town)
    assert (slow_town.anna.get(path).status, slow_town.anna.get(path).json["state"]) == (200, "failed")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"only": "some"}, "only"),
        ({"since": "yesterday"}, "since"),
        ({"since": {}}, "since"),
        ({"since": 0}, "since"),
        ({"until": True}, "until"),
        ({"since": "2026-03-02T10:00:00Z"}, "since"),
        ({"since": "2026-03-01T10:00:60Z"}, "since"),
        ({"until": "2026-03-01T09:00:00Z"}, "since"),
        ({"limit": 5}, "limit"),
    ],
)
def test_what_cannot_be_understood_is_400_and_names_the_field(town: Town, change: dict[str, object], field: str) -> None:
    answer = town.anna.post(f"/webhooks/{town.webhook_of(town.anna)}/recover", SPAN | change)
    assert (answer.status, list(answer.error["fields"])) == (400, [field])


@pytest.mark.parametrize(
    ("since", "shown"),
    [
        ("2026-03-01t10:00:00z", "2026-03-01T10:00:00.000Z"),
        ("2016-12-31T23:59:60z", "2017-01-01T00:00:00.000Z"),
        ("2016-12-31T15:59:60-08:00", "2017-01-01T00:00:00.000Z"),
    ],
)
def test_a_time_may_be_written_in_any_way_of_rfc_3339(town: Town, since: str, shown: str) -> None:
    webhook_id = town.webhook_of(town.anna)
    body = json.dumps(SPAN | {"since": since}).encode()
    answer = town.anna.send_unheld("POST", f"/webhooks/{webhook_id}/recover", body)
    assert (answer.status, answer.json["since"]) == (202, shown)
    assert town.anna.get(f"/webhooks/history?webhookId={webhook_id}&since={since}").status == 200


def test_a_recovery_belongs_to_its_webhook(town: Town) -> None:
    one, other = town.webhook_of(town.anna), town.webhook_of(town.anna)
    recovery_id = town.anna.post(f"/webhooks/{one}/recover", SPAN).json["id"]
    assert town.anna.get(f"/webhooks/{other}/recoveries/{recovery_id}").error["code"] == "recovery_not_found"


def test_a_test_shows_its_record(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    webhook_id = town.webhook_of(town.anna)

    def sleep(seconds: float) -> None:
        town.world.clock.advance(seconds)
        town.service.deliver.batch([ReceivedAttempt("m", each.attempt, 1) for each in town.world.deliveries.sent])

    monkeypatch.setattr(town.world.clock, "sleep", sleep)
    answer = town.anna.post(f"/webhooks/{webhook_id}/test", {"notification": {"notificationType": "tagCreated"}})
    assert answer.status == 200
    assert (answer.json["trigger"], answer.json["outcome"]) == ("test", "succeeded")
    assert answer.json == town.anna.get(f"/webhooks/history/{answer.json['id']}").json


def test_a_test_that_takes_longer_is_202_with_the_id_of_its_record(town: Town) -> None:
    answer = town.anna.post(f"/webhooks/{town.webhook_of(town.anna)}/test")
    (sent,) = town.world.deliveries.sent
    assert (answer.status, answer.json) == (202, {"id": str(sent.attempt.record_id)})


@pytest.mark.parametrize("body", [{"notifications": []}, {"notification": 5}, {"notification": {}}])
def test_a_test_of_what_is_no_notification_is_400(town: Town, body: object) -> None:
    assert town.anna.post(f"/webhooks/{town.webhook_of(town.anna)}/test", body).status == 400


def test_a_notification_may_be_for_later(town: Town) -> None:
    sent = {"notificationType": "modelDeleted", "deliverAt": "2026-03-01T14:00:00+01:00"}
    (accepted,) = town.admin.post("/notifications", sent).json["accepted"]
    assert accepted["deliverAt"] == "2026-03-01T13:00:00.000Z"
    (accepted,) = town.admin.post("/notifications", {"notificationType": "modelDeleted"}).json["accepted"]
    assert accepted.keys() == {"index", "id"}


@pytest.mark.parametrize(
    ("given", "shown"),
    [("2026-03-01t13:00:00z", "2026-03-01T13:00:00.000Z"), ("2026-03-01T23:59:60Z", "2026-03-02T00:00:00.000Z")],
)
def test_that_later_may_be_written_in_any_way_of_rfc_3339(town: Town, given: str, shown: str) -> None:
    body = json.dumps({"notificationType": "modelDeleted", "deliverAt": given}).encode()
    answer = town.admin.send_unheld("POST", "/notifications", body)
    assert [each["deliverAt"] for each in answer.json["accepted"]] == [shown]
