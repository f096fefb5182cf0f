"""The background function: a use case for each kind of task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.composition.attempts import health_policy, record_keeper
from chalicelib.composition.catalogue import catalogue
from chalicelib.composition.owners import owners
from chalicelib.delivery.release import Release
from chalicelib.history.purge import Purge
from chalicelib.history.recoverer import Recoverer

if TYPE_CHECKING:
    from chalicelib.composition.adapters import Adapters
    from chalicelib.delivery.record_keeper import RecordKeeper
    from chalicelib.directory.owners import Owners
    from chalicelib.settings import Settings


@dataclass(frozen=True, eq=False, repr=False)
class Steps:
    """What does a step of a task."""

    purge: Purge
    recoverer: Recoverer
    keeper: RecordKeeper
    release: Release
    owners: Owners


def steps(adapters: Adapters, settings: Settings) -> Steps:
    """All of them."""
    return Steps(
        purge=purge(adapters, settings),
        recoverer=recoverer(adapters, settings),
        keeper=record_keeper(adapters),
        release=release(adapters, settings),
        owners=owners(adapters),
    )


def purge(adapters: Adapters, settings: Settings) -> Purge:
    """Removes what a deleted webhook leaves."""
    return Purge(
        history=adapters.history,
        stats=adapters.stats,
        store=adapters.webhooks,
        waiting=adapters.waiting,
        recoveries=adapters.recoveries,
        background=adapters.background,
        clock=adapters.clock,
        purge_s=settings.purge_s,
    )


def recoverer(adapters: Adapters, settings: Settings) -> Recoverer:
    """Does the recoveries that the API has started."""
    return Recoverer(
        recoveries=adapters.recoveries,
        history=adapters.history,
        held=adapters.held,
        store=adapters.webhooks,
        directory=adapters.directory,
        deliveries=adapters.deliveries,
        background=adapters.background,
        catalogue=catalogue(adapters, settings),
        clock=adapters.clock,
        page_max=settings.recovery_page_max,
        recovery_s=settings.recovery_s,
        notification_days=settings.notification_days,
    )


def release(adapters: Adapters, settings: Settings) -> Release:
    """Sends the deliveries that have waited."""
    return Release(
        waiting=adapters.waiting,
        store=adapters.webhooks,
        deliveries=adapters.deliveries,
        background=adapters.background,
        clock=adapters.clock,
        policy=health_policy(settings),
        release_s=settings.release_s,
    )
