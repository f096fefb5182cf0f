"""What a process of the service runs on: its adapters, its settings, and the use cases that it has composed."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from chalicelib.adapters import logs
from chalicelib.composition.aws import AwsAdapters
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chalicelib.composition.adapters import Adapters

Made = TypeVar("Made")


class Process:
    """One process. What a factory composes is kept: connections and caches are for all its events."""

    def __init__(self, adapters: Adapters, settings: Settings) -> None:
        self.adapters = adapters
        self.settings = settings
        self._made: dict[Callable[..., Any], object] = {}

    def made(self, factory: Callable[[Adapters, Settings], Made]) -> Made:
        """Compose what the factory composes, the first time; after that return the same object."""
        if factory not in self._made:
            self._made.setdefault(factory, factory(self.adapters, self.settings))  # the first of several threads counts
        return cast("Made", self._made[factory])


_processes: Final[list[Process]] = []


def current() -> Process:
    """Return this process. The first call reads the environment; raise `SettingsError` if a setting is bad or missing."""
    if not _processes:
        logs.configure(os.environ.get("LOG_LEVEL", "INFO"))
        settings = Settings.from_environment()
        _processes.append(Process(AwsAdapters(settings), settings))
    return _processes[-1]


@contextmanager
def using(other: Process) -> Iterator[None]:
    """Run handlers and views on other adapters or settings for a while: for tests and benchmarks."""
    _processes.append(other)
    try:
        yield
    finally:
        _processes.remove(other)
