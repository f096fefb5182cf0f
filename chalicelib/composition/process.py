"""What a process of the service runs on: its adapters, its settings, and the use cases that it has composed.

Lambda imports a module in INIT, with a full core (serverlessland.com, "Utilize initialization phase"). Events have a part of
one, memory / 1,769 MB (docs.aws.amazon.com, Lambda Developer Guide, "Configure Lambda function memory"). So AWS clients, the
sender and all else that a handler needs are made when its module is imported. A bad setting ends INIT with a `SettingsError`
that names the variable.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from chalicelib.adapters import logs
from chalicelib.composition.adapters import AwsAdapters
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chalicelib.composition.adapters import Adapters

Made = TypeVar("Made")

_HANDLER: Final = "_HANDLER"
"""The variable in which Lambda says what it runs (docs.aws.amazon.com, "Defined runtime environment variables")."""


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


def prepare(module: str, factory: Callable[[Adapters, Settings], object]) -> None:
    """Compose what the handlers of a module use, if Lambda runs one of them in this process. Elsewhere nothing is made."""
    if is_run(module):
        current().made(factory)


def is_run(module: str) -> bool:
    """Whether this process is a Lambda function whose handler is in the module."""
    return os.environ.get(_HANDLER, "").rpartition(".")[0] == module and "AWS_LAMBDA_FUNCTION_NAME" in os.environ
