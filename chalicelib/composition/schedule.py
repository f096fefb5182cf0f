"""The schedule function: a use case for each sweep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.composition.deferral import deferral
from chalicelib.composition.owners import owners
from chalicelib.composition.waiting import waiting
from chalicelib.delivery.due_sweep import DueSweep
from chalicelib.directory.owner_sweep import OwnerSweep

if TYPE_CHECKING:
    from chalicelib.composition.adapters import Adapters
    from chalicelib.delivery.waiting import Waiting
    from chalicelib.directory.owners import Owners
    from chalicelib.intake.deferral import Deferral
    from chalicelib.settings import Settings


@dataclass(frozen=True, eq=False, repr=False)
class Sweeps:
    """What runs each minute."""

    due_sweep: DueSweep
    deferral: Deferral
    waiting: Waiting
    owners: Owners
    owner_sweep: OwnerSweep


def sweeps(adapters: Adapters, settings: Settings) -> Sweeps:
    """All of them."""
    return Sweeps(
        due_sweep=due_sweep(adapters, settings),
        deferral=deferral(adapters, settings),
        waiting=waiting(adapters),
        owners=owners(adapters),
        owner_sweep=owner_sweep(adapters, settings),
    )


def due_sweep(adapters: Adapters, settings: Settings) -> DueSweep:
    """Enqueues the attempts that are due."""
    return DueSweep(
        history=adapters.history,
        store=adapters.webhooks,
        deliveries=adapters.deliveries,
        background=adapters.background,
        clock=adapters.clock,
        due_batch_max=settings.due_batch_max,
        sweep_s=settings.sweep_s,
    )


def owner_sweep(adapters: Adapters, settings: Settings) -> OwnerSweep:
    """Compares webhooks with their owners."""
    return OwnerSweep(
        directory=adapters.directory,
        store=adapters.webhooks,
        background=adapters.background,
        clock=adapters.clock,
        sweep_hours=settings.owner_sweep_hours,
        webhooks_max=settings.owner_sweep_webhooks_max,
    )
