"""The services that views use. A cold start creates them before the first request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.bootstrap import House


def parts(house: House) -> tuple[object, ...]:
    """All services that views use."""
    return (
        house.auditor,
        house.callers,
        house.catalogue,
        house.directory,
        house.editor,
        house.history,
        house.intake,
        house.keys,
        house.notification_types,
        house.previewer,
        house.queues,
        house.rate_limiter,
        house.recoveries,
        house.stats,
        house.trial,
        house.webhooks,
    )
