"""The notifications table: who works on what, and what was done.

Attributes of an entry: `pk` (`claim|` and the name), `sk` (`claim`), `holder`, `lease_until` and `accepted_at` (ISO texts),
`expires_at` (seconds; the table's TTL), `is_finished` (present once it is done).
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import values
from chalicelib.adapters.dynamodb.table import Condition, Table
from chalicelib.services.fields import Fields, moment
from chalicelib.services.ports import Claim, ClaimState

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.adapters.dynamodb.values import Item

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

    def take(self, name: str, holder: str, *, now: datetime, lease_s: float, keep_s: float, accepted_at: datetime) -> Claim:
        """Claim `name`: one write where it is free, taken or finished, two where a lease is taken over or renewed."""
        lease_until = moment(now + timedelta(seconds=lease_s))
        entry = values.item(
            {
                **_names(name),
                "holder": holder,
                "lease_until": lease_until,
                "accepted_at": moment(accepted_at),
                "expires_at": math.ceil(now.timestamp() + keep_s),
            }
        )
        try:
            self._table.put(entry, Condition(_IS_FREE, {":now": math.floor(now.timestamp())}))
        except ConditionFailed as failed:
            return self._join(name, holder, self._seen(name, failed.item), now, lease_until)
        return Claim(ClaimState.MINE, accepted_at)

    def finish(self, name: str) -> None:
        """Say that it is done; an entry that is gone meanwhile needs no word."""
        self._table.is_updated(_key(name), "SET #is_finished = :yes", {":yes": 1}, _IS_THERE)

    def _join(self, name: str, holder: str, seen: dict[str, Any], now: datetime, lease_until: str) -> Claim:
        """Somebody was there first: wait for them, or take over. One that is gone by now: look again later."""
        if not seen:
            return Claim(ClaimState.BUSY, now)
        accepted_at = Fields(seen).time("accepted_at")
        if "is_finished" in seen:
            return Claim(ClaimState.FINISHED, accepted_at)
        if seen["holder"] != holder and seen["lease_until"] > moment(now):
            return Claim(ClaimState.BUSY, accepted_at)
        is_as_seen = Condition(_IS_AS_SEEN, {":seen_holder": seen["holder"], ":seen_until": seen["lease_until"]})
        change = {":holder": holder, ":until": lease_until}
        is_mine = self._table.is_updated(_key(name), "SET #holder = :holder, #lease_until = :until", change, is_as_seen)
        return Claim(ClaimState.MINE if is_mine else ClaimState.BUSY, accepted_at)

    def _seen(self, name: str, item: Item | None) -> dict[str, Any]:
        """The entry that stood in the way: the failed write's answer has it, save in engines that leave it out."""
        return values.plain(item or self._table.get(_key(name)) or {})


def _key(name: str) -> Item:
    return values.item({**_names(name)})


def _names(name: str) -> dict[str, str]:
    return {"pk": f"claim|{name}", "sk": "claim"}
