"""Claims in the notifications table: which worker has a name, and which names are finished.

The key is `pk` (`claim|` and the name) and `sk` (`claim`).
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from chalicelib import concurrency
from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb.stored import Key, Stored
from chalicelib.adapters.dynamodb.table import Condition, Table
from chalicelib.intake.ports import Claim, ClaimState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item, Value
    from chalicelib.intake.ports import ClaimRequest

_IS_FREE: Final = "attribute_not_exists(#pk) OR #expires_at <= :now"
_IS_AS_SEEN: Final = "#holder = :seen_holder AND #lease_until = :seen_until AND attribute_not_exists(#is_finished)"
_IS_THERE: Final = Condition("attribute_exists(#pk)")


class Entry(Stored, frozen=True):
    """A claim: the worker that holds a name until its lease ends, or that the work is finished.

    `expires_at` (seconds) is the table's TTL. `content` is a digest, if the name may mean several things.
    """

    holder: str
    lease_until: datetime
    accepted_at: datetime
    expires_at: int
    content: str | None = None
    is_finished: bool = False


class DynamoClaims:
    """Claims as conditional writes.

    Workers that claim the same name; each arrow is a write, made only if its condition holds::

        A: is free ─▶ A holds it until t+lease … crashes
        B:    is it free? no: BUSY … t+lease … is it free? no, but the lease is over:
        B:                                     is it still A's, as I saw it? ─▶ B holds it, A's `accepted_at` stays
        C:                                     is it still A's, as I saw it? no: BUSY
        A wakes up and finishes: the work is done, so nobody does it again, no matter which worker finished it
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def take(self, request: ClaimRequest, now: datetime) -> Claim:
        """Claim a name: one write if it is free, claimed or finished; two if a lease is taken over or renewed."""
        found = self._put(request, now)
        return found if isinstance(found, Claim) else self._join(request, found, now)

    def reserve(self, requests: Sequence[ClaimRequest], now: datetime) -> list[Claim]:
        """Claim the names that are free: one write each, in parallel."""
        return concurrency.run(lambda request: self._reserved(request, now), requests)

    def finish(self, name: str) -> None:
        """Mark a claim as finished. If its entry has expired, nothing is written."""
        self._table.is_updated(_key(name), "SET #is_finished = :yes", {":yes": True}, _IS_THERE)

    def _reserved(self, request: ClaimRequest, now: datetime) -> Claim:
        found = self._put(request, now)
        return found if isinstance(found, Claim) else Claim(ClaimState.BUSY, found.accepted_at)

    def _put(self, request: ClaimRequest, now: datetime) -> Claim | Entry:
        """Write the entry. If there is one already, return its claim, or the entry if the claim depends on its lease."""
        entry = Entry(
            holder=request.holder,
            lease_until=now + timedelta(seconds=request.lease_s),
            accepted_at=request.accepted_at,
            expires_at=math.ceil(now.timestamp() + request.keep_s),
            content=request.content or None,
        )
        key = _key(request.name)
        try:
            self._table.put(key | entry.to_item(), Condition(_IS_FREE, {":now": math.floor(now.timestamp())}))
        except ConditionFailed as failed:
            seen = failed.item or self._table.get(key)  # some emulators leave the entry out
            return _known(request, Entry.of(seen)) if seen else Claim(ClaimState.BUSY, now)  # it has expired since
        return Claim(ClaimState.MINE, request.accepted_at)

    def _join(self, request: ClaimRequest, seen: Entry, now: datetime) -> Claim:
        """Another worker has the claim: wait, or take it over if its lease is over."""
        if seen.holder != request.holder and seen.lease_until > now:
            return Claim(ClaimState.BUSY, seen.accepted_at)
        is_as_seen = Condition(_IS_AS_SEEN, {":seen_holder": seen.holder, ":seen_until": seen.lease_until})
        change: dict[str, Value] = {":holder": request.holder, ":until": now + timedelta(seconds=request.lease_s)}
        is_mine = self._table.is_updated(
            _key(request.name), "SET #holder = :holder, #lease_until = :until", change, is_as_seen
        )
        return Claim(ClaimState.MINE if is_mine else ClaimState.BUSY, seen.accepted_at)


def _known(request: ClaimRequest, seen: Entry) -> Claim | Entry:
    """The claim if it does not depend on the lease: the content differs, or the work is finished. Otherwise the entry."""
    if seen.content is not None and seen.content != request.content:
        return Claim(ClaimState.OTHER, seen.accepted_at)
    return Claim(ClaimState.FINISHED, seen.accepted_at) if seen.is_finished else seen


def _key(name: str) -> Item:
    return Key(pk=f"claim|{name}", sk="claim").to_item()
