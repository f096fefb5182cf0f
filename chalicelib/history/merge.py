"""A page of several webhooks' records, newest first, merged from a page of each.

A record can be taken if no webhook has unread records that could be newer. If the limit of reads is reached, the page ends
at the newest frontier: all records above it are on the page, so none is lost and the next page continues.

Memory is limited: of records above the limit only the position is kept, and those that come on the page are read again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from chalicelib import concurrency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.history.filters import HistoryFilter
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.ids import RecordId
    from chalicelib.history.ports import HistoryStore

_READS_MAX: Final = 50
"""Reads for one page, besides each webhook's first. With a filter that drops much, a page is short and has a next one."""
_READERS: Final = 8
_READ_MAX: Final = 25
"""Records of one read, if several webhooks are read at once: a record takes up to 1 MB of memory."""
_HELD_BYTES_MAX: Final = 32_000_000
"""Bytes of records that wait to be taken."""
_NEWEST: Final = "~"
"""Sorts after every sort key."""


class _Found(NamedTuple):
    """A record in its position; ``None`` if it must be read again."""

    record_id: RecordId
    weight: int
    record: HistoryRecord | None


@dataclass(slots=True)
class _Stream:
    """One webhook's records, newest first, read when they are needed.

    `frontier` is the sort key down to which it has been read, ``None`` if there is nothing left to read.
    """

    webhook_id: str
    frontier: str | None
    buffer: list[_Found] = field(default_factory=list)

    @property
    def needs_reading(self) -> bool:
        return not self.buffer and self.frontier is not None


class Merge:
    """One page.

    Args:
        history: the store.
        wanted: the filters.
        limit: records of the page.
        bytes_max: bytes after which it ends early; ``None`` if only `limit` ends it.

    """

    def __init__(self, history: HistoryStore, wanted: HistoryFilter, limit: int, bytes_max: int | None) -> None:
        self._history = history
        self._wanted = wanted
        self._limit = limit
        self._bytes_max = bytes_max

    def page(self, webhook_ids: Sequence[str], before: str | None) -> tuple[list[HistoryRecord], str | None]:
        """The records, and the sort key after which to continue."""
        streams = [_Stream(webhook_id, before or _NEWEST) for webhook_id in webhook_ids]
        found, rest = self._merged(streams)
        return self._whole(found), rest

    def _merged(self, streams: list[_Stream]) -> tuple[list[_Found], str | None]:
        held = _HELD_BYTES_MAX // max(len(streams), 1)
        size = self._size(len(streams))
        self._read(streams, size, held)
        given: list[_Found] = []
        room_bytes, reads = self._bytes_max, _READS_MAX
        while len(given) < self._limit and (room_bytes is None or room_bytes > 0):
            dry = [stream for stream in streams if stream.needs_reading]
            if dry and reads > 0:
                self._read(dry[:reads], size, held)
                reads -= len(dry[:reads])
                continue
            floor = max((stream.frontier or "" for stream in dry), default="")
            full = [stream for stream in streams if stream.buffer and stream.buffer[0].record_id.sort >= floor]
            if not full:
                return given, floor or None
            newest = max(full, key=lambda stream: stream.buffer[0].record_id.sort)
            given.append(newest.buffer.pop(0))
            room_bytes = None if room_bytes is None else room_bytes - given[-1].weight
        has_more = any(stream.buffer or stream.frontier is not None for stream in streams)
        return given, given[-1].record_id.sort if has_more else None

    def _size(self, streams: int) -> int:
        """Records of one read: about twice what the page needs of each webhook."""
        if streams <= 1:
            return self._limit + 1
        return max(2, min(2 * self._limit // streams, self._limit + 1, _READ_MAX))

    def _read(self, streams: list[_Stream], size: int, held_bytes_max: int) -> None:
        """Continue several streams at once. Each keeps its share of the bytes."""

        def read(stream: _Stream) -> None:
            before = None if stream.frontier == _NEWEST else stream.frontier
            records, stream.frontier = self._history.page(stream.webhook_id, before, self._wanted, size)
            stream.buffer = _held(records, held_bytes_max)

        concurrency.run(read, streams)

    def _whole(self, found: Sequence[_Found]) -> list[HistoryRecord]:
        """The complete records. A record that was deleted in the meantime is left out."""
        missing = {each.record_id for each in found if each.record is None}
        again = self._history.get_many(missing) if missing else {}
        records = [each.record or again.get(each.record_id) for each in found]
        return [each for each in records if each is not None]


def weight(found: HistoryRecord) -> int:
    """The minimum size of a record in a response, in bytes."""
    answer = found.exchange.response
    return len(found.exchange.request.body) + (answer.size_bytes if answer is not None else 0)


def _held(records: Sequence[HistoryRecord], bytes_max: int) -> list[_Found]:
    """The newest records complete, and the positions of the others."""
    found: list[_Found] = []
    for record in records:
        size = weight(record)
        bytes_max -= size
        found.append(_Found(record.attempt.record_id, size, record if bytes_max >= 0 else None))
    return found
