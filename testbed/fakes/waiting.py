"""Waiting deliveries in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.codec.messages import attempt_from_text, attempt_to_bytes
from chalicelib.delivery.ports import WaitingList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.delivery.attempt import PendingAttempt

_Key = tuple[str, str, int]


class FakeWaiting:
    """Keeps attempts as text, by webhook."""

    def __init__(self) -> None:
        self._attempts: dict[str, dict[_Key, bytes]] = {}
        self._lists: dict[str, WaitingList] = {}

    def hold(self, attempts: Sequence[PendingAttempt], wake_at: Mapping[str, datetime], window: int) -> set[str]:
        for each in attempts:
            self._attempts.setdefault(each.webhook_id, {})[_key(each)] = attempt_to_bytes(each)
        fresh = {webhook_id for webhook_id in wake_at if webhook_id not in self._lists}
        for webhook_id, at in wake_at.items():
            known = self._lists.get(webhook_id, WaitingList(webhook_id, at, window, 0, 0))
            self._lists[webhook_id] = replace(known, holds=known.holds + 1)
        return fresh

    def list_of(self, webhook_id: str) -> WaitingList | None:
        return self._lists.get(webhook_id)

    def oldest(self, webhook_id: str, limit: int) -> list[PendingAttempt]:
        kept = self._attempts.get(webhook_id, {})
        return [attempt_from_text(kept[key]) for key in sorted(kept)[:limit]]

    def remove(self, attempts: Sequence[PendingAttempt]) -> None:
        for each in attempts:
            self._attempts.get(each.webhook_id, {}).pop(_key(each), None)

    def due(self, by: datetime, limit: int) -> list[str]:
        due = sorted((each.wake_at, each.webhook_id) for each in self._lists.values() if each.wake_at <= by)
        return [webhook_id for _, webhook_id in due[:limit]]

    def move(self, old: WaitingList, wake_at: datetime, window: int) -> WaitingList | None:
        known = self._lists.get(old.webhook_id)
        if known is None or known.version != old.version:
            return None
        self._lists[old.webhook_id] = replace(known, wake_at=wake_at, window=window, version=old.version + 1)
        return replace(old, wake_at=wake_at, window=window, version=old.version + 1)

    def wake(self, webhook_id: str, at: datetime) -> bool:
        known = self._lists.get(webhook_id)
        if known is not None:
            self._lists[webhook_id] = replace(known, wake_at=at, version=known.version + 1)
        return known is not None

    def close(self, old: WaitingList) -> bool:
        known = self._lists.get(old.webhook_id)
        if known is None or (known.version, known.holds) != (old.version, old.holds):
            return False
        del self._lists[old.webhook_id]
        return True

    def forget(self, webhook_id: str, delivery_id: str) -> None:
        kept = self._attempts.get(webhook_id, {})
        self._attempts[webhook_id] = {key: text for key, text in kept.items() if key[0] != delivery_id}

    def purge(self, webhook_id: str, limit: int) -> int:
        kept = self._attempts.get(webhook_id, {})
        gone = sorted(kept)[:limit]
        for key in gone:
            del kept[key]
        if len(gone) < limit:
            self._lists.pop(webhook_id, None)
        return len(gone)


def _key(attempt: PendingAttempt) -> _Key:
    return attempt.delivery_id, attempt.record_id.sort, attempt.hops.count
