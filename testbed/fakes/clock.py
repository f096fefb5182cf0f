"""A clock that only tests move, reproducible randomness, and a policy that refuses the URLs that a test names."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from chalicelib.concurrency import outcome
from chalicelib.domain.errors import RefusedUrl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def one_after_another(work: Callable[[_Item], _Result], items: Sequence[_Item], /) -> list[_Result | Exception]:
    """Calls that might be made at once, always in the same order."""
    return [outcome(work, each) for each in items]


class FakeClock:
    """A clock that only changes when it is set or advanced."""

    def __init__(self, at: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> datetime:
        self.at += timedelta(seconds=seconds)
        return self.at


class FakeEntropy:
    """The same bytes in every run."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 - it is to repeat itself

    def take(self, count: int) -> bytes:
        return self._random.randbytes(count)


class FakeUrlPolicy:
    """Refuses every URL that begins with a key of `refused`; the value is the reason."""

    def __init__(self, refused: Mapping[str, str] | None = None) -> None:
        self.refused = dict(refused or {})
        self.vetted: list[str] = []
        self.asked: list[tuple[bool, bool]] = []

    def vet_secrets(self, url: str) -> None:
        if url.startswith("http://"):
            message = "Secrets are not sent over http."
            raise RefusedUrl(message, {"url": message})

    def vet(self, url: str, *, may_reach_private: bool, shows_address: bool) -> None:
        self.vetted.append(url)
        self.asked.append((may_reach_private, shows_address))
        for beginning, reason in self.refused.items():
            if url.startswith(beginning):
                raise RefusedUrl(reason)
