"""The part of the reckoning on what goes on in the background: recoveries, purges, owners' notices, loops."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from chalicelib.domain.attempt import Trigger
from chalicelib.domain.health import Health
from chalicelib.domain.recovery import RecoveryState, Wanted
from chalicelib.domain.webhook import REASONS_OF_OWNERS
from chalicelib.services.survey import PENDING_GRACE
from tests.simulation import turnover
from tests.simulation.clocks import SKEW_MAX_S
from tests.simulation.observed import Notice
from tests.simulation.stores import LAG_MAX_S
from tests.simulation.world import OWNERS

if TYPE_CHECKING:
    from chalicelib.domain.history import HistoryRecord
    from chalicelib.domain.recovery import Recovery
    from tests.simulation.observed import Observed
    from tests.simulation.people import People
    from tests.simulation.world import World

_SETTLES: Final = timedelta(seconds=LAG_MAX_S + 2 * SKEW_MAX_S)
"""What failed so shortly before a recovery began may be missing in it: clocks are off, and the index lags."""


def check(world: World, people: People, records: dict[str, list[HistoryRecord]], *, is_calm: bool) -> None:
    """Raise `AssertionError` where something was left undone."""
    assert not world.observed.refused_loops, f"Lambda refused invocations as loops: {world.observed.refused_loops}"
    _recoveries_recovered(world, people, records)
    _the_deleted_were_purged(world, people)
    _owners_know_what_was_disabled(world, people)
    _nobody_owns_after_deletion(world)
    turnover.check(world)
    if is_calm:
        _in_calm_weather_owners_know_each_change(world, people)


def _recoveries_recovered(world: World, people: People, records: dict[str, list[HistoryRecord]]) -> None:
    for recovery_id, webhook_id in people.known.recoveries.items():
        recovery = world.recoveries.get(recovery_id)
        if recovery is None and webhook_id not in world.store.get_many([webhook_id]):
            continue  # it went with its webhook
        assert recovery is not None, "a recovery that was answered is there"
        assert recovery.state is not RecoveryState.RUNNING, "recoveries come to their end"
        if recovery.state is not RecoveryState.DONE or recovery.webhook_id not in records:
            continue
        made = {each.attempt.record_id for each in records[recovery.webhook_id]}
        for delivery_id in _recoverable(recovery, records[recovery.webhook_id], world.observed):
            assert recovery.record_id_of(delivery_id) in made, f"{recovery.only} of {delivery_id} was not recovered"


def _recoverable(recovery: Recovery, records: list[HistoryRecord], observed: Observed) -> list[str]:
    """Deliveries that the recovery had to enqueue, without any doubt."""
    by_delivery: defaultdict[str, list[HistoryRecord]] = defaultdict(list)
    for record in records:
        if record.attempt.trigger is not Trigger.TEST and recovery.covers(record.attempt.delivery_id):
            by_delivery[record.attempt.delivery_id].append(record)
    return [key for key, each in by_delivery.items() if _is_recoverable(recovery, each, observed)]


def _is_recoverable(recovery: Recovery, records: list[HistoryRecord], observed: Observed) -> bool:
    """All of it was over when the recovery began; and but for `all`, none succeeded, nor was one to be made soon."""
    started_at = recovery.started_at - _SETTLES
    own = recovery.record_id_of(records[0].attempt.delivery_id)
    others = [each for each in records if each.attempt.record_id != own]
    before = [each for each in others if each.created_at < recovery.started_at + _SETTLES]
    if not before or not all(_kept_at(each, observed) < started_at for each in before):
        return False
    if recovery.only is Wanted.ALL:
        return True
    return all(each.failure is not None and _is_followed(each, before, started_at) for each in before)


def _is_followed(record: HistoryRecord, among: list[HistoryRecord], started_at: datetime) -> bool:
    """Whether nothing more comes of a record by itself: it is the last, the next one was made, or was dropped long ago."""
    owed = record.next_attempt()
    is_made = owed is None or any(each.attempt.record_id == owed.record_id for each in among)
    return is_made or (record.next_attempt_at is not None and record.next_attempt_at < started_at - PENDING_GRACE)


def _kept_at(record: HistoryRecord, observed: Observed) -> datetime:
    return observed.last_kept_at[str(record.attempt.record_id)]


def _the_deleted_were_purged(world: World, people: People) -> None:
    """What was there when the webhook was deleted is gone; a request that was still out may leave its record, to expire."""
    for webhook_id in people.known.deleted:
        removed_at = world.observed.removed_at[webhook_id]
        left = [each for each in world.history.kept_of(webhook_id) if _kept_at(each, world.observed) < removed_at]
        assert not left, f"{len(left)} records of {webhook_id} were left by the purge"


def _nobody_owns_after_deletion(world: World) -> None:
    """Also no webhook that was made while its owner was being deleted."""
    for user_id in OWNERS:
        if world.directory.user(user_id) is None:
            assert not world.store.page(user_id, None, 1), f"user {user_id} is gone and owns a webhook"
    assert not world.directory.owner_notes(datetime.max.replace(tzinfo=UTC), 1), "what follows an owner came to its end"


def _owners_know_what_was_disabled(world: World, people: People) -> None:
    now = world.store.get_many([webhook.id for webhook in people.webhooks])
    for webhook_id, webhook in now.items():
        if webhook.disabled_reason is not None and webhook.disabled_reason not in REASONS_OF_OWNERS:
            assert Notice("webhookDisabled", webhook_id) in world.observed.notices, f"{webhook.name} went off unsaid"


def _in_calm_weather_owners_know_each_change(world: World, people: People) -> None:
    """Each time that a circuit opened or closed was notified once, unless the webhook went off at the same time."""
    now = world.store.get_many([webhook.id for webhook in people.webhooks])
    for webhook_id in [key for key, each in now.items() if each.is_live]:
        states = [Health(), *(health for _, health in world.observed.health.get(webhook_id, []))]
        was_open = [(old.probe_at is not None, new.probe_at is not None) for old, new in pairwise(states)]
        for kind, change in (("webhookFailing", (False, True)), ("webhookRecovered", (True, False))):
            told = world.observed.notices.count(Notice(kind, webhook_id))
            assert told == was_open.count(change), f"{was_open.count(change)} {kind} of {webhook_id}, {told} notified"
