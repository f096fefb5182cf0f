"""Deliberate defects of the service, in its background work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.delivery import health
from chalicelib.delivery.due_sweep import DueSweep
from chalicelib.delivery.ports import Enqueued, Lane
from chalicelib.delivery.record_keeper import RecordKeeper
from chalicelib.directory import owners
from chalicelib.domain.directory.preconditions import Standing
from chalicelib.domain.webhooks.webhook import VIEW_MAX_S
from chalicelib.history import recoverer, settled_deliveries
from chalicelib.history.purge import Purge
from chalicelib.webhooks import service
from chalicelib.webhooks.removal import WebhookRemoval
from chalicelib.webhooks.service import WebhookService
from testbed.fakes import FakeHistory, FakeWebhooks
from tests.simulation import scenario, template
from tests.simulation.chaos import Odds
from tests.simulation.clocks import pause

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pytest

    from chalicelib.delivery.recording import Ended
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.history.recovery import Recovery
    from chalicelib.domain.ids import RecordId
    from chalicelib.domain.webhooks.health import Health
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.intake.ports import QueuedNotification
    from chalicelib.ports import Clock


def drop_refused_records(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(RecordKeeper, "keep", lambda self, records: self._history.write(records) and None)


def clear_before_sending(patch: pytest.MonkeyPatch) -> None:
    many_refusals(patch)

    def sweep(self: DueSweep) -> int:
        due = self._history.still_due(self._history.due(self._clock.now(), 100))
        self._history.settle(due)
        self._deliveries.send([Enqueued(owed, Lane.SLOW) for each in due if (owed := each.next_attempt())])
        return len(due)

    patch.setattr(DueSweep, "sweep", sweep)


def sweep_too_early(patch: pytest.MonkeyPatch) -> None:
    original = DueSweep.__init__

    def init(self: DueSweep, **ports: Any) -> None:  # noqa: ANN401 - ports go through
        original(self, **{**ports, "clock": _Ahead(ports["clock"])})

    patch.setattr(DueSweep, "__init__", init)


def lose_purges(patch: pytest.MonkeyPatch) -> None:
    def remove(self: WebhookRemoval, _actor: str, gone: list[Webhook], held: Sequence[Standing] = ()) -> None:
        for each in gone:
            self._store.delete(each, self._clock.now(), held)
        self._clock.sleep(VIEW_MAX_S)

    patch.setattr(WebhookRemoval, "remove", remove)
    patch.setattr(DueSweep, "resume_purges", lambda _self: 0)


def purge_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Purge, "step", lambda self, webhook, _hops: self._store.purged(webhook))


def recover_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recoverer.Recoverer, "_enqueue", lambda *_: None)


def many_refusals(patch: pytest.MonkeyPatch) -> None:
    """Not a defect, but more refused calls than otherwise, since recoveries make few calls."""
    patch.setattr(scenario, "WEATHERS", (Odds(refusal=0.08, death=0.03, freeze=0, duplicate=0, early=0),))


def note_before_enqueueing(patch: pytest.MonkeyPatch) -> None:
    many_refusals(patch)
    original = recoverer.Recoverer._next

    def noted(self: recoverer.Recoverer, recovery: Recovery, webhook: Webhook) -> Any:  # noqa: ANN401 - a step goes through
        step = original(self, recovery, webhook)
        if step.settled:
            self._recoveries.mark(recovery, step.settled)
        return step

    patch.setattr(recoverer.Recoverer, "_next", noted)


def take_what_ended_for_pending(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settled_deliveries, "_followed", lambda *_: [])


def look_once_after_an_owner(patch: pytest.MonkeyPatch) -> None:
    original = owners.Owners.step
    patch.setattr(owners.Owners, "step", lambda self, work, _hops: original(self, replace(work, is_last_look=True)))


def make_for_anybody(patch: pytest.MonkeyPatch) -> None:
    """A webhook is created without a check of its owner at that moment."""
    original = FakeWebhooks.create
    patch.setattr(FakeWebhooks, "create", lambda self, made, _held=(), most=None: original(self, made, (), most))


def change_for_anybody(patch: pytest.MonkeyPatch) -> None:
    original = FakeWebhooks.update
    patch.setattr(FakeWebhooks, "update", lambda self, old, new, _held=(): original(self, old, new))


def count_before_making(patch: pytest.MonkeyPatch) -> None:
    """The limit is checked first, and then the webhook is created."""
    original = FakeWebhooks.create

    def create(self: FakeWebhooks, made: Webhook, held: Sequence[Standing] = (), most: int | None = None) -> bool:
        if most is None:
            return original(self, made)
        has_room = self._owned(made.owner_id) < most
        pause()
        return has_room and original(self, made, held, 1_000)

    patch.setattr(FakeWebhooks, "create", create)


def let_them_inherit(patch: pytest.MonkeyPatch) -> None:
    """A webhook belongs to any user with the owner's id."""
    original = WebhookService._draft_to_webhook
    patch.setattr(
        WebhookService,
        "_draft_to_webhook",
        lambda self, *given, **named: replace(original(self, *given, **named), owner_incarnation=""),
    )
    patch.setattr(service, "_maker_of", lambda webhook, _: Standing(user_id=webhook.owner_id, groups=webhook.groups))
    patch.setattr(owners, "_is_of_the_deleted", lambda _, owner, note: note.deleted_at is not None and owner is None)


def trust_the_due_index(patch: pytest.MonkeyPatch) -> None:
    def still_due(self: FakeHistory, record_ids: Sequence[RecordId]) -> list[HistoryRecord]:
        found = self.get_many(record_ids)
        return [each for each in found.values() if each.next_attempt_at is not None]

    patch.setattr(FakeHistory, "still_due", still_due)


def disable_without_a_word(patch: pytest.MonkeyPatch) -> None:
    original = health.HealthKeeper._disable

    def disable(self: health.HealthKeeper, seen: Webhook, ended: Sequence[Ended]) -> None:
        notifications, self._notifications = self._notifications, _Mute()
        try:
            original(self, seen, ended)
        finally:
            self._notifications = notifications

    patch.setattr(health.HealthKeeper, "_disable", disable)


def tell_no_owner(patch: pytest.MonkeyPatch) -> None:
    def tell(self: health.HealthKeeper, webhook: Webhook, after: Health) -> None:
        if webhook.health.probe_at is not None and after.probe_at is None:
            self._waiting.wake(webhook.id)

    patch.setattr(health.HealthKeeper, "_notify", tell)


def allow_no_loops(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(template, "may_loop", frozenset)


class _Ahead:
    """A clock that is ten minutes ahead."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.now() + timedelta(minutes=10)


class _Mute:
    """An accepted queue that drops everything."""

    def send(self, queued: Sequence[QueuedNotification]) -> None:
        """Nothing is sent."""
