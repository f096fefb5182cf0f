"""The audit log, in the directory table: one partition per month."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.dynamodb.bounds import HIGHEST, lowest_from
from chalicelib.adapters.dynamodb.stored import Key, SortKey
from chalicelib.adapters.dynamodb.table import Query, Table
from chalicelib.codec.codec import Codec
from chalicelib.domain import ids
from chalicelib.domain.directory.audit import AuditEntry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.access.ports import AuditFilter
    from chalicelib.adapters.dynamodb.values import Value
    from chalicelib.ports import Clock

_READS_MAX: Final = 20
"""Requests for one page. An audit is rarely kept for that many months, so few pages are cut short."""
_FILTERED_READ: Final = 500
"""Lines that one request reads if a filter may drop most of them."""


class Line(Key, frozen=True):
    """A line: ``audit|2026-03`` and the sortable part of its id. `expires_at` (seconds) is the table's TTL."""

    line: str
    expires_at: int
    webhook_id: str | None = None


_CODEC: Final = Codec(aside={AuditEntry: {"part": "", "webhook_id": None}})


class DynamoAudit:
    """The audit log as items of the directory table."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock, audit_days: int) -> None:
        self._table = Table(client, table)
        self._clock = clock
        self._kept_for = timedelta(days=audit_days)

    def write(self, entry: AuditEntry) -> None:
        """Store a line. It expires after `audit_days`."""
        line = Line(
            pk=_partition(entry.at),
            sk=entry.part,
            webhook_id=entry.webhook_id,
            line=_CODEC.to_text(entry),
            expires_at=int((entry.at + self._kept_for).timestamp()),
        )
        self._table.put(line.to_item())

    def page(self, before: str | None, wanted: AuditFilter, limit: int) -> tuple[list[AuditEntry], str | None]:
        """Lines newest first. It reads month by month, backwards."""
        oldest = self._clock.now() - self._kept_for
        since = oldest if wanted.since is None else max(wanted.since, oldest)
        low, high = lowest_from(since), HIGHEST if wanted.until is None else lowest_from(wanted.until)
        high = min(high, before or HIGHEST)
        month = _month_of(self._clock.now() if high == HIGHEST else min(ids.time_of(high), self._clock.now()))
        found: list[AuditEntry] = []
        for _ in range(_READS_MAX):
            if high <= low or month < _month_of(since):
                return found, None
            page = self._table.page(_query(month, low, high, wanted), _size(wanted, limit + 1))
            found += [_decode(line) for line in map(Line.of, page.items) if line.sk < high]
            if len(found) > limit:
                return found[:limit], found[limit - 1].part
            if page.last_key is None:
                high, month = min(high, ids.floor_at(month)), _month_of(month - timedelta(days=1))
            else:
                high = SortKey.of(page.last_key).sk
        return found, high


def _partition(at: datetime) -> str:
    return f"audit|{at.astimezone(UTC):%Y-%m}"


def _month_of(at: datetime) -> datetime:
    return datetime(at.year, at.month, 1, tzinfo=UTC)


def _query(month: datetime, low: str, high: str, wanted: AuditFilter) -> Query:
    given: dict[str, Value] = {":pk": _partition(month), ":low": low, ":high": high}
    if wanted.webhook_id is not None:
        given[":webhook_id"] = wanted.webhook_id
    return Query(
        key="#pk = :pk AND #sk BETWEEN :low AND :high",
        values=given,
        wanted=None if wanted.webhook_id is None else "#webhook_id = :webhook_id",
        is_forward=False,
        is_consistent=True,
    )


def _size(wanted: AuditFilter, count: int) -> int:
    """The number of lines to read: one more than `count`, since the range includes the last line of the page before."""
    return count + 1 if wanted.webhook_id is None else max(count + 1, _FILTERED_READ)


def _decode(line: Line) -> AuditEntry:
    return replace(_CODEC.from_json(AuditEntry, line.line), part=line.sk, webhook_id=line.webhook_id)
