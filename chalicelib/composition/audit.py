"""The audit: of the API, and of the workers that change webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.access.audit import Auditor

if TYPE_CHECKING:
    from chalicelib.composition.adapters import Adapters


def auditor(adapters: Adapters) -> Auditor:
    """What writes and reads the audit."""
    return Auditor(lines=adapters.audit, clock=adapters.clock, entropy=adapters.entropy)
