"""What the views ask the house for, so that a cold start can make it before the first request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.bootstrap import House


def parts(house: House) -> tuple[object, ...]:
    """All services that a view uses."""
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
