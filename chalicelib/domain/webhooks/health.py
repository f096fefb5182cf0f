"""How a webhook has been doing: the circuit, the slow mark, the long failure.

The circuit is a machine of three states, kept as the time of the next probe::

            failures ≥ threshold                 the probe time comes
    CLOSED ─────────────────────▶ OPEN ─────────────────────▶ HALF_OPEN
      ▲                            ▲  ▲                           │
      │                            │  └──── one taker: take_probe ┤ (its lease makes the others wait)
      │                            └─────── the probe fails ──────┤ (waits twice as long)
      └──────────────────────────────────── a success ────────────┘

While it is open the webhook's deliveries wait, unsent and uncounted. Half open, whoever takes the probe by a conditional
write sends one; the rest wait for what it finds.

A receiver that asks for a pause (``Retry-After``) gets one: the webhook rests, which is the same machine with the time that
the receiver named, `rest_until`. It counts no opening, and its owner is not notified.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

REST_MAX_S: Final = 3_600
"""A webhook rests this long at the most, whatever its receiver asks for. Then one attempt finds out if that still holds.

A proxy in front of a receiver may ask for days by mistake; that must not hold all deliveries back for days.
"""


class Circuit(StrEnum):
    """Whether a receiver is called: as ever, not for now, or once, to see."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "halfOpen"


@dataclass(frozen=True, slots=True)
class HealthPolicy:
    """The thresholds; `chalicelib.settings` documents each.

    Args:
        open_after: consecutive failures that open the circuit.
        open_s: seconds it stays open the first time; doubled at each failed probe.
        open_max_s: seconds it stays open at the most.
        slow_after_s: an attempt that takes this many seconds marks the webhook as slow.
        slow_for_s: seconds for which the mark holds.
        disable_after_s: seconds of nothing but failures after which the webhook is disabled.

    """

    open_after: int
    open_s: float
    open_max_s: float
    slow_after_s: float
    slow_for_s: float
    disable_after_s: float


@dataclass(frozen=True, slots=True)
class Health:
    """What is remembered of a webhook's last attempts; empty while all is well, so that a success writes nothing."""

    failures: int = 0
    failing_since: datetime | None = None
    slow_until: datetime | None = None
    opens: int = 0
    probe_at: datetime | None = None
    rest_until: datetime | None = None

    @property
    def called_again_at(self) -> datetime | None:
        """When the next attempt may be made, which is then a probe; ``None`` while all may be made."""
        return max((each for each in (self.probe_at, self.rest_until) if each is not None), default=None)

    def circuit(self, now: datetime) -> Circuit:
        """The circuit's state at `now`; it is open too while the webhook rests."""
        called_again_at = self.called_again_at
        if called_again_at is None:
            return Circuit.CLOSED
        return Circuit.OPEN if now < called_again_at else Circuit.HALF_OPEN

    def is_slow(self, now: datetime) -> bool:
        """Whether the webhook belongs in the slow lane: it answered late not long ago, or it is failing."""
        return self.failures > 0 or (self.slow_until is not None and now < self.slow_until)

    def after_success(self, now: datetime, took_s: float, policy: HealthPolicy, *, is_probe: bool = False) -> Health:
        """An attempt succeeded: everything is forgotten but that it may have been slow.

        A success that comes in while the webhook rests, and is not the probe's, was under way when the receiver asked for
        the rest: it does not end it.
        """
        is_resting = self.rest_until is not None and now < self.rest_until and not is_probe
        return Health(slow_until=self._slow_until(now, took_s, policy), rest_until=self.rest_until if is_resting else None)

    def after_failure(
        self, now: datetime, took_s: float, policy: HealthPolicy, *, is_probe: bool, asked_s: float | None = None
    ) -> Health:
        """An attempt failed: count it, and open the circuit where that is due.

        A failure that comes in while the circuit is open, and is not the probe's, was under way when it opened: it is
        counted, and does not prolong the wait. `asked_s` is what the receiver asked for; of several the longest rest holds,
        after a probe the latest.
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
        """Seconds that the circuit stays open if it opens now."""
        return min(policy.open_s * 2.0 ** min(self.opens, 30), policy.open_max_s)

    def while_out(self, now: datetime, out_s: float, policy: HealthPolicy) -> Health:
        """An attempt has been out for so long, and still is: it is slow already, whatever comes of it."""
        return replace(self, slow_until=self._slow_until(now, out_s, policy))

    def take_probe(self, now: datetime, lease_s: float) -> Health:
        """Half open: the taker's view, by which the others wait `lease_s` for what the probe finds."""
        until = now + timedelta(seconds=lease_s)
        is_rest = self.probe_at is None
        return replace(self, probe_at=None if is_rest else until, rest_until=until if is_rest else None)

    def has_failed_for_too_long(self, now: datetime, policy: HealthPolicy) -> bool:
        """Whether there was nothing but failures for so long, and enough of them, that calling makes no sense."""
        if self.failing_since is None or self.failures < policy.open_after:
            return False
        return now - self.failing_since >= timedelta(seconds=policy.disable_after_s)

    def _rest_until(self, now: datetime, asked_s: float | None, *, is_probe: bool) -> datetime | None:
        if not asked_s:
            return self.rest_until
        asked = now + timedelta(seconds=min(asked_s, REST_MAX_S))
        return asked if is_probe or self.rest_until is None else max(asked, self.rest_until)

    def _slow_until(self, now: datetime, took_s: float, policy: HealthPolicy) -> datetime | None:
        """Renew the mark at its half time only, so that a receiver that is always slow costs few writes."""
        mark = self.slow_until if self.slow_until is not None and now < self.slow_until else None
        if took_s < policy.slow_after_s:
            return mark
        if mark is not None and mark - now > timedelta(seconds=policy.slow_for_s / 2):
            return mark
        return now + timedelta(seconds=policy.slow_for_s)
