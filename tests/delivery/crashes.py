"""A process that dies before the nth call of a port, to test a crash at each call of some work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from testbed.fakes.service import FakeAdapters

_PORTS: Final = (
    "webhooks", "history", "directory", "claims", "deliveries", "accepted", "background", "dead_letters", "sender",
    "held", "recoveries", "waiting",
)  # fmt: skip


class Crash(BaseException):
    """The process has died."""


def crash() -> BaseException:
    """Kill the process."""
    return Crash()


def refusal() -> BaseException:
    """The error of a port whose store or queue refuses."""
    return Unavailable("It refuses for now.")


class Interrupted:
    """Makes a call of a port raise, after `calls_before` others; `is_reached` says whether it did."""

    def __init__(self, world: FakeAdapters, calls_before: int, how: Callable[[], BaseException] = crash) -> None:
        self.is_reached = False
        self._world = world
        self._left = calls_before
        self._how = how
        self._originals = {name: getattr(world, name) for name in _PORTS}

    def __enter__(self) -> Self:
        for name, port in self._originals.items():
            vars(self._world)[name] = _Watched(port, self._count)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        for name, port in self._originals.items():
            vars(self._world)[name] = port
        return kind is Crash

    def _count(self) -> None:
        self._left -= 1
        if self._left < 0 and not self.is_reached:
            self.is_reached = True
            raise self._how()


class _Watched:
    """A port whose calls are counted before they are made."""

    def __init__(self, port: object, count: Callable[[], None]) -> None:
        self._port = port
        self._count = count

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        member = getattr(self._port, name)
        if not callable(member):
            return member

        def call(*arguments: object, **named: object) -> object:
            self._count()
            return member(*arguments, **named)

        return call
