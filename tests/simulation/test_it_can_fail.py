"""The simulation is worth something only if it notices: each of these breaks the service on purpose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.errors import PosthornError
from chalicelib.domain.webhook import VIEW_MAX_S
from chalicelib.services import deliver, fan_out, release, step_claims, upkeep, waiting, webhooks
from chalicelib.services.ports import Enqueued, Lane
from tests.fakes import FakeHistory
from tests.simulation.chaos import SimClock
from tests.simulation.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from chalicelib.domain.attempt import PendingAttempt
    from chalicelib.domain.webhook import Webhook
    from chalicelib.services.arrivals import ReceivedNotification

SEEDS = 1_000

pytestmark = pytest.mark.timeout(300)


def _forget_what_follows_a_repeat(patch: pytest.MonkeyPatch) -> None:
    original = deliver.Deliver._queue_next

    def only_fresh(self: deliver.Deliver, records: object) -> None:
        if isinstance(records, list):
            original(self, records)

    patch.setattr(deliver.Deliver, "_queue_next", only_fresh)


def _answer_deletions_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SimClock, "sleep", lambda _self, _seconds: None)


def _trust_old_views(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("chalicelib.services.dispatch.VIEW_MAX_S", 1_000_000)


def _drop_refused_records(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(upkeep.RecordKeeper, "keep", lambda self, records: self._history.write(records) and None)


def _clear_before_sending(patch: pytest.MonkeyPatch) -> None:
    def sweep(self: upkeep.DueSweep) -> int:
        due = self._history.still_due(self._history.due(self._clock.now(), 100))
        self._history.settle(due)
        self._deliveries.send([Enqueued(owed, Lane.SLOW) for each in due if (owed := each.next_attempt())])
        return len(due)

    patch.setattr(upkeep.DueSweep, "sweep", sweep)


def _give_up_continuations(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(fan_out.FanOut, "_continue", lambda *_: None)


def _name_by_message(patch: pytest.MonkeyPatch) -> None:
    original = step_claims.StepClaims.take

    def claim(self: step_claims.StepClaims, message: ReceivedNotification, read: object, position: object) -> object:
        return original(self, message, read, position) or read  # type: ignore[arg-type]

    patch.setattr(step_claims.StepClaims, "take", claim)


def _lose_purges(patch: pytest.MonkeyPatch) -> None:
    def remove(self: webhooks.WebhookService, _actor: str, gone: list[Webhook]) -> None:
        for each in gone:
            self._store.delete(each, self._clock.now())
        self._clock.sleep(VIEW_MAX_S)

    patch.setattr(webhooks.WebhookService, "remove", remove)
    patch.setattr(upkeep.DueSweep, "resume_purges", lambda _self: 0)


def _lose_writes(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(FakeHistory, "write", lambda _self, _records: [])


def _hold_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(waiting.Waiting, "hold", lambda _self, _held: None)


def _remove_before_releasing(patch: pytest.MonkeyPatch) -> None:
    original = release.Release._send

    def send(self: release.Release, attempts: Sequence[PendingAttempt], slots: Sequence[datetime | None]) -> None:
        self._waiting.remove(attempts)
        original(self, attempts, slots)

    patch.setattr(release.Release, "_send", send)


@pytest.mark.parametrize(
    ("breakage", "likely_seed"),
    [
        (_forget_what_follows_a_repeat, 0),
        (_answer_deletions_at_once, 50),
        (_trust_old_views, 16),
        (_drop_refused_records, 0),
        (_clear_before_sending, 0),
        (_give_up_continuations, 0),
        (_name_by_message, 0),
        (_lose_purges, 0),
        (_lose_writes, 0),
        (_hold_nothing, 0),
        (_remove_before_releasing, 1),
    ],
)
def test_a_broken_service_is_found_out(
    breakage: Callable[[pytest.MonkeyPatch], None], likely_seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The likely seed only saves time: where it does not notice any more, all are tried."""
    breakage(monkeypatch)
    if not any(_notices(seed) for seed in (likely_seed, *range(SEEDS))):
        pytest.fail(f"{SEEDS} seeds did not notice")


def _notices(seed: int) -> bool:
    scenario = Scenario(seed)
    try:
        scenario.run()
        scenario.reckon()
    except (AssertionError, PosthornError, KeyError):
        return True
    return False
