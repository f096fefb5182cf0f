"""The automatic retries of a failed attempt: exponential backoff with jitter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Final

JITTER: Final = 0.2
"""Each wait is spread by ±20 %, so that attempts that failed together are not retried together."""

RETRY_AFTER_MAX_S: Final = 24 * 3600
_UNIX_TIME_MIN: Final = 1_000_000_000
"""Seconds: 9 September 2001 as a Unix time, and a wait of 31 years."""
_DIGITS_MAX: Final = 15
WAITS_MAX: Final = 10
WAIT_MIN_S: Final = 1
WAIT_MAX_S: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class AttemptSchedule:
    """The waits between attempts, in seconds: attempt n + 1 follows the failure of attempt n by `waits_s[n - 1]`."""

    waits_s: tuple[int, ...]

    def next_attempt_at(
        self, *, attempt_number: int, failed_at: datetime, retry_after_s: float | None, seed: str
    ) -> datetime | None:
        """When to retry after attempt `attempt_number` failed; ``None`` if that was the last one.

        A wait that the receiver asked for counts if it is longer than the schedule's. The jitter derives from `seed` (the
        record's id), so calculating it again gives the same time.
        """
        if attempt_number > len(self.waits_s):
            return None
        wait_s = self.waits_s[attempt_number - 1] * (1 + JITTER * _spread(seed))
        return failed_at + timedelta(seconds=max(wait_s, retry_after_s or 0))


def retry_after_s(value: str | None, now: datetime, *, unit_s: float = 1) -> float | None:
    """Parse a ``Retry-After`` (RFC 9110, 10.2.3): seconds or an HTTP date, at most a day; ``None`` for anything else.

    Some receivers send a Unix time, in seconds or milliseconds: a number that would be decades of waiting is read as one.
    `unit_s` is the unit of a number, for a receiver that uses another one than seconds.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return _wait_s(int(text[:_DIGITS_MAX]), now, unit_s)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)  # RFC 9110, 5.6.7: the asctime form names no zone, and is in UTC
    wait_s = (at - now).total_seconds()
    return min(wait_s, RETRY_AFTER_MAX_S) if wait_s > 0 else None


def _wait_s(number: int, now: datetime, unit_s: float) -> float | None:
    if number < _UNIX_TIME_MIN:
        return min(number * unit_s, RETRY_AFTER_MAX_S)
    unix_s = number / 1_000 if number >= _UNIX_TIME_MIN * 1_000 else number
    wait_s = unix_s - now.timestamp()
    return min(wait_s, RETRY_AFTER_MAX_S) if wait_s > 0 else None


def _spread(seed: str) -> float:
    """A number in [-1, 1) that `seed` determines."""
    return int.from_bytes(sha256(seed.encode()).digest()[:4], "big") / 2**31 - 1
