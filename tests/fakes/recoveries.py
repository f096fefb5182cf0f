"""Recoveries in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from chalicelib.domain.recovery import Recovery


class FakeRecoveries:
    """Keeps recoveries, which nobody can change after handing them in, and what is settled in each."""

    def __init__(self) -> None:
        self._recoveries: dict[str, Recovery] = {}
        self._marks: dict[str, set[str]] = {}

    def create(self, recovery: Recovery) -> None:
        self._recoveries[recovery.id] = recovery

    def get(self, recovery_id: str) -> Recovery | None:
        return self._recoveries.get(recovery_id)

    def advance(self, old: Recovery, new: Recovery) -> bool:
        kept = self._recoveries.get(old.id)
        if kept is None or kept.version != old.version:
            return False
        self._recoveries[old.id] = new
        return True

    def mark(self, recovery: Recovery, delivery_ids: Collection[str]) -> None:
        self._marks.setdefault(recovery.id, set()).update(delivery_ids)

    def marked(self, recovery: Recovery, delivery_ids: Collection[str]) -> set[str]:
        return self._marks.get(recovery.id, set()) & set(delivery_ids)
