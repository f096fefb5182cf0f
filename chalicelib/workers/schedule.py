"""The schedule worker: each minute, what is due, and what a dead process left behind."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint, CloudWatchEvent, Rate

from chalicelib import bootstrap

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(1, unit=Rate.MINUTES), name="schedule")
def schedule(event: CloudWatchEvent) -> dict[str, Any]:  # noqa: ARG001 - Chalice passes it
    """Sweep the due index, and resume the purges that nobody works on."""
    sweep = bootstrap.house().due_sweep
    try:
        swept = sweep.sweep()
    finally:  # one that fails is no reason for the other to wait
        resumed = sweep.resume_purges()
    return {"swept": swept, "purgesResumed": resumed}
