"""How a webhook did, hour by hour: counts, and response times as histograms that can be added up.

A histogram's buckets grow by a constant factor g, as in DDSketch (doi.org/10.14778/3352063.3352135): bucket *i* holds the
values in (g^(i-1), g^i], and 2g^i/(g+1) stands for all of them. With g = (1+e)/(1-e) it is off by e at the most.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from chalicelib.domain.delivery.attempt import FailureCause

if TYPE_CHECKING:
    from collections.abc import Iterable

ERROR_MAX: Final = 0.04
"""The most by which a percentile is off, as a share of it."""
_GROWTH: Final = (1 + ERROR_MAX) / (1 - ERROR_MAX)
_LOG_GROWTH: Final = math.log(_GROWTH)
_ZERO: Final = -1
"""The bucket of what took no time at all; a millisecond is in bucket 0."""
HOUR: Final = timedelta(hours=1)
CLOSED_AFTER: Final = HOUR
"""Grace: most attempts that were queued in an hour have their record so long after its end."""
SETTLED_AFTER: Final = timedelta(hours=25)
"""An hour that was counted before this is counted once more: attempts may have waited for a circuit, or for a rate limit."""
_ANSWERED: Final = frozenset({None, FailureCause.STATUS, FailureCause.GONE})
"""Causes, and success, whose duration is a time of response: an answer came."""


class Measure(NamedTuple):
    """What the stats need of a record."""

    sort: str
    at: datetime
    failure: FailureCause | None
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """Whole milliseconds, counted by bucket."""

    counts: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, durations_ms: Iterable[int]) -> Histogram:
        """Count values."""
        return cls(dict(Counter(map(_bucket, durations_ms))))

    def __add__(self, other: Histogram) -> Histogram:
        """Both together: the same as if all values had been counted in one."""
        return Histogram(dict(Counter(self.counts) + Counter(other.counts)))

    def quantile(self, share: float) -> float | None:
        """The value that `share` of all do not exceed (the nearest rank), `ERROR_MAX` off; ``None`` of nothing."""
        rank = max(1, math.ceil(share * sum(self.counts.values())))
        for bucket, count in sorted(self.counts.items()):
            rank -= count
            if rank <= 0:
                return _value(bucket)
        return None


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of some attempts."""

    succeeded: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)
    responses: Histogram = field(default_factory=Histogram)

    @classmethod
    def of(cls, measures: Iterable[Measure]) -> Tally:
        """Count attempts."""
        found = list(measures)
        return cls(
            succeeded=sum(each.failure is None for each in found),
            failed=dict(Counter(each.failure.value for each in found if each.failure is not None)),
            responses=Histogram.of(each.duration_ms for each in found if each.failure in _ANSWERED),
        )

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        failed = dict(Counter(self.failed) + Counter(other.failed))
        return Tally(self.succeeded + other.succeeded, failed, self.responses + other.responses)

    @property
    def attempts(self) -> int:
        """How many attempts were counted."""
        return self.succeeded + sum(self.failed.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHour:
    """An hour as it was counted.

    `read_to` is the sort key up to which it was, where that was not all; `counted_at` when.
    """

    hour: datetime
    tally: Tally
    counted_at: datetime
    read_to: str | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it need not be counted (again): it is whole, and settled, or not old enough to be settled."""
        settled_at = self.hour + HOUR + SETTLED_AFTER
        return self.read_to is None and (self.counted_at >= settled_at or now < settled_at)

    def fuller(self, other: KeptHour) -> KeptHour:
        """The other count, unless records have expired since this one."""
        if other.read_to is None and other.tally.attempts < self.tally.attempts:
            return KeptHour(hour=self.hour, tally=self.tally, counted_at=other.counted_at)
        return other


def hour_of(at: datetime) -> datetime:
    """The beginning of an hour."""
    return at.replace(minute=0, second=0, microsecond=0)


def hours_between(since: datetime, until: datetime) -> list[datetime]:
    """The hours that `since` and all before `until` are in, in their order."""
    first = hour_of(since)
    return [first + HOUR * number for number in range(math.ceil((until - first) / HOUR))]


def is_closed(hour: datetime, now: datetime) -> bool:
    """Whether few records can still come into an hour, so that its count is worth keeping."""
    return now >= hour + HOUR + CLOSED_AFTER


def _bucket(duration_ms: int) -> int:
    return _ZERO if duration_ms <= 0 else math.ceil(math.log(duration_ms) / _LOG_GROWTH)


def _value(bucket: int) -> float:
    return 0.0 if bucket == _ZERO else 2 * _GROWTH**bucket / (_GROWTH + 1)
