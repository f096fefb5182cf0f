"""The statistics of a webhook by hour: counts, and response times as histograms that can be added.

The buckets of a histogram grow by a constant factor g, as in DDSketch (doi.org/10.14778/3352063.3352135): bucket *i* has the
values in (g^(i-1), g^i] and represents them by 2g^i/(g+1). With g = (1+e)/(1-e), the relative error is at most e.
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
"""The largest relative error of a percentile."""
_GROWTH: Final = (1 + ERROR_MAX) / (1 - ERROR_MAX)
_LOG_GROWTH: Final = math.log(_GROWTH)
_ZERO: Final = -1
"""The bucket of 0 ms. One millisecond is in bucket 0."""
HOUR: Final = timedelta(hours=1)
CLOSED_AFTER: Final = HOUR
"""The count of an hour is stored from this long after its end, when most of its attempts have their record."""
SETTLED_AFTER: Final = timedelta(hours=25)
"""An hour is counted again this long after its end, since attempts may have waited for a circuit or a rate limit."""
_ANSWERED: Final = frozenset({None, FailureCause.STATUS, FailureCause.GONE})
"""Success (``None``) and the causes with a response. Only their durations are response times."""


class Measure(NamedTuple):
    """The part of a record that the statistics use."""

    sort: str
    at: datetime
    failure: FailureCause | None
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """Durations in whole milliseconds, counted by bucket."""

    counts: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, durations_ms: Iterable[int]) -> Histogram:
        """The histogram of some durations."""
        return cls(dict(Counter(map(_bucket, durations_ms))))

    def __add__(self, other: Histogram) -> Histogram:
        """The histogram of the values of both."""
        return Histogram(dict(Counter(self.counts) + Counter(other.counts)))

    def quantile(self, share: float) -> float | None:
        """The quantile by nearest rank, with an error of at most `ERROR_MAX`; ``None`` for an empty histogram."""
        rank = max(1, math.ceil(share * sum(self.counts.values())))
        for bucket, count in sorted(self.counts.items()):
            rank -= count
            if rank <= 0:
                return _value(bucket)
        return None


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of the outcomes of some attempts."""

    succeeded: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)
    responses: Histogram = field(default_factory=Histogram)

    @classmethod
    def of(cls, measures: Iterable[Measure]) -> Tally:
        """The tally of some attempts."""
        found = list(measures)
        return cls(
            succeeded=sum(each.failure is None for each in found),
            failed=dict(Counter(each.failure.value for each in found if each.failure is not None)),
            responses=Histogram.of(each.duration_ms for each in found if each.failure in _ANSWERED),
        )

    def __add__(self, other: Tally) -> Tally:
        """The tally of the attempts of both."""
        failed = dict(Counter(self.failed) + Counter(other.failed))
        return Tally(self.succeeded + other.succeeded, failed, self.responses + other.responses)

    @property
    def attempts(self) -> int:
        """The number of counted attempts."""
        return self.succeeded + sum(self.failed.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHour:
    """The stored count of an hour.

    `counted_at` is when it was counted. `read_to` is the sort key up to which it was counted; ``None`` if to the end.
    """

    hour: datetime
    tally: Tally
    counted_at: datetime
    read_to: str | None = None

    def is_good(self, now: datetime) -> bool:
        """Whether it need not be counted again: it is complete, and either settled or too young to be settled."""
        settled_at = self.hour + HOUR + SETTLED_AFTER
        return self.read_to is None and (self.counted_at >= settled_at or now < settled_at)

    def fuller(self, other: KeptHour) -> KeptHour:
        """The other, later count, but with the tally of this one if records have expired since."""
        if other.read_to is None and other.tally.attempts < self.tally.attempts:
            return KeptHour(hour=self.hour, tally=self.tally, counted_at=other.counted_at)
        return other


def hour_of(at: datetime) -> datetime:
    """The start of the hour that contains a time."""
    return at.replace(minute=0, second=0, microsecond=0)


def hours_between(since: datetime, until: datetime) -> list[datetime]:
    """The hours from that of `since` to `until`, exclusive, in order."""
    first = hour_of(since)
    return [first + HOUR * number for number in range(math.ceil((until - first) / HOUR))]


def is_closed(hour: datetime, now: datetime) -> bool:
    """Whether few more records are expected in an hour, so that its count can be stored."""
    return now >= hour + HOUR + CLOSED_AFTER


def _bucket(duration_ms: int) -> int:
    return _ZERO if duration_ms <= 0 else math.ceil(math.log(duration_ms) / _LOG_GROWTH)


def _value(bucket: int) -> float:
    return 0.0 if bucket == _ZERO else 2 * _GROWTH**bucket / (_GROWTH + 1)
