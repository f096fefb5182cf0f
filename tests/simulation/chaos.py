"""What can go wrong, decided by one seed: interleaving, death, refusal, answers that are lost.

Every process of the simulation is a greenlet. At each call of a port it may be set aside for another one, die, or be refused
before or after the call took effect. Nothing else decides the order of things, so a seed replays exactly.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import greenlet

from chalicelib.domain.errors import Unavailable


class Died(BaseException):
    """The process is no more: nothing may catch this."""


@dataclass(slots=True)
class Odds:
    """How likely each mishap is, for each call of a port."""

    switch: float = 0.3
    death: float = 0.01
    refusal: float = 0.02
    lost_answer: float = 0.01
    duplicate: float = 0.05


class SimClock:
    """Time passes only when the simulation says so; who sleeps is set aside until it has."""

    def __init__(self) -> None:
        self.at = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def sleep(self, seconds: float) -> None:
        until = self.at + timedelta(seconds=seconds)
        while self.at < until:
            pause()


def pause() -> None:
    """Let another process run."""
    parent = greenlet.getcurrent().parent
    if parent is not None:
        parent.switch()


class Chaos:
    """The seed's decisions."""

    def __init__(self, seed: int, clock: SimClock, odds: Odds) -> None:
        self.random = random.Random(seed)  # noqa: S311 - it is to repeat itself
        self.clock = clock
        self.odds = odds
        self.is_on = True

    def hits(self, odds: float) -> bool:
        return self.is_on and self.random.random() < odds

    def before(self) -> None:
        """A call is about to be made."""
        self._pass_time()
        if self.hits(self.odds.refusal):
            message = "refused by the simulation"
            raise Unavailable(message)

    def after(self) -> None:
        """A call was made, and took effect."""
        self._pass_time()
        if self.hits(self.odds.lost_answer):
            message = "answer lost by the simulation"
            raise Unavailable(message)

    def _pass_time(self) -> None:
        self.clock.advance(self.random.random() * 0.02)
        if self.random.random() < self.odds.switch:
            pause()
        if self.hits(self.odds.death):
            raise Died


class Faulty:
    """A port whose every call goes through the chaos."""

    def __init__(self, port: object, chaos: Chaos) -> None:
        self._port = port
        self._chaos = chaos

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        method = getattr(self._port, name)

        def call(*args: object, **kwargs: object) -> object:
            self._chaos.before()
            result = method(*args, **kwargs)
            self._chaos.after()
            return result

        return call
