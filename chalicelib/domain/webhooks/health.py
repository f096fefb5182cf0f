"""The health of a webhook: the circuit breaker, the slow mark, and how long it has failed.

The circuit breaker is a state machine with three states, stored as the time of the next probe::

            failures ≥ threshold                 the time of the probe
    CLOSED ─────────────────────▶ OPEN ─────────────────────▶ HALF_OPEN
      ▲                            ▲  ▲                           │
      │                            │  └─── one worker: take_probe ┤ (its lease makes the others wait)
      │                            └─────── the probe fails ──────┤ (waits twice as long)
      └──────────────────────────────────── a success ────────────┘

While it is open, the webhook's deliveries wait. They are not sent and do not count as failures. While it is half open, the
worker that takes the probe by a conditional write sends one attempt. The others wait for its result.

If a receiver asks for a pause (``Retry-After``), the webhook rests: the same state machine with the time that the receiver
named, `rest_until`. A rest does not count as an opening, and the owner is not notified.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

REST_MAX_S: Final = 3_600
"""A webhook rests at most this long, even if its receiver asks for more. Then one attempt is made as a probe.

A proxy in front of a receiver may ask for days by mistake, which must not delay all deliveries for days.
"""


class Circuit(StrEnum):
    """Whether a receiver is called: closed is yes, open is no, half open is once as a probe."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "halfOpen"


@dataclass(frozen=True, slots=True)
class HealthPolicy:
    """The thresholds; `chalicelib.settings` documents each.

    Args:
        open_after: consecutive failures that open the circuit.
        open_s: seconds that it stays open the first time; doubled after each failed probe.
        open_max_s: the longest time in seconds that it stays open.
        slow_after_s: an attempt that takes this many seconds marks the webhook as slow.
        slow_for_s: seconds for which the mark is valid.
        disable_after_s: seconds without a success after which the webhook is disabled.

    """

    open_after: int
    open_s: float
    open_max_s: float
    slow_after_s: float
    slow_for_s: float
    disable_after_s: float


@dataclass(frozen=True, slots=True)
class Health:
    """The result of a webhook's last attempts. It is empty while the webhook is healthy, so a success writes nothing."""

    failures: int = 0
    failing_since: datetime | None = None
    slow_until: datetime | None = None
    opens: int = 0
    probe_at: datetime | None = None
    rest_until: datetime | None = None

    @property
    def called_again_at(self) -> datetime | None:
        """When the next attempt, a probe, may be made; ``None`` if all attempts may be made."""
        return max((each for each in (self.probe_at, self.rest_until) if each is not None), default=None)

    def circuit(self, now: datetime) -> Circuit:
        """The circuit's state at `now`. It is also open while the webhook rests."""
        called_again_at = self.called_again_at
        if called_again_at is None:
            return Circuit.CLOSED
        return Circuit.OPEN if now < called_again_at else Circuit.HALF_OPEN

    def is_slow(self, now: datetime) -> bool:
        """Whether the webhook uses the slow lane: it was slow recently, or it is failing."""
        return self.failures > 0 or (self.slow_until is not None and now < self.slow_until)

    def after_success(self, now: datetime, took_s: float, policy: HealthPolicy, *, is_probe: bool = False) -> Health:
        """The health after a successful attempt: empty, except for the slow mark.

        While the webhook rests, a success that is not the probe's was already in flight when the receiver asked for the
        rest. It does not end the rest.
        """
        is_resting = self.rest_until is not None and now < self.rest_until and not is_probe
        return Health(slow_until=self._slow_until(now, took_s, policy), rest_until=self.rest_until if is_resting else None)

    def after_failure(
        self, now: datetime, took_s: float, policy: HealthPolicy, *, is_probe: bool, asked_s: float | None = None
    ) -> Health:
        """The health after a failed attempt: count it, and open the circuit if the threshold is reached.

        While the circuit is open, a failure that is not the probe's was already in flight when it opened. It is counted but
        does not prolong the wait. `asked_s` is the pause that the receiver asked for. The longest pause holds, but after a
        probe the latest.
        """
        failures = self.failures + 1
        counted = replace(
            self,
            failures=failures,
            failing_since=self.failing_since or now,
            slow_until=self._slow_until(now, took_s, policy),
            rest_until=self._rest_until(now, asked_s, is_probe=is_probe),
        )
        opens = failures >= policy.open_after if self.probe_at is None else is_probe
        if not opens:
            return counted
        return replace(counted, opens=self.opens + 1, probe_at=now + timedelta(seconds=self.next_wait_s(policy)))

    def next_wait_s(self, policy: HealthPolicy) -> float:
        """Seconds for which the circuit stays open if it opens now."""
        return min(policy.open_s * 2.0 ** min(self.opens, 30), policy.open_max_s)

    def while_in_flight(self, now: datetime, elapsed_s: float, policy: HealthPolicy) -> Health:
        """The health while an attempt has been in flight for `elapsed_s`: it may be slow already, whatever its outcome."""
        return replace(self, slow_until=self._slow_until(now, elapsed_s, policy))

    def take_probe(self, now: datetime, lease_s: float) -> Health:
        """The health that takes the probe of a half-open circuit: the others wait `lease_s` for its result."""
        until = now + timedelta(seconds=lease_s)
        is_rest = self.probe_at is None
        return replace(self, probe_at=None if is_rest else until, rest_until=until if is_rest else None)

    def has_failed_for_too_long(self, now: datetime, policy: HealthPolicy) -> bool:
        """Whether the webhook should be disabled: no success for long enough, and enough failures."""
        if self.failing_since is None or self.failures < policy.open_after:
            return False
        return now - self.failing_since >= timedelta(seconds=policy.disable_after_s)

    def _rest_until(self, now: datetime, asked_s: float | None, *, is_probe: bool) -> datetime | None:
        if not asked_s:
            return self.rest_until
        asked = now + timedelta(seconds=min(asked_s, REST_MAX_S))
        return asked if is_probe or self.rest_until is None else max(asked, self.rest_until)

    def _slow_until(self, now: datetime, took_s: float, policy: HealthPolicy) -> datetime | None:
        """Renew the mark only in its second half, so that a receiver that is always slow costs few writes."""
        mark = self.slow_until if self.slow_until is not None and now < self.slow_until else None
        if took_s < policy.slow_after_s:
            return mark
        if mark is not None and mark - now > timedelta(seconds=policy.slow_for_s / 2):
            return mark
        return now + timedelta(seconds=policy.slow_for_s)
