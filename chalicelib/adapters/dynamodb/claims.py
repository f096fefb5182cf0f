"""The notifications table: who works on what, and what was done.

Attributes of an entry: `pk` (`claim|` and the name), `sk` (`claim`), `holder`, `lease_until` and `accepted_at` (ISO texts),
`expires_at` (seconds; the table's TTL), `content` (a digest, where the name may stand for several things), `is_finished`
(present once it is done).
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from chalicelib import concurrency
from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import values
from chalicelib.adapters.dynamodb.table import Condition, Table
from chalicelib.codec.fields import Fields, moment
from chalicelib.intake.ports import Claim, ClaimState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item
    from chalicelib.intake.ports import ClaimRequest

_IS_FREE: Final = "attribute_not_exists(#pk) OR #expires_at <= :now"
_IS_AS_SEEN: Final = "#holder = :seen_holder AND #lease_until = :seen_until AND attribute_not_exists(#is_finished)"
_IS_THERE: Final = Condition("attribute_exists(#pk)")


class DynamoClaims:
    """Claims as conditional writes.

    Two workers and one name; each arrow is a write, made only if its condition holds::

        A: is free ─▶ A holds it until t+lease … crashes
        B:    is it free? no: BUSY … t+lease … is it free? no, but the lease is over:
        B:                                     is it still A's, as I saw it? ─▶ B holds it, A's `accepted_at` stays
        C:                                     is it still A's, as I saw it? no: BUSY
        A wakes up and finishes: the work is done, and whoever finished it, nobody is to do it again
    """

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def take(self, request: ClaimRequest, now: datetime) -> Claim:
        """Claim a name: one write where it is free, taken or finished, two where a lease is taken over or renewed."""
        seen = self._in_the_way(request, now)
        return Claim(ClaimState.MINE, request.accepted_at) if seen is None else self._join(request, seen, now)

    def reserve(self, requests: Sequence[ClaimRequest], now: datetime) -> list[Claim]:
        """Claim names that are free; one write each, several at once."""
        return concurrency.run(lambda request: self._reserved(request, now), requests)

    def finish(self, name: str) -> None:
        """Say that it is done; an entry that is gone meanwhile needs no word."""
        self._table.is_updated(_key(name), "SET #is_finished = :yes", {":yes": 1}, _IS_THERE)

    def _reserved(self, request: ClaimRequest, now: datetime) -> Claim:
        seen = self._in_the_way(request, now)
        if seen is None:
            return Claim(ClaimState.MINE, request.accepted_at)
        return _known(request, seen) or Claim(ClaimState.BUSY, Fields(seen).time("accepted_at") if seen else now)

    def _in_the_way(self, request: ClaimRequest, now: datetime) -> dict[str, Any] | None:
        """Write the entry; return the one that stood in the way, empty if it is gone by now, ``None`` if it was written."""
        entry = values.item(
            {
                **_names(request.name),
                "holder": request.holder,
                "lease_until": moment(now + timedelta(seconds=request.lease_s)),
                "accepted_at": moment(request.accepted_at),
                "expires_at": math.ceil(now.timestamp() + request.keep_s),
                "content": request.content or None,
            }
        )
        try:
            self._table.put(entry, Condition(_IS_FREE, {":now": math.floor(now.timestamp())}))
        except ConditionFailed as failed:
            return self._seen(request.name, failed.item)
        return None

    def _join(self, request: ClaimRequest, seen: dict[str, Any], now: datetime) -> Claim:
        """Somebody was there first: wait for them, or take over. One that is gone by now: look again later."""
        if not seen:
            return Claim(ClaimState.BUSY, now)
        if (known := _known(request, seen)) is not None:
            return known
        accepted_at = Fields(seen).time("accepted_at")
        if seen["holder"] != request.holder and seen["lease_until"] > moment(now):
            return Claim(ClaimState.BUSY, accepted_at)
        is_as_seen = Condition(_IS_AS_SEEN, {":seen_holder": seen["holder"], ":seen_until": seen["lease_until"]})
        change = {":holder": request.holder, ":until": moment(now + timedelta(seconds=request.lease_s))}
        is_mine = self._table.is_updated(
            _key(request.name), "SET #holder = :holder, #lease_until = :until", change, is_as_seen
        )
        return Claim(ClaimState.MINE if is_mine else ClaimState.BUSY, accepted_at)

    def _seen(self, name: str, item: Item | None) -> dict[str, Any]:
        """The entry that stood in the way: the failed write's answer has it, save in engines that leave it out."""
        return values.plain(item or self._table.get(_key(name)) or {})


def _known(request: ClaimRequest, seen: dict[str, Any]) -> Claim | None:
    """What is certain whoever holds the entry: that it stands for something else, or that it is done."""
    if not seen:
        return None
    accepted_at = Fields(seen).time("accepted_at")
    if seen.get("content", request.content) != request.content:
        return Claim(ClaimState.OTHER, accepted_at)
    return Claim(ClaimState.FINISHED, accepted_at) if "is_finished" in seen else None


def _key(name: str) -> Item:
    return values.item({**_names(name)})


def _names(name: str) -> dict[str, str]:
    return {"pk": f"claim|{name}", "sk": "claim"}
