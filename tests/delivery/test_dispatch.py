"""The order of a batch's requests, and what the batch learns on its way."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import standardwebhooks

from chalicelib.delivery.dispatch import BatchDispatch
from chalicelib.delivery.flights import TokenFlight
from chalicelib.delivery.gate import Admission, Passed
from chalicelib.delivery.outbound import RequestRules
from chalicelib.delivery.ports import Lane
from chalicelib.delivery.tokens import Tokens
from chalicelib.delivery.view import WebhookView
from chalicelib.domain.delivery import signing
from chalicelib.domain.delivery.attempt import FailureCause, PendingAttempt, Response, Trigger
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.webhooks.authentication import OAuth2Authentication
from chalicelib.domain.webhooks.headers import have_secrets
from chalicelib.domain.webhooks.health import Health
from chalicelib.domain.webhooks.webhook import VIEW_MAX_S
from testbed.fakes.service import FakeAdapters
from tests.delivery.dispatching import RULES, name_of, start_all
from tests.domain.samples import NOON, at, attempt_at, broken, exchange, webhook, webhook_id

if TYPE_CHECKING:
    from chalicelib.delivery.flights import Flight
    from chalicelib.delivery.rules import DispatchRules
    from chalicelib.domain.webhooks.authentication import Authentication
    from chalicelib.domain.webhooks.webhook import Webhook

SECRET = signing.new_secret(bytes(32))


SLOW = Health(slow_until=at(600))


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


def _owed(number: int, count: int = 1) -> list[PendingAttempt]:
    return [attempt_at(NOON, number, salt=str(each)) for each in range(count)]


def _dispatch(
    world: FakeAdapters,
    attempts: list[PendingAttempt],
    *,
    webhooks: list[Webhook] | None = None,
    lane: Lane = Lane.FAST,
    rules: DispatchRules = RULES,
) -> BatchDispatch:
    known = webhooks or [webhook(number) for number in range(1, 9)]
    for each in known:
        world.webhooks.create(each)
    return BatchDispatch(
        admission=Admission([Passed(each) for each in attempts]),
        view=WebhookView({each.id: each for each in known}, world.clock.now(), world.webhooks.get_many),
        mark_slow=lambda sent_to: _mark_slow(world, sent_to),
        lane=lane,
        tokens=Tokens(world.clock).for_batch(),
        clock=world.clock,
        rules=rules,
    )


def _mark_slow(world: FakeAdapters, sent_to: Webhook) -> Health | None:
    """Does what the health keeper does, for webhooks that have been well."""
    return SLOW if world.webhooks.update_health(sent_to, SLOW) else None


def _numbers(flights: list[Flight]) -> list[int]:
    """Which webhook each flight is for."""
    return [next(number for number in range(1, 9) if webhook_id(number) == each.webhook.id) for each in flights]


def test_a_batch_that_fits_is_started_whole(world: FakeAdapters) -> None:
    dispatch = _dispatch(world, _owed(1, 4))
    assert len(start_all(dispatch)) == 4


def test_a_larger_one_takes_turns_and_no_webhook_takes_more_than_its_places(world: FakeAdapters) -> None:
    dispatch = _dispatch(world, _owed(1, 5) + _owed(2, 1) + _owed(3, 1))
    started = start_all(dispatch)
    assert _numbers(started) == [1, 2, 3, 1]
    dispatch.done(started[1], exchange())
    assert start_all(dispatch) == []
    dispatch.done(started[0], exchange())
    assert _numbers(start_all(dispatch)) == [1]


def test_a_place_that_ends_is_taken_by_the_next(world: FakeAdapters) -> None:
    dispatch = _dispatch(world, _owed(1, 3) + _owed(2, 3))
    ended = 0
    waiting = start_all(dispatch)
    while waiting:
        dispatch.done(waiting.pop(0), exchange())
        ended += 1
        waiting += start_all(dispatch)
        assert len(waiting) <= 4
    assert (ended, len(dispatch.records), dispatch.postponed) == (6, 6, [])


def test_after_one_timeout_the_rest_of_that_webhook_goes_to_the_slow_lane_unsent(world: FakeAdapters) -> None:
    dispatch = _dispatch(world, _owed(1, 6) + _owed(2, 3) + _owed(3, 1))
    started = start_all(dispatch)
    dispatch.done(started[0], broken(FailureCause.TIMEOUT))
    assert [(each.attempt.webhook_id, each.lane, each.until) for each in dispatch.postponed] == [
        (webhook_id(1), Lane.SLOW, None)
    ] * 4
    assert _numbers(start_all(dispatch)) == [2]


def test_an_answer_whose_body_took_all_the_time_keeps_the_rest_back_too(world: FakeAdapters) -> None:
    """It is a success, and the next request to the webhook would most likely hang as long."""
    dispatch = _dispatch(world, _owed(1, 6))
    started = start_all(dispatch)
    dispatch.done(started[0], exchange(is_timed_out=True))
    assert [each.lane for each in dispatch.postponed] == [Lane.SLOW] * 4
    assert [record.failure for record in dispatch.records] == [None]


@pytest.mark.parametrize("cause", [each for each in FailureCause if each not in {FailureCause.TIMEOUT, FailureCause.DNS}])
def test_another_failure_keeps_nothing_back(world: FakeAdapters, cause: FailureCause) -> None:
    dispatch = _dispatch(world, _owed(1, 6))
    started = start_all(dispatch)
    dispatch.done(started[0], broken(cause))
    assert dispatch.postponed == []


def test_a_request_is_late_when_it_would_mark_its_webhook_as_slow(world: FakeAdapters) -> None:
    assert _dispatch(world, []).late_after_s == RULES.slow_after_s


def test_one_that_is_late_marks_its_webhook_at_once_and_the_rest_leaves_the_fast_lane_unsent(world: FakeAdapters) -> None:
    dispatch = _dispatch(world, _owed(1, 6) + _owed(2, 3) + _owed(3, 1))
    started = start_all(dispatch)
    dispatch.late(started[0])
    assert (world.webhooks.get_many([webhook_id(1)])[webhook_id(1)].health, dispatch.records) == (SLOW, [])
    assert dispatch.webhooks[webhook_id(1)].health == SLOW
    assert [(each.attempt.webhook_id, each.lane) for each in dispatch.postponed] == [(webhook_id(1), Lane.SLOW)] * 4
    dispatch.done(started[0], exchange())
    assert _numbers(start_all(dispatch)) == [2]


def test_on_the_slow_lane_the_rest_goes_on(world: FakeAdapters) -> None:
    dispatch = _dispatch(world, _owed(1, 6), lane=Lane.SLOW)
    started = start_all(dispatch)
    dispatch.late(started[0])
    dispatch.done(started[0], exchange())
    assert (dispatch.postponed, len(start_all(dispatch))) == ([], 1)


def test_one_that_is_known_to_be_slow_is_not_marked_again(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    dispatch = _dispatch(world, _owed(1, 2))
    started = start_all(dispatch)
    dispatch.late(started[0])
    monkeypatch.setattr(dispatch, "_mark_slow", None)
    dispatch.late(started[1])
    assert dispatch.webhooks[webhook_id(1)].health == SLOW


def test_a_late_answer_with_a_token_marks_nothing(world: FakeAdapters) -> None:
    mine = webhook(1, authentication=OAuth2Authentication("https://login.example/token", "client", "s3cret"))
    dispatch = _dispatch(world, _owed(1), webhooks=[mine])
    (flight,) = start_all(dispatch)
    assert isinstance(flight, TokenFlight)
    dispatch.late(flight)
    assert dispatch.webhooks[mine.id].health == Health()


def test_where_the_mark_cannot_be_written_all_is_sent(world: FakeAdapters, monkeypatch: pytest.MonkeyPatch) -> None:
    dispatch = _dispatch(world, _owed(1, 6))
    started = start_all(dispatch)
    monkeypatch.setattr(dispatch, "_mark_slow", lambda _: None)
    dispatch.late(started[0])
    dispatch.done(started[0], exchange())
    assert (dispatch.postponed, len(start_all(dispatch))) == ([], 1)


@pytest.mark.parametrize(("lane", "left"), [(Lane.FAST, 3), (Lane.SLOW, 0)])
def test_one_that_others_have_marked_leaves_the_fast_lane_when_it_is_read_again(
    world: FakeAdapters, lane: Lane, left: int
) -> None:
    dispatch = _dispatch(world, _owed(1, 5), lane=lane)
    started = start_all(dispatch)
    _mark_slow(world, webhook(1))
    world.clock.advance(VIEW_MAX_S)
    dispatch.done(started[0], exchange())
    start_all(dispatch)
    assert [each.lane for each in dispatch.postponed] == [Lane.SLOW] * left


@pytest.mark.parametrize(("health", "lane"), [(Health(), Lane.FAST), (Health(failures=1, failing_since=NOON), Lane.SLOW)])
def test_when_the_time_for_sending_is_over_the_rest_goes_back_where_it_belongs(
    world: FakeAdapters, health: Health, lane: Lane
) -> None:
    dispatch = _dispatch(world, _owed(1, 6), webhooks=[webhook(1, health=health)])
    started = start_all(dispatch)
    world.clock.advance(20)
    dispatch.done(started[0], exchange())
    assert start_all(dispatch) == []
    assert [(each.lane, each.until) for each in dispatch.postponed] == [(lane, None)] * 4


def test_when_the_answers_are_many_bytes_the_rest_goes_back_unsent(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chalicelib.delivery.scheduler.RESPONSE_BYTES_MAX", 10)
    dispatch = _dispatch(world, _owed(1, 3) + _owed(2, 3))
    started = start_all(dispatch)
    dispatch.done(started[0], exchange(response=Response(200, (("a", "bcd"),), b"12345")))
    started += start_all(dispatch)
    assert (len(started), dispatch.postponed) == (5, [])
    dispatch.done(started[1], exchange(response=Response(200, (), b"1")))
    assert start_all(dispatch) == []
    assert [each.attempt.webhook_id for each in dispatch.postponed] == [webhook_id(2)]


def test_until_then_it_is_sent(world: FakeAdapters) -> None:
    dispatch = _dispatch(world, _owed(1, 6))
    started = start_all(dispatch)
    world.clock.advance(19.9)
    dispatch.done(started[0], exchange())
    assert len(start_all(dispatch)) == 1


@pytest.mark.parametrize("gone", ["deleted", "paused", "disabled"])
def test_an_old_view_does_not_outlive_its_webhook(world: FakeAdapters, gone: str) -> None:
    mine = webhook(1)
    dispatch = _dispatch(world, _owed(1, 5) + _owed(2, 5))
    started = start_all(dispatch)
    if gone == "deleted":
        world.webhooks.delete(mine, NOON)
    else:
        change = {"is_enabled": False} if gone == "paused" else {"disabled_reason": "It is gone."}
        world.webhooks.update(mine, webhook(1, version=2, **change))
    world.clock.advance(VIEW_MAX_S)
    for flight in started:
        dispatch.done(flight, exchange())
    assert set(_numbers(start_all(dispatch))) == {2}
    assert dispatch.postponed == []


def test_looks_that_take_too_long_leave_the_rest_to_another_invocation(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatch = _dispatch(world, _owed(1, 5))
    started = start_all(dispatch)
    world.clock.advance(VIEW_MAX_S)
    dispatch.done(started[0], exchange())
    seen = world.webhooks.get_many([webhook_id(1)])

    def look(_: object) -> dict[str, Webhook]:
        world.clock.advance(VIEW_MAX_S)
        return seen

    monkeypatch.setattr(dispatch._view, "_read", look)
    assert dispatch.next() is None
    assert len(dispatch.postponed) == 5 - len(started)


def test_a_view_that_is_read_again_is_gone_by(world: FakeAdapters) -> None:
    dispatch = _dispatch(world, _owed(1, 5))
    started = start_all(dispatch)
    world.webhooks.update(webhook(1), webhook(1, version=2, url="https://moved.example/"))
    world.clock.advance(VIEW_MAX_S)
    dispatch.done(started[0], exchange())
    given = dispatch.next()
    assert given is not None
    assert given[1].url == "https://moved.example/"


def test_where_webhooks_cannot_be_read_again_the_rest_goes_back(
    world: FakeAdapters, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> dict[str, Webhook]:
        message = "It refuses."
        raise Unavailable(message)

    monkeypatch.setattr(world.webhooks, "get_many", refuse)
    dispatch = _dispatch(world, _owed(1, 5))
    started = start_all(dispatch)
    world.clock.advance(VIEW_MAX_S)
    dispatch.done(started[0], exchange())
    assert dispatch.next() is None
    assert len(dispatch.postponed) == 3


def test_the_bytes_signed_are_the_bytes_sent(world: FakeAdapters) -> None:
    (owed,) = _owed(1)
    dispatch = _dispatch(world, [owed], webhooks=[webhook(1, secrets=(SECRET,))])
    given = dispatch.next()
    assert given is not None
    flight, request = given
    headers = dict(request.headers)
    assert (name_of(flight), request.body) == (str(owed.record_id), owed.body.encode())
    assert signing.headers([SECRET], message_id=owed.delivery_id, at=NOON, body=request.body).items() <= headers.items()
    assert (headers["accept"], headers["content-type"], headers["user-agent"], headers["webhook-id"]) == (
        "*/*",
        "application/json",
        "Posthorn/1",
        owed.delivery_id,
    )
    signature = standardwebhooks.Webhook(SECRET.value).sign(owed.delivery_id, NOON, owed.body)
    assert headers["webhook-signature"] == signature


def test_an_owners_own_accept_stands_and_is_not_kept(world: FakeAdapters) -> None:
    dispatch = _dispatch(world, _owed(1), webhooks=[webhook(1, headers=(("accept", "text/plain"),))])
    given = dispatch.next()
    assert given is not None
    assert dict(given[1].headers)["accept"] == "text/plain"
    dispatch.done(given[0], exchange(request=given[1]))
    assert dict(dispatch.records[0].exchange.request.headers)["accept"] == "***"


def test_the_services_own_accept_is_kept_as_it_is_and_no_secret(world: FakeAdapters) -> None:
    dispatch = _dispatch(world, _owed(1), webhooks=[webhook(1)])
    given = dispatch.next()
    assert given is not None
    assert not have_secrets(given[1].headers)
    dispatch.done(given[0], exchange(request=given[1]))
    assert dict(dispatch.records[0].exchange.request.headers)["accept"] == "*/*"


@pytest.mark.parametrize("authentication", [None, OAuth2Authentication("https://login.example/token", "client", "hush")])
def test_every_request_has_the_user_agent_that_the_operator_has_set(
    world: FakeAdapters, authentication: Authentication | None
) -> None:
    dispatch = _dispatch(
        world,
        _owed(1),
        webhooks=[webhook(1, authentication=authentication)],
        rules=replace(RULES, requests=RequestRules(10, "Acme/1 (staging)")),
    )
    given = dispatch.next()
    assert given is not None
    assert dict(given[1].headers)["user-agent"] == "Acme/1 (staging)"


@pytest.mark.parametrize(("own_s", "deadline_s"), [(None, 10), (3.5, 3.5)])
def test_a_webhook_may_have_a_deadline_of_its_own(world: FakeAdapters, own_s: float | None, deadline_s: float) -> None:
    dispatch = _dispatch(world, _owed(1), webhooks=[webhook(1, request_timeout_s=own_s)])
    given = dispatch.next()
    assert given is not None
    assert given[1].deadline_s == deadline_s


@pytest.mark.parametrize(("own", "is_owed"), [(None, True), (AttemptSchedule(()), False), (AttemptSchedule((7,)), True)])
def test_a_webhook_may_have_a_schedule_of_its_own(
    world: FakeAdapters, own: AttemptSchedule | None, *, is_owed: bool
) -> None:
    dispatch = _dispatch(world, _owed(1), webhooks=[webhook(1, attempt_schedule=own)])
    (flight,) = start_all(dispatch)
    dispatch.done(flight, exchange(500))
    assert (dispatch.records[0].next_attempt() is not None) is is_owed


def test_each_attempt_is_one_wide_line_of_the_log_without_the_url(
    world: FakeAdapters, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    dispatch = _dispatch(world, _owed(1), webhooks=[webhook(1, secrets=(SECRET,), url="https://receiver.example/T0KEN")])
    (flight,) = start_all(dispatch)
    dispatch.done(flight, exchange(503, response=Response(503, (), b"sorry")))
    (line,) = [each.__dict__ for each in caplog.records if each.message == "delivery.attempted"]
    expected = {
        "record_id": name_of(flight),
        "attempt_number": 1,
        "trigger": Trigger.NOTIFICATION,
        "outcome": "failed",
        "failure_cause": "status",
    }
    assert (expected | {"http_status": 503, "response_bytes": 5, "webhook_id": webhook_id(1)}).items() <= line.items()
    assert "T0KEN" not in str(line)
    assert SECRET.value not in str(line)
