"""The schedule worker: each minute, what is due, and work whose process died."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib import bootstrap, cold_start

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(1, unit=Rate.MINUTES), name="schedule")
def schedule(event: CloudWatchEvent) -> dict[str, Any]:  # noqa: ARG001 - Chalice passes it
    """Sweep what is due, and continue work whose process died. If one sweep fails, the others still run."""
    rooms = bootstrap.house()
    sweeps: dict[str, Callable[[], int]] = {
        "swept": rooms.due_sweep.sweep,
        "notificationsSwept": rooms.deferral.sweep,
        "listsWoken": rooms.waiting.sweep,
        "purgesResumed": rooms.due_sweep.resume_purges,
        "ownersResumed": rooms.owners.resume,
        "ownersSwept": rooms.owner_sweep.sweep,
    }
    done: dict[str, int] = {}
    failures: list[Exception] = []
    for name, sweep in sweeps.items():
        try:
            done[name] = sweep()
        except Exception as error:
            log.exception("sweep.failed", extra={"sweep": name})
            failures.append(error)
    if failures:
        raise failures[0]
    return done


cold_start.prepare(__name__, lambda house: (house.due_sweep, house.deferral, house.waiting, house.owners, house.owner_sweep))
