"""Writes the engine's state every few seconds, so that SIGKILL loses no more than those.

ministack by itself writes it when it ends in peace, and by a slow encoder. It knows these insides of ministack, whose
version is therefore exact: `get_state` of a service's module, which copies by `copy.deepcopy`, `persistence._json_default`,
`sqs._HANDLERS`.
"""

from __future__ import annotations

import asyncio
import copy
import json
import os
import sys
import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from ministack.core import persistence
from ministack.services import dynamodb, sqs

from local.shortcut import SERVICES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path
    from types import ModuleType

    Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

_MODULES: Final = {"dynamodb": dynamodb, "sqs": sqs}
"""They are written in this order, so that a message outlives the record that says what became of it."""
_READS: Final = ("Get", "List", "Describe", "Query", "Scan", "BatchGet", "TransactGet", "Receive")
_PAUSE_S: Final = 2.0
_PAUSE_RATIO: Final = 20
"""A snapshot holds the engine up; the pause behind it is so many times as long, so that a large state stays usable."""


class Snapshots:
    """Notices which services changed, and writes the state of those."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changed: set[str] = set()

    def watch(self, application: Application) -> Application:
        """The same application, its changes noticed."""
        receive_message = sqs._HANDLERS["ReceiveMessage"]  # noqa: SLF001

        async def watched_receive(data: dict[str, Any], url: str) -> dict[str, Any]:
            answer: dict[str, Any] = await receive_message(data, url)
            if answer:  # an empty one changed nothing
                self._changed.add("sqs")
            return answer

        async def watched(scope: dict[str, Any], receive: object, send: object) -> None:
            try:
                await application(scope, receive, send)
            finally:
                self._note(scope)

        sqs._HANDLERS["ReceiveMessage"] = watched_receive  # noqa: SLF001
        return watched

    def _note(self, scope: dict[str, Any]) -> None:
        target = dict(scope.get("headers", ())).get(b"x-amz-target", b"").decode("latin-1")
        service, _, action = target.partition(".")
        if service in SERVICES and not action.startswith(_READS):
            self._changed.add(SERVICES[service])

    def take(self) -> None:
        """Write what changed."""
        self._write(self._states())

    def _states(self) -> dict[str, str]:
        changed, self._changed = self._changed, set()
        return {name: self._state(name) for name in _MODULES if name in changed}

    def _write(self, states: dict[str, str]) -> None:
        """Each file whole or not at all."""
        for name, state in states.items():
            part = self._folder / f"{name}.part"
            part.unlink(missing_ok=True)
            with open(part, "x", encoding="utf-8", opener=_for_nobody_else) as file:
                file.write(state)
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._folder / f"{name}.json")

    @staticmethod
    def _state(name: str) -> str:
        """What `persistence.save_state` would write."""
        with _without_copies(_MODULES[name]):
            payload = _MODULES[name].get_state()
        wrapped = {"__ministack_format__": persistence.STATE_FORMAT_VERSION, "payload": payload}
        return json.dumps(wrapped, default=persistence._json_default)  # noqa: SLF001

    async def take_forever(self) -> None:
        """Take one every few seconds; what the disk refuses is told, and tried again."""
        while True:
            started = time.monotonic()
            states = self._states()
            held_up_s = time.monotonic() - started
            try:
                await asyncio.to_thread(self._write, states)
            except OSError as error:
                line = {"level": "ERROR", "event": f"The state could not be written: {error}."}
                sys.stdout.write(json.dumps(line) + "\n")
                sys.stdout.flush()
                self._changed.update(states)
            await asyncio.sleep(max(_PAUSE_S, held_up_s * _PAUSE_RATIO))


def _for_nobody_else(path: str, flags: int) -> int:
    """Open a file that its owner alone may read, whatever the umask is: webhooks' secrets are in it."""
    return os.open(path, flags, 0o600)


@contextmanager
def _without_copies(module: ModuleType) -> Iterator[None]:
    """Have `get_state` give the state itself: it becomes text at once, and to copy it first takes several times as long."""
    thread = threading.get_ident()

    def deepcopy(value: Any) -> Any:  # noqa: ANN401 - as `copy` has it
        return value if threading.get_ident() == thread else copy.deepcopy(value)

    vars(module)["copy"] = SimpleNamespace(deepcopy=deepcopy)
    try:
        yield
    finally:
        vars(module)["copy"] = copy
