"""Deliberate defects of the service, or of what it runs on: schedule, circuit, recoveries, clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.delivery import recording, scheduler
from chalicelib.delivery.due_sweep import DueSweep
from chalicelib.delivery.ports import Enqueued, Lane
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.history.records import HistoryRecord
from chalicelib.domain.notifications import matching
from chalicelib.domain.webhooks.health import Health
from chalicelib.fanout import claims, reads
from chalicelib.history import recoverer, settled_deliveries
from testbed.fakes import FakeWebhooks
from tests.simulation import template, world
from tests.simulation.stores import SimWebhooks

if TYPE_CHECKING:
    from datetime import datetime

    import pytest

    from chalicelib.domain.delivery.attempt import PendingAttempt
    from chalicelib.domain.ids import RecordId
    from chalicelib.domain.notifications.matching import Subscription
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.domain.webhooks.health import HealthPolicy
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.intake.ports import Claim


def retry_at_once(patch: pytest.MonkeyPatch) -> None:
    original = AttemptSchedule.next_attempt_at

    def at_once(self: AttemptSchedule, *, failed_at: datetime, **given: Any) -> datetime | None:  # noqa: ANN401 - goes through
        return failed_at if original(self, failed_at=failed_at, **given) is not None else None

    patch.setattr(AttemptSchedule, "next_attempt_at", at_once)


def never_end_the_schedule(patch: pytest.MonkeyPatch) -> None:
    original = AttemptSchedule.next_attempt_at

    def endless(self: AttemptSchedule, *, attempt_number: int, **given: Any) -> datetime | None:  # noqa: ANN401 - goes through
        return original(self, attempt_number=min(attempt_number, len(self.waits_s)), **given)

    patch.setattr(AttemptSchedule, "next_attempt_at", endless)


def ignore_retry_after(patch: pytest.MonkeyPatch) -> None:
    original = AttemptSchedule.next_attempt_at

    def ignore(self: AttemptSchedule, *, retry_after_s: float | None, **given: Any) -> datetime | None:  # noqa: ANN401, ARG001 - goes through
        return original(self, retry_after_s=None, **given)

    patch.setattr(AttemptSchedule, "next_attempt_at", ignore)


def let_no_webhook_rest(patch: pytest.MonkeyPatch) -> None:
    """A pause that the receiver asks for applies to only one delivery."""
    patch.setattr(Health, "_rest_until", lambda *_, **__: None)


def retry_with_empty_bodies(patch: pytest.MonkeyPatch) -> None:
    original = HistoryRecord.next_attempt

    def empty(self: HistoryRecord) -> PendingAttempt | None:
        owed = original(self)
        return None if owed is None else replace(owed, body="")

    patch.setattr(HistoryRecord, "next_attempt", empty)


def read_webhooks_late(patch: pytest.MonkeyPatch) -> None:
    """Eventually consistent reads of webhooks."""
    patch.setattr(SimWebhooks, "INDEXED", SimWebhooks.INDEXED | {"get_many"})
    patch.setattr(SimWebhooks, "WRITES", SimWebhooks.WRITES | {"delete"})


def fan_out_to_everybody(patch: pytest.MonkeyPatch) -> None:
    def everybody(self: FakeWebhooks, source: Subscription, after: str | None, limit: int) -> list[str]:
        found = sorted(self._webhooks) if source.is_global else []
        return [each for each in found if after is None or each > after][:limit]

    def first(_webhook: Webhook, taken: Notification) -> Subscription:
        return matching.sources(taken)[0]

    patch.setattr(FakeWebhooks, "subscribed", lambda *_: None)
    patch.setattr(FakeWebhooks, "matching", everybody)
    patch.setattr(matching, "first_source", first)


def use_a_cut_list_as_the_whole(patch: pytest.MonkeyPatch) -> None:
    def matching_of(self: reads.BatchReads, source: Subscription, after: str | None, limit: int) -> list[str]:
        if after is None and self._known(source) is None:
            self._pages[source] = self._store.matching(source, None, limit)
        return [each for each in self._known(source) or [] if after is None or each > after][:limit]

    patch.setattr(reads.BatchReads, "matching", matching_of)


def open_no_circuit(patch: pytest.MonkeyPatch) -> None:
    original = Health.after_failure

    def counted(self: Health, *given: Any, **named: Any) -> Health:  # noqa: ANN401 - goes through
        return replace(original(self, *given, **named), probe_at=None, opens=0)

    patch.setattr(Health, "after_failure", counted)


def keep_no_probe(patch: pytest.MonkeyPatch) -> None:
    """A failed probe is not reported as one: the circuit stays half open."""
    real = recording.Ended
    patch.setattr(recording, "Ended", lambda record, webhook, _is_probe: real(record, webhook, is_probe=False))


def never_double_the_wait(patch: pytest.MonkeyPatch) -> None:
    def same(_self: Health, policy: HealthPolicy) -> float:
        return policy.open_s

    patch.setattr(Health, "next_wait_s", same)


def count_no_token_requests(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(scheduler.Scheduler, "in_flight", property(lambda self: self._attempts_in_flight))


def hide_messages_shortly(patch: pytest.MonkeyPatch) -> None:
    """Messages are delivered again while the first worker still processes them."""
    patch.setattr(template, "visibility_s", lambda _queue: template.timeout_s("deliveries") // 6)


def put_clocks_off(patch: pytest.MonkeyPatch) -> None:
    """Clocks differ by much more than the promises allow."""
    patch.setattr(world, "SKEW_MAX_S", 90.0)


def sweep_by_a_clock_ahead(patch: pytest.MonkeyPatch) -> None:
    """What is due within a minute is sent immediately, and not delayed to the second."""
    patch.setattr("chalicelib.intake.deferral.queue_delay.delay_until", lambda *_: 0)


def settle_more_than_sent(patch: pytest.MonkeyPatch) -> None:
    """Only the first due attempt is sent, but all are settled."""

    def swept(self: DueSweep, due: list[RecordId]) -> int:
        found = self._history.still_due(due)
        if found:
            self._deliveries.send([Enqueued(owed, Lane.SLOW) for each in found[:1] if (owed := each.next_attempt())])
            self._history.settle(found)
        return len(found)

    patch.setattr(DueSweep, "_swept", swept)


def recover_what_came(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(recoverer.Recoverer, "_delivered", lambda *_: set())


def survey_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settled_deliveries, "settled", lambda *_: set())


def end_the_survey_early(patch: pytest.MonkeyPatch) -> None:
    """Only the first page of the history is read."""
    original = recoverer.Recoverer._records

    def first_page(self: recoverer.Recoverer, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - goes through
        return original(self, *given, **named)[0], None

    patch.setattr(recoverer.Recoverer, "_records", first_page)


def keep_no_notifications(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("chalicelib.fanout.fan_out.FanOut._store_for_recoveries", lambda *_: None)


def take_over_with_new_ids(patch: pytest.MonkeyPatch) -> None:
    """A process that takes over a claim uses its own time, and so makes other ids."""
    original = claims.StepClaims._take

    def take(self: claims.StepClaims, name: str, holder: str, notification: Notification, content: str = "") -> Claim:
        return replace(original(self, name, holder, notification, content), accepted_at=notification.accepted_at)

    patch.setattr(claims.StepClaims, "_take", take)


def claim_only_what_is_named(patch: pytest.MonkeyPatch) -> None:
    """What was put off, and is sent again, is not claimed."""
    patch.setattr(claims, "_is_claimed", lambda notification: notification.is_named)


def hold_what_people_ask_for(patch: pytest.MonkeyPatch) -> None:
    """A manual retry waits for the circuit too."""
    patch.setattr("chalicelib.domain.delivery.attempt.Trigger.is_awaited", property(lambda _: False))


def wait_ten_minutes_more(patch: pytest.MonkeyPatch) -> None:
    """Retries are too late."""
    original = AttemptSchedule.next_attempt_at

    def later(self: AttemptSchedule, **given: Any) -> datetime | None:  # noqa: ANN401 - goes through
        at = original(self, **given)
        return None if at is None else at + timedelta(minutes=10)

    patch.setattr(AttemptSchedule, "next_attempt_at", later)
