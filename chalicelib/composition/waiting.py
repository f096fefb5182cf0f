"""Deliveries that wait in the table: held by the deliver worker, woken by the schedule and by edits of webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.delivery.waiting import Waiting

if TYPE_CHECKING:
    from chalicelib.composition.adapters import Adapters


def waiting(adapters: Adapters) -> Waiting:
    """What holds deliveries and wakes them."""
    return Waiting(store=adapters.waiting, background=adapters.background, clock=adapters.clock)
