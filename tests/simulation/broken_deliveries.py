"""Deliberate defects of the service, in making, holding and releasing attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.delivery import deliver, gate, release, waiting
from chalicelib.fanout import claims, fan_out, pending, sending
from chalicelib.intake import deferral
from testbed.fakes import FakeClaims, FakeHistory
from tests.simulation.clocks import SimClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from chalicelib.delivery.ports import Enqueued
    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.fanout.step import Work


def forget_what_follows_a_repeat(patch: pytest.MonkeyPatch) -> None:
    original = deliver.Deliver._queue_next

    def only_fresh(self: deliver.Deliver, records: object) -> None:
        if isinstance(records, list):
            original(self, records)

    patch.setattr(deliver.Deliver, "_queue_next", only_fresh)


def send_again_what_is_recorded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deliver.Deliver, "_without_recorded", lambda _self, received: list(received))


def send_everything_twice(patch: pytest.MonkeyPatch) -> None:
    original = sending.FanOutSending._send

    def twice(self: sending.FanOutSending, attempts: Sequence[Enqueued]) -> None:
        original(self, attempts)
        original(self, attempts)

    patch.setattr(sending.FanOutSending, "_send", twice)


def answer_deletions_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SimClock, "sleep", lambda _self, _seconds: None)


def trust_old_views(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("chalicelib.delivery.view.VIEW_MAX_S", 1_000_000)


def give_up_continuations(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fan_out.FanOut, "_continue", lambda *_: None)


def drop_what_there_was_no_time_for(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pending.PendingDeliveries, "left", property(lambda _: []))


def name_by_message(patch: pytest.MonkeyPatch) -> None:
    original = claims.StepClaims.take

    def claim(self: claims.StepClaims, work: Work) -> Notification:
        return original(self, work) or work.notification

    patch.setattr(claims.StepClaims, "take", claim)


def keep_claims_in_the_process(patch: pytest.MonkeyPatch) -> None:
    original = claims.StepClaims.__init__

    def init(self: claims.StepClaims, **ports: Any) -> None:  # noqa: ANN401 - ports go through
        original(self, **{**ports, "claims": FakeClaims()})

    patch.setattr(claims.StepClaims, "__init__", init)


def deliver_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(deferral.Deferral, "defers", lambda *_: False)


def lose_writes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FakeHistory, "write", lambda _self, _records: [])


def know_no_rate_limit(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gate.Gate, "_through_limit", lambda _self, _webhook, through, _given: through)


def keep_circuits_closed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        gate.Gate, "_through_circuit", lambda _self, _webhook, owed, _given: [gate.Passed(attempt) for attempt in owed]
    )


def hold_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(waiting.Waiting, "hold", lambda _self, _held: None)


def remove_before_releasing(patch: pytest.MonkeyPatch) -> None:
    original = release.Release._send

    def send(self: release.Release, attempts: Sequence[PendingAttempt], *given: Any) -> None:  # noqa: ANN401 - goes through
        self._waiting.remove(attempts)
        original(self, attempts, *given)

    patch.setattr(release.Release, "_send", send)


def release_all_while_the_circuit_is_open(patch: pytest.MonkeyPatch) -> None:
    original = release.Release._released
    patch.setattr(release.Release, "_released", lambda self, webhook_id, *_: original(self, webhook_id, 1_000))
