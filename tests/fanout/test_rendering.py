"""From a notification to what the receiver gets, in each format, with filters and transforms."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.domain.delivery.attempt import FailureCause, Outcome, Response, Trigger
from chalicelib.domain.expressions.evaluation import Allowance
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.notifications import producer
from chalicelib.domain.payloads import formats
from chalicelib.domain.payloads.formats import BodyFormat
from chalicelib.domain.webhooks.health import Health
from chalicelib.fanout.rendering import Rendered, Rendering
from chalicelib.intake.messages import ReceivedNotification
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import NOON, PAGE_SAMPLE, notified, webhook

if TYPE_CHECKING:
    from chalicelib.domain.history.records import HistoryRecord

SENTENCE = "Steve Touw has deleted the test data source."


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


def _play(world: FakeAdapters) -> list[HistoryRecord]:
    """Fan the page's notification out, and deliver what came of it."""
    rooms = service_on(world)
    rooms.fan_out.step(ReceivedNotification(PAGE_SAMPLE, {}, "m-1", NOON))
    owed = [each.attempt for each in world.deliveries.sent]
    world.deliveries.sent.clear()
    assert rooms.deliver.batch([ReceivedAttempt(f"m-{number}", each, 1) for number, each in enumerate(owed)]) == []
    return world.history.page_of_all(None, HistoryFilter(), 99).records


@pytest.mark.parametrize("body_format", BodyFormat)
def test_the_receiver_gets_the_body_of_its_format(world: FakeAdapters, body_format: BodyFormat) -> None:
    world.webhooks.create(webhook(1, body_format=body_format))
    (record,) = _play(world)
    assert record.outcome is Outcome.SUCCEEDED
    sent = world.sender.sent[0]
    assert sent.body.decode() == formats.body(body_format, replace(notified(), producer=producer.of_sender("")), SENTENCE)
    assert dict(sent.headers)["content-type"] == (formats.content_type(body_format) or "application/json")


def test_a_body_keeps_the_content_type_of_the_format_in_which_it_was_rendered(world: FakeAdapters) -> None:
    """The owner may change the format while the body waits."""
    world.webhooks.create(webhook(1, body_format=BodyFormat.CLOUDEVENTS))
    service = service_on(world)
    service.fan_out.step(ReceivedNotification(PAGE_SAMPLE, {}, "m-1", NOON))
    world.webhooks.update(webhook(1, body_format=BodyFormat.CLOUDEVENTS), webhook(1, version=2))
    service.deliver.batch([ReceivedAttempt("m-1", world.deliveries.sent[0].attempt, 1)])
    assert dict(world.sender.sent[0].headers)["content-type"] == "application/cloudevents+json"


def test_a_transforms_result_is_what_is_sent(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(1, transform_expression="{id: id, text: text, model: modelId, group: targetGroup}"))
    _play(world)
    assert json.loads(world.sender.sent[0].body) == {"id": "evt-7f3", "text": SENTENCE, "model": 15, "group": None}


def test_a_filter_decides_who_gets_it(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(1, filter_expression="modelType == 'datasource' && modelId > `10`"))
    world.webhooks.create(webhook(2, filter_expression="modelId > `15`"))
    assert [record.attempt.webhook_id for record in _play(world)] == [webhook(1).id]
    assert len(world.sender.sent) == 1


@pytest.mark.parametrize(("member", "kind"), [("filter_expression", "filter"), ("transform_expression", "transform")])
def test_what_fails_at_run_time_is_a_recorded_failure_and_nothing_is_sent(
    world: FakeAdapters, member: str, kind: str
) -> None:
    world.webhooks.create(webhook(1, **{member: "abs(modelType)"}))
    (record,) = _play(world)
    assert (record.failure, world.sender.sent, world.deliveries.sent) == (FailureCause.RENDERING, [], [])
    assert record.message == f"The webhook's {kind} failed: abs() does not accept an argument of type string."
    assert (record.next_attempt_at, record.exchange.request.body, record.exchange.response) == (None, b"", None)


def test_a_failed_rendering_says_nothing_about_the_receiver(world: FakeAdapters) -> None:
    world.webhooks.create(webhook(1, transform_expression="abs(modelType)"))
    _play(world)
    found = world.webhooks.get(webhook(1).id)
    assert found is not None
    assert found.health == Health()


def test_a_failed_rendering_waits_for_no_circuit_and_takes_no_place_of_a_rate_limit(world: FakeAdapters) -> None:
    open_circuit = Health(failures=9, failing_since=NOON, opens=1, probe_at=world.clock.now())
    world.webhooks.create(webhook(1, transform_expression="abs(modelType)", rate_limit_per_s=0.001, health=open_circuit))
    (record,) = _play(world)
    found = world.webhooks.get(webhook(1).id)
    assert found is not None
    assert (record.failure, found.health) == (FailureCause.RENDERING, open_circuit)


@pytest.mark.parametrize("changes", [{"is_enabled": False}, {"disabled_reason": "It is gone."}])
def test_a_failed_rendering_of_a_webhook_that_is_called_no_more_leaves_no_record(
    world: FakeAdapters, changes: dict[str, object]
) -> None:
    made = webhook(1, transform_expression="abs(modelType)")
    world.webhooks.create(made)
    rooms = service_on(world)
    rooms.fan_out.step(ReceivedNotification(PAGE_SAMPLE, {}, "m-1", NOON))
    assert world.webhooks.update(made, webhook(1, version=2, **changes))
    rooms.deliver.batch([ReceivedAttempt("m", each.attempt, 1) for each in world.deliveries.sent])
    assert world.history.page_of_all(None, HistoryFilter(), 99).records == []


def test_success_is_judged_as_the_receiver_means_it(world: FakeAdapters) -> None:
    for number, body_format in ((1, BodyFormat.TEAMS), (2, BodyFormat.SLACK)):
        world.webhooks.create(webhook(number, body_format=body_format))
        world.sender.answers[webhook(number).url] = Response(200, (), b"... endpoint returned HTTP error 429 ...")
    outcomes = {record.attempt.webhook_id: record.outcome for record in _play(world)}
    assert outcomes == {webhook(1).id: Outcome.FAILED, webhook(2).id: Outcome.SUCCEEDED}
    assert [each.attempt.trigger for each in world.deliveries.sent] == [Trigger.SCHEDULE]


def test_a_body_is_made_once_for_all_webhooks_of_a_format(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[BodyFormat] = []

    def count(body_format: BodyFormat, *_: object) -> str:
        made.append(body_format)
        return "{}"

    monkeypatch.setattr(formats, "body", count)
    rendering = Rendering(notified(), SENTENCE)
    for number in range(1, 50):
        body_format = BodyFormat.TEAMS if number % 2 else BodyFormat.SLACK
        assert rendering.of(webhook(number, body_format=body_format), Allowance()) == Rendered("{}")
    assert sorted(made) == [BodyFormat.SLACK, BodyFormat.TEAMS]
