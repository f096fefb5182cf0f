"""Claims in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.intake.ports import Claim, ClaimState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.intake.ports import ClaimRequest


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

    def take(self, request: ClaimRequest, now: datetime) -> Claim:
        claim = self._reserved(request, now)
        if claim.state is not ClaimState.BUSY:
            return claim
        entry = self._entries[request.name]
        if entry.holder != request.holder and entry.lease_until > now:
            return claim
        lease_until = now + timedelta(seconds=request.lease_s)
        self._entries[request.name] = replace(entry, holder=request.holder, lease_until=lease_until)
        return Claim(ClaimState.MINE, entry.accepted_at)

    def reserve(self, requests: Sequence[ClaimRequest], now: datetime) -> list[Claim]:
        return [self._reserved(request, now) for request in requests]

    def finish(self, name: str) -> None:
        if name in self._entries:
            self._entries[name] = replace(self._entries[name], is_finished=True)

    def _reserved(self, request: ClaimRequest, now: datetime) -> Claim:
        entry = self._entries.get(request.name)
        if entry is None or entry.expires_at <= now:
            lease_until, expires_at = (now + timedelta(seconds=each) for each in (request.lease_s, request.keep_s))
            self._entries[request.name] = _Entry(
                request.holder, lease_until, request.accepted_at, expires_at, request.content
            )
            return Claim(ClaimState.MINE, request.accepted_at)
        if entry.content and entry.content != request.content:
            return Claim(ClaimState.OTHER, entry.accepted_at)
        return Claim(ClaimState.FINISHED if entry.is_finished else ClaimState.BUSY, entry.accepted_at)
