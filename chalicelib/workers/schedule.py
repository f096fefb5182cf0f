"""The schedule worker: each minute, what is due, and work whose process died."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib.composition import process
from chalicelib.composition import schedule as composition

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(1, unit=Rate.MINUTES), name="schedule")
def schedule(event: CloudWatchEvent) -> dict[str, Any]:  # noqa: ARG001 - Chalice passes it
    """Sweep what is due, and continue work whose process died. If one sweep fails, the others still run."""
    made = process.current().made(composition.sweeps)
    sweeps: dict[str, Callable[[], int]] = {
        "swept": made.due_sweep.sweep,
        "notificationsSwept": made.deferral.sweep,
        "listsWoken": made.waiting.sweep,
        "purgesResumed": made.due_sweep.resume_purges,
        "ownersResumed": made.owners.resume,
        "ownersSwept": made.owner_sweep.sweep,
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


process.prepare(__name__, composition.sweeps)
