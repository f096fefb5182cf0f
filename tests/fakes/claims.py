"""Claims in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.fanout.ports import Claim, ClaimState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.fanout.ports import Wish


@dataclass(frozen=True)
class _Entry:
    holder: str
    lease_until: datetime
    accepted_at: datetime
    expires_at: datetime
    content: str
    is_finished: bool = False


class FakeClaims:
    """Keeps one entry for each name."""

    def __init__(self) -> None:
        self._entries: dict[str, _Entry] = {}

    def take(self, wish: Wish, now: datetime) -> Claim:
        claim = self._reserved(wish, now)
        if claim.state is not ClaimState.BUSY:
            return claim
        entry = self._entries[wish.name]
        if entry.holder != wish.holder and entry.lease_until > now:
            return claim
        lease_until = now + timedelta(seconds=wish.lease_s)
        self._entries[wish.name] = replace(entry, holder=wish.holder, lease_until=lease_until)
        return Claim(ClaimState.MINE, entry.accepted_at)

    def reserve(self, wishes: Sequence[Wish], now: datetime) -> list[Claim]:
        return [self._reserved(wish, now) for wish in wishes]

    def finish(self, name: str) -> None:
        if name in self._entries:
            self._entries[name] = replace(self._entries[name], is_finished=True)

    def _reserved(self, wish: Wish, now: datetime) -> Claim:
        entry = self._entries.get(wish.name)
        if entry is None or entry.expires_at <= now:
            lease_until, expires_at = (now + timedelta(seconds=each) for each in (wish.lease_s, wish.keep_s))
            self._entries[wish.name] = _Entry(wish.holder, lease_until, wish.accepted_at, expires_at, wish.content)
            return Claim(ClaimState.MINE, wish.accepted_at)
        if entry.content and entry.content != wish.content:
            return Claim(ClaimState.OTHER, entry.accepted_at)
        return Claim(ClaimState.FINISHED if entry.is_finished else ClaimState.BUSY, entry.accepted_at)
