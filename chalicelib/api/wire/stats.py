"""Statistics in responses."""

from typing import Final

from pydantic import Field

from chalicelib.api.wire.model import GivenMoment, Moment, NoQuery, Outgoing
from chalicelib.domain.history.stats import Histogram, Tally
from chalicelib.history.stats import Stats

_DIGITS: Final = 2
"""Of milliseconds. Rounding adds less than half a per cent to the error of a percentile."""


class StatsQuery(NoQuery):
    """The query of `GET /webhooks/{id}/stats`."""

    since: GivenMoment | None = Field(
        None, description="When the period begins: ISO 8601 with a time zone, at most 90 days ago. Default: 24 hours ago."
    )


class TimesOut(Outgoing):
    """Percentiles in milliseconds. Their relative error is at most `chalicelib.domain.history.stats.ERROR_MAX`."""

    p50: float
    p95: float
    p99: float


class TallyOut(Outgoing):
    """Counts of attempts; `responseTimeMs` is null if no receiver responded."""

    succeeded: int
    failed: dict[str, int]
    response_time_ms: TimesOut | None

    @classmethod
    def members(cls, tally: Tally) -> "TallyOut":
        """The counts in a response."""
        return cls(succeeded=tally.succeeded, failed=dict(tally.failed), response_time_ms=_times(tally.responses))


class HourOut(TallyOut):
    """One hour, named by its beginning."""

    hour: Moment


class StatsOut(Outgoing):
    """The counted hours, oldest first. If `isComplete` is false, the next request continues the count."""

    since: Moment
    until: Moment
    is_complete: bool
    totals: TallyOut
    hours: list[HourOut]

    @classmethod
    def of(cls, stats: Stats) -> "StatsOut":
        """The statistics in a response."""
        hours = [(hour, TallyOut.members(tally)) for hour, tally in stats.hours.items()]
        return cls(
            since=stats.since,
            until=stats.until,
            is_complete=stats.is_complete,
            totals=TallyOut.members(stats.total),
            hours=[HourOut(hour=hour, **dict(tally)) for hour, tally in hours],
        )


def _times(responses: Histogram) -> TimesOut | None:
    p50, p95, p99 = (responses.quantile(share) for share in (0.5, 0.95, 0.99))
    if p50 is None or p95 is None or p99 is None:
        return None
    return TimesOut(p50=round(p50, _DIGITS), p95=round(p95, _DIGITS), p99=round(p99, _DIGITS))
