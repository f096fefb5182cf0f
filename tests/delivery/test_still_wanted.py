"""What was queued before a change that narrows what a webhook wants does not go out after it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.codec import messages
from chalicelib.delivery import still_wanted
from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.delivery.ports import Lane
from chalicelib.domain.delivery.attempt import Trigger
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.expressions.evaluation import Allowance
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.domain.notifications import matching
from chalicelib.domain.payloads.formats import BodyFormat
from chalicelib.domain.webhooks.webhook import ActionType
from chalicelib.fanout import rendering
from chalicelib.webhooks.edits import WebhookEdit
from testbed.fakes.people import settle
from testbed.fakes.service import FakeAdapters, service_on
from tests.domain.samples import at, notified, webhook
from tests.fanout.fanning import received

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.webhooks.webhook import Webhook

OWNER = Caller(user_id="1", role=Role.USER, groups=("10",))
MINE = webhook(1, groups=("10",))
_TEXT = '{"notificationType":"modelDeleted","actionBy":1,"modelId":15,"targetUser":1,"targetGroup":10,"amount":1.10}'


@pytest.fixture
def world() -> FakeAdapters:
    made = FakeAdapters()
    settle(made, OWNER)
    return made


def _queued(world: FakeAdapters, mine: Webhook, text: str = _TEXT) -> PendingAttempt:
    """What the fan-out owes the webhook, as it comes off the queue."""
    taken = notified(text)
    owed = rendering.prepared(taken, world.directory).first_attempt(mine, Allowance())
    assert owed is not None
    return messages.attempt_from_text(messages.attempt_to_text(owed))


def _sent(world: FakeAdapters, *owed: PendingAttempt) -> int:
    before = len(world.sender.sent)
    service_on(world).deliver.batch([ReceivedAttempt(f"m-{number}", each, 1) for number, each in enumerate(owed)])
    return len(world.sender.sent) - before


def _patched(world: FakeAdapters, **changes: Any) -> None:  # noqa: ANN401 - fields of a webhook
    service_on(world).api.editor.edit(OWNER, MINE.id, WebhookEdit(changes), None)


NARROWER: list[dict[str, Any]] = [
    {"notification_types": ("modelCreated",)},
    {"notification_types": ("data*",)},
    {"filter_expression": "modelId == `16`"},
    {"filter_expression": "amount > `1.2`"},
    {"filter_expression": "contains(text, 'has created')"},
    {"filter_expression": "id == 'another'"},
]
AS_WIDE: list[dict[str, Any]] = [
    {"name": "Renamed"},
    {"notification_types": ("modelDeleted", "modelCreated")},
    {"notification_types": ("model*",)},
    {"filter_expression": "modelId == `15`"},
    {"filter_expression": "amount > `1`"},
    {"filter_expression": "contains(text, 'has deleted')"},
    {"filter_expression": "id == 'ntf_1'"},
    {"filter_expression": "abs(text) > `1`"},
    {"action_type": ActionType.TRIGGERED},
    {"action_type": ActionType.RECEIVED},
]


@pytest.mark.parametrize("body_format", list(BodyFormat))
@pytest.mark.parametrize("changes", NARROWER, ids=str)
def test_what_a_webhook_wants_no_more_is_not_sent(
    world: FakeAdapters, changes: dict[str, Any], body_format: BodyFormat
) -> None:
    mine = replace(MINE, body_format=body_format)
    world.webhooks.create(mine)
    owed = _queued(world, mine)
    _patched(world, **changes)
    assert _sent(world, owed) == 0
    assert world.history.page_of_all(None, HistoryFilter(), 9).records == []
    assert (world.deliveries.sent, world.waiting.oldest(mine.id, 9)) == ([], [])


@pytest.mark.parametrize("body_format", list(BodyFormat))
@pytest.mark.parametrize("changes", AS_WIDE, ids=str)
def test_what_a_changed_webhook_wants_still_is_sent(
    world: FakeAdapters, changes: dict[str, Any], body_format: BodyFormat
) -> None:
    mine = replace(MINE, body_format=body_format)
    world.webhooks.create(mine)
    owed = _queued(world, mine)
    _patched(world, **changes)
    assert _sent(world, owed) == 1


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ('{"notificationType":"modelDeleted","actionBy":1}', {"action_type": ActionType.RECEIVED}),
        ('{"notificationType":"modelDeleted","targetUser":1}', {"action_type": ActionType.TRIGGERED}),
        ('{"notificationType":"modelDeleted","targetGroup":10}', {"groups": ("11",)}),
        ('{"notificationType":"modelDeleted","actionBy":2,"targetUser":3}', {"is_global": False}),
    ],
)
def test_what_does_not_concern_its_owner_any_more_is_not_sent(
    world: FakeAdapters, text: str, changes: dict[str, Any]
) -> None:
    mine = replace(MINE, is_global="is_global" in changes)
    world.webhooks.create(mine)
    owed = _queued(world, mine, text)
    assert world.webhooks.update(mine, replace(mine, **changes, version=2))
    assert _sent(world, owed) == 0


def test_a_type_that_nobody_declared_is_not_meant_by_a_prefix(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)
    owed = _queued(world, MINE, '{"notificationType":"modelUnheardOf","actionBy":1}')
    _patched(world, notification_types=("model*",))
    assert _sent(world, owed) == 0


@pytest.mark.parametrize("transform", [None, "{id: id}"])
def test_a_body_that_a_transform_made_is_judged_by_the_notification(world: FakeAdapters, transform: str | None) -> None:
    mine = replace(MINE, transform_expression=transform)
    world.webhooks.create(mine)
    owed = _queued(world, mine)
    _patched(world, filter_expression="modelId == `16`")
    assert _sent(world, owed) == 0


def test_a_long_notification_whose_body_does_not_show_it_is_sent(world: FakeAdapters) -> None:
    """It does not travel beside the body, so the new filter cannot be asked: what was accepted is delivered."""
    mine = replace(MINE, body_format=BodyFormat.DISCORD)
    world.webhooks.create(mine)
    owed = _queued(world, mine, json.dumps({"notificationType": "modelDeleted", "actionBy": 1, "more": "x" * 5_000}))
    _patched(world, filter_expression="modelId == `16`")
    assert _sent(world, owed) == 1


def test_a_due_retry_of_what_is_wanted_no_more_is_not_made_and_a_persons_retry_is(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)
    world.sender.answers[MINE.url] = 503
    assert _sent(world, _queued(world, MINE)) == 1
    (made,) = world.history.page_of_all(None, HistoryFilter(), 9).records
    (next_one,) = world.deliveries.sent
    _patched(world, notification_types=("modelCreated",))
    assert next_one.attempt.chosen is not None
    assert _sent(world, next_one.attempt) == 0
    assert _sent(world, replace(made.retry(made.attempt.record_id), trigger=Trigger.RETRY)) == 1


def test_what_waits_behind_a_circuit_is_asked_again_when_it_is_released(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)
    owed = _queued(world, MINE).put_back(at(0))
    _patched(world, filter_expression="modelId == `16`")
    assert _sent(world, messages.attempt_from_text(messages.attempt_to_bytes(owed))) == 0


def test_a_batch_that_looks_again_drops_what_is_wanted_no_more(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)
    rooms = service_on(world, in_flight_max=1, in_flight_per_webhook_max=1)

    def narrowed(_: object) -> int:
        if len(world.sender.sent) == 1:
            _patched(world, notification_types=("modelCreated",))
            world.clock.advance(2)
        return 200

    world.sender.answers[MINE.url] = narrowed
    texts = [_TEXT.replace("15", str(number)) for number in range(4)]
    owed = [_queued(world, MINE, text) for text in texts]
    own = [
        replace(each, record_id=replace(each.record_id, sort=f"{number}{each.record_id.sort[1:]}"))
        for number, each in enumerate(owed)
    ]
    rooms.deliver.batch([ReceivedAttempt(f"m-{number}", each, 1) for number, each in enumerate(own)])
    assert (len(world.sender.sent), world.deliveries.sent) == (1, [])


def test_the_record_of_what_nothing_follows_does_not_keep_by_what_it_was_chosen(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)
    _sent(world, _queued(world, MINE))
    (made,) = world.history.page_of_all(None, HistoryFilter(), 9).records
    assert made.attempt.chosen is None


def test_an_expunged_record_does_not_either(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)
    world.sender.answers[MINE.url] = 503
    _sent(world, _queued(world, MINE))
    (made,) = world.history.page_of_all(None, HistoryFilter(), 9).records
    assert made.attempt.chosen is not None
    assert made.without_content(world.clock.now()).attempt.chosen is None


def test_an_attempt_that_was_queued_before_it_said_by_what_is_sent(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)
    owed = replace(_queued(world, MINE), chosen=None)
    _patched(world, notification_types=("modelCreated",))
    assert still_wanted.wanted(replace(MINE, version=2), [owed]) == [owed]
    assert _sent(world, owed) == 1


def test_as_long_as_nobody_changes_the_webhook_nothing_is_looked_at(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.webhooks.create(MINE)
    monkeypatch.setattr(matching, "still_matches", None)
    assert _sent(world, _queued(world, MINE)) == 1


def test_the_fan_out_says_by_what_it_chose_a_webhook(world: FakeAdapters) -> None:
    world.webhooks.create(MINE)
    service_on(world).fan_out.step(received(targetGroup=10))
    (sent,) = world.deliveries.sent
    assert sent.lane is Lane.FAST
    assert sent.attempt.chosen is not None
    assert (sent.attempt.chosen.version, sent.attempt.chosen.target_group) == (1, "10")
