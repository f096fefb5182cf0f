"""What takes a place in flight, and which attempts are reported as probes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.delivery.dispatch import BatchDispatch
from chalicelib.delivery.gate import Admission, Passed
from chalicelib.delivery.ports import Lane
from chalicelib.delivery.tokens import Tokens
from chalicelib.delivery.view import WebhookView
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.webhooks.authentication import OAuth2Authentication
from testbed.fakes.service import FakeAdapters
from tests.delivery.dispatching import RULES, name_of, start_all
from tests.delivery.granting import TOKEN_URL, granting
from tests.domain.samples import NOON, attempt_at, broken, exchange, webhook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.ids import RecordId
    from chalicelib.domain.webhooks.webhook import Webhook

OAUTH2 = OAuth2Authentication(TOKEN_URL, "client", "hush")


@pytest.fixture
def world() -> FakeAdapters:
    return FakeAdapters()


def _dispatch(world: FakeAdapters, webhooks: Sequence[Webhook], passed: Sequence[Passed]) -> BatchDispatch:
    return BatchDispatch(
        admission=Admission(list(passed)),
        view=WebhookView({each.id: each for each in webhooks}, world.clock.now(), world.webhooks.get_many),
        mark_slow=lambda _: None,
        lane=Lane.FAST,
        tokens=Tokens(world.clock).for_batch(),
        clock=world.clock,
        rules=RULES,
    )


def _probes(dispatch: BatchDispatch) -> set[RecordId]:
    return {each.record.attempt.record_id for each in dispatch.ended if each.is_probe}


def test_a_request_for_a_token_takes_a_place_in_flight(world: FakeAdapters) -> None:
    webhooks = [webhook(number, authentication=OAUTH2) for number in range(6)]
    dispatch = _dispatch(world, webhooks, [Passed(attempt_at(NOON, number)) for number in range(6)])
    asked = start_all(dispatch)
    assert [name_of(each) for each in asked] == [each.id for each in webhooks[:4]]
    dispatch.done(asked[0], exchange(response=granting()))
    assert len(start_all(dispatch)) == 1


@pytest.mark.parametrize("came", [exchange(), exchange(500), broken(FailureCause.TIMEOUT)])
def test_a_probe_that_has_ended_is_reported_as_one_and_no_other(world: FakeAdapters, came: object) -> None:
    probe, other = attempt_at(NOON, 1, "probe"), attempt_at(NOON, 1, "other")
    dispatch = _dispatch(world, [webhook(1)], [Passed(probe, is_probe=True), Passed(other)])
    for flight in start_all(dispatch):
        dispatch.done(flight, came)  # type: ignore[arg-type]
    assert _probes(dispatch) == {probe.record_id}


def test_a_probe_that_got_no_token_is_reported_as_one_and_no_other(world: FakeAdapters) -> None:
    probe, other = attempt_at(NOON, 1, "probe"), attempt_at(NOON, 1, "other")
    dispatch = _dispatch(world, [webhook(1, authentication=OAUTH2)], [Passed(probe, is_probe=True), Passed(other)])
    (asked,) = start_all(dispatch)
    dispatch.done(asked, exchange(500))
    assert [each.record.failure for each in dispatch.ended] == [FailureCause.AUTHORIZATION] * 2
    assert _probes(dispatch) == {probe.record_id}
