"""Claims in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.services.ports import Claim, ClaimState

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class _Entry:
    holder: str
    lease_until: datetime
    accepted_at: datetime
    expires_at: datetime
    is_finished: bool = False


class FakeClaims:
    """Keeps one entry for each name."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def take(self, name: str, holder: str, *, now: datetime, lease_s: float, keep_s: float, accepted_at: datetime) -> Claim:
        lease_until = now + timedelta(seconds=lease_s)
        entry = self._entries.get(name)
        if entry is None or entry.expires_at <= now:
            self._entries[name] = _Entry(holder, lease_until, accepted_at, now + timedelta(seconds=keep_s))
            return Claim(ClaimState.MINE, accepted_at)
        if entry.is_finished:
            return Claim(ClaimState.FINISHED, entry.accepted_at)
        if entry.holder != holder and entry.lease_until > now:
            return Claim(ClaimState.BUSY, entry.accepted_at)
        self._entries[name] = replace(entry, holder=holder, lease_until=lease_until)
        return Claim(ClaimState.MINE, entry.accepted_at)

    def finish(self, name: str) -> None:
        if name in self._entries:
            self._entries[name] = replace(self._entries[name], is_finished=True)
