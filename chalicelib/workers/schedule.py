"""The schedule worker: each minute, what is due, and what a dead process left behind."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib import bootstrap, cold_start

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(1, unit=Rate.MINUTES), name="schedule")
def schedule(event: CloudWatchEvent) -> dict[str, Any]:  # noqa: ARG001 - Chalice passes it
    """Sweep the due index and the scheduled notifications, and resume the purges that nobody works on."""
    rooms = bootstrap.house()
    try:
        swept = rooms.due_sweep.sweep()
    finally:  # one that fails is no reason for the others to wait
        try:
            notifications = rooms.deferral.sweep()
        finally:
            try:
                woken = rooms.waiting.sweep()
            finally:
                resumed = rooms.due_sweep.resume_purges()
    return {"swept": swept, "notificationsSwept": notifications, "listsWoken": woken, "purgesResumed": resumed}


cold_start.prepare(__name__, lambda house: (house.due_sweep, house.deferral, house.waiting))
