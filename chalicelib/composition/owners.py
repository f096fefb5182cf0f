"""What changes of users mean for their webhooks: done by the background worker, resumed by the schedule worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.composition.audit import auditor
from chalicelib.composition.removal import removal
from chalicelib.directory.owners import Owners

if TYPE_CHECKING:
    from chalicelib.composition.adapters import Adapters


def owners(adapters: Adapters) -> Owners:
    """The service that updates webhooks when their owners change."""
    return Owners(
        directory=adapters.directory,
        store=adapters.webhooks,
        removal=removal(adapters),
        background=adapters.background,
        clock=adapters.clock,
        audit=auditor(adapters),
    )
