"""DynamoDB's capacity per second, of one partition and of a new on-demand table.

"Understanding DynamoDB warm throughput in different scenarios" (1,000 write and 3,000 read units a partition) and
"DynamoDB on-demand capacity mode" (4,000 and 12,000 units at first, then twice the previous peak; a peak counts once it
is 30 minutes old), docs.aws.amazon.com/amazondynamodb/latest/developerguide. Burst capacity and the splitting of a hot
partition are not simulated: AWS promises neither.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from chalicelib.domain.errors import Unavailable
from testbed.aws.limits import (
    PARTITION_READ_UNITS_MAX,
    PARTITION_WRITE_UNITS_MAX,
    PEAK_DOUBLES_AFTER_S,
    TABLE_READ_UNITS_AT_FIRST,
    TABLE_WRITE_UNITS_AT_FIRST,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from testbed.account.virtual_time import VirtualTime

    Uses = Mapping[str, Callable[..., Iterable["Use"]]]
    """For each method of a port, a function from its arguments to the used units."""
    Refusals = Mapping[str, Callable[..., object]]

TRIES: Final = 5
_FIRST_WAIT_S: Final = 0.05
"""botocore's standard retries: five attempts with exponential backoff (boto3 guide, "Retries")."""


class Use(NamedTuple):
    """Used units of one partition."""

    partition: str
    writes: float = 0
    reads: float = 0


@dataclass(slots=True)
class _Second:
    """One kind of unit of one table, in the current second."""

    at_first: float
    partition_max: float
    second: int = -1
    used: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    total: float = 0
    peaks: dict[int, float] = field(default_factory=dict)
    """The highest second of each half hour."""

    def has_room(self, wanted: Mapping[str, float], now_s: float) -> bool:
        self._turn(int(now_s))
        fits = all(self.used[partition] + units <= self.partition_max for partition, units in wanted.items())
        return fits and self.total + sum(wanted.values()) <= self._table_max(now_s)

    def take(self, wanted: Mapping[str, float], now_s: float) -> None:
        for partition, units in wanted.items():
            self.used[partition] += units
        self.total += sum(wanted.values())
        span = int(now_s // PEAK_DOUBLES_AFTER_S)
        self.peaks[span] = max(self.peaks.get(span, 0), self.total)

    def _turn(self, second: int) -> None:
        if second != self.second:
            self.second, self.total = second, 0
            self.used.clear()

    def _table_max(self, now_s: float) -> float:
        current = int(now_s // PEAK_DOUBLES_AFTER_S)
        old = (peak for span, peak in self.peaks.items() if span < current)
        return max(self.at_first, 2 * max(old, default=0))


class Throttled:
    """A port to a table that refuses calls above its capacity, after botocore's retries.

    `refusals` are functions from a method's arguments to its result then. Other methods raise `Unavailable`.
    """

    def __init__(self, port: object, time: VirtualTime, uses: Uses, refusals: Refusals | None = None) -> None:
        self.throttled = 0
        self._refusals = refusals or {}
        self._port = port
        self._time = time
        self._uses = uses
        self._writes = _Second(TABLE_WRITE_UNITS_AT_FIRST, PARTITION_WRITE_UNITS_MAX)
        self._reads = _Second(TABLE_READ_UNITS_AT_FIRST, PARTITION_READ_UNITS_MAX)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the port has it
        """The port's method, which needs capacity."""
        method = getattr(self._port, name)
        if name not in self._uses:
            return method

        def call(*args: Any, **kwargs: Any) -> object:  # noqa: ANN401 - as the port has it
            if self._has_come(list(self._uses[name](*args, **kwargs))):
                return method(*args, **kwargs)
            if name in self._refusals:
                return self._refusals[name](*args, **kwargs)
            message = "DynamoDB throttles: ProvisionedThroughputExceededException."
            raise Unavailable(message)

        return call

    def _has_come(self, uses: list[Use]) -> bool:
        """Wait for capacity, for all of botocore's retries."""
        for number in range(TRIES):
            if self._is_taken(uses):
                return True
            self.throttled += 1
            self._time.sleep(_FIRST_WAIT_S * 2**number)
        return False

    def _is_taken(self, uses: list[Use]) -> bool:
        writes, reads = defaultdict[str, float](float), defaultdict[str, float](float)
        for use in uses:
            writes[use.partition] += use.writes
            reads[use.partition] += use.reads
        now_s = self._time.now_s
        if not (self._writes.has_room(writes, now_s) and self._reads.has_room(reads, now_s)):
            return False
        self._writes.take(writes, now_s)
        self._reads.take(reads, now_s)
        return True
