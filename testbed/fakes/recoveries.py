"""Recoveries in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from testbed.fakes.directory import FakeDirectory

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.history.recovery import Recovery


class FakeRecoveries:
    """Keeps recoveries, which are immutable, and the deliveries that are settled in each."""

    def __init__(self, directory: FakeDirectory | None = None) -> None:
        self._directory = directory or FakeDirectory()
        self._recoveries: dict[str, Recovery] = {}
        self._marks: dict[str, set[str]] = {}
        self._latest: dict[str, str] = {}

    def latest(self, webhook_id: str) -> str | None:
        return self._latest.get(webhook_id)

    def create(self, recovery: Recovery, latest: str | None, held: Sequence[Standing] = ()) -> bool:
        self._directory.require(held)
        if self._latest.get(recovery.webhook_id) != latest:
            return False
        self._latest[recovery.webhook_id] = recovery.id
        self._recoveries[recovery.id] = recovery
        return True

    def page(self, webhook_id: str, before: str | None, limit: int) -> list[Recovery]:
        own = [each for each in self._recoveries.values() if each.webhook_id == webhook_id]
        wanted = [each for each in own if before is None or each.id < before]
        return sorted(wanted, key=lambda each: each.id, reverse=True)[:limit]

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

    def purge(self, webhook_id: str, limit: int) -> int:
        """Remove up to `limit` items. A recovery has one of its own, one in its webhook's list, one for each mark."""
        removed = 0
        for each in sorted(known.id for known in self._recoveries.values() if known.webhook_id == webhook_id):
            marks = sorted(self._marks.get(each, set()))[: limit - removed]
            self._marks.setdefault(each, set()).difference_update(marks)
            removed += len(marks)
            if limit - removed < len(("its own", "its webhook's")):
                return removed
            del self._recoveries[each]
            removed += 2
        if removed < limit and self._latest.pop(webhook_id, None) is not None:
            removed += 1
        return removed
