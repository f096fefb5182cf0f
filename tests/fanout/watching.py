"""Records which calls of ports are made, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


def watched(monkeypatch: pytest.MonkeyPatch, *calls: tuple[object, str]) -> list[str]:
    """The names of the calls from now on, in order."""
    made: list[str] = []

    def watch(port: object, name: str) -> None:
        real: Callable[..., object] = getattr(port, name)

        def call(*arguments: object) -> object:
            made.append(name)
            return real(*arguments)

        monkeypatch.setattr(port, name, call)

    for port, name in calls:
        watch(port, name)
    return made
