"""Writes the engine's state every few seconds, so that SIGKILL loses only the last of them.

A fork of the process writes, as in Redis: it has the state of one moment, and the engine continues meanwhile. ministack
writes only when it ends normally, and encodes slowly. `docs/adr/0007-local-engine.md` lists what this uses of its internals.
"""

from __future__ import annotations

import asyncio
import copy
import json
import os
import sys
import threading
import time
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, NoReturn

from ministack.core import persistence
from ministack.services import dynamodb, sqs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import ModuleType

    from local.http_server import Application

_SERVICES: Final = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs"}
"""By the prefix of `X-Amz-Target`."""
_MODULES: Final = {"dynamodb": dynamodb, "sqs": sqs}
"""Written in this order. If a kill comes in between, a handled message comes again and its record is found; none is lost."""
_READS: Final = ("Get", "List", "Describe", "Query", "Scan", "BatchGet", "TransactGet")
_EMPTY: Final = (b"", b"{}")
"""The body of a response to ReceiveMessage that received nothing, and so changed nothing."""
_PAUSE_S: Final = 2.0
_PAUSE_RATIO: Final = 4
"""The pause after a snapshot is at least this many times its duration, so that a large state does not occupy a core."""
_NICENESS: Final = 10
_FIRST_OTHER_DESCRIPTOR: Final = 3
"""The first file descriptor after standard input, output and error."""


class Snapshots:
    """Records which services have changed, and writes their state."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changed: set[str] = set()

    def watch(self, application: Application) -> Application:
        """Wrap the application: each request that may have changed a service marks it."""

        async def watched(scope: dict[str, Any], receive: object, send: Callable[[dict[str, Any]], Any]) -> None:
            target = dict(scope.get("headers", ())).get(b"x-amz-target", b"").decode("latin-1")
            service, _, action = target.partition(".")

            async def marking(message: dict[str, Any]) -> None:
                if action != "ReceiveMessage" or message.get("body", b"") not in _EMPTY:
                    self._changed.add(_SERVICES[service])
                await send(message)

            is_change = service in _SERVICES and not action.startswith(_READS)
            await application(scope, receive, marking if is_change else send)

        return watched

    async def take_until(self, stop: asyncio.Event) -> None:
        """Take a snapshot every few seconds, and a last one when it stops. If the disk refuses one, log it and try again."""
        while not stop.is_set():
            took_s = await self._take_in_fork()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), max(_PAUSE_S, took_s * _PAUSE_RATIO))
        self._write(self._changed)

    async def _take_in_fork(self) -> float:
        """Have a fork write what has changed. Return how many seconds it took."""
        changed, self._changed = self._changed, set()
        if not changed:
            return 0
        began_s, engine = time.monotonic(), os.getpid()
        writer = os.fork()
        if not writer:
            self._write_and_exit(changed, engine)
        _, status = await asyncio.to_thread(os.waitpid, writer, 0)
        if status:
            self._changed |= changed
        return time.monotonic() - began_s

    def _write_and_exit(self, changed: set[str], engine: int) -> NoReturn:
        """In the fork: close the engine's sockets, so that they close when the engine exits, and write at a low priority."""
        try:
            os.nice(_NICENESS)
            os.closerange(_FIRST_OTHER_DESCRIPTOR, os.sysconf("SC_OPEN_MAX"))
            self._write(changed, lambda: os.getppid() == engine)
        except BaseException as error:  # noqa: BLE001 - a fork must never return to the engine's event loop
            line = json.dumps({"level": "ERROR", "event": f"The state could not be written: {error}."}) + "\n"
            os.write(sys.stdout.fileno(), line.encode())
            os._exit(1)
        os._exit(0)

    def _write(self, changed: set[str], is_current: Callable[[], bool] = lambda: True) -> None:
        """Write each file completely or not at all."""
        for name in (each for each in _MODULES if each in changed):
            part = self._folder / f"{name}.part"
            part.unlink(missing_ok=True)
            with open(part, "x", encoding="utf-8", opener=_private) as file:
                file.write(self._state(name))
                file.flush()
                os.fsync(file.fileno())
            if is_current():
                part.replace(self._folder / f"{name}.json")

    @staticmethod
    def _state(name: str) -> str:
        """What `persistence.save_state` would write."""
        with _without_copies(_MODULES[name]):
            payload = _MODULES[name].get_state()
        wrapped = {"__ministack_format__": persistence.STATE_FORMAT_VERSION, "payload": payload}
        return json.dumps(wrapped, default=persistence._json_default)  # noqa: SLF001 - ministack's format


def _private(path: str, flags: int) -> int:
    """Open a file that only its owner may read, whatever the umask is: it has webhooks' secrets."""
    return os.open(path, flags, 0o600)


@contextmanager
def _without_copies(module: ModuleType) -> Iterator[None]:
    """Have `get_state` return the state itself: it is encoded at once, and a copy takes several times as long."""
    thread = threading.get_ident()

    def deepcopy(value: Any) -> Any:  # noqa: ANN401 - as in `copy`
        return value if threading.get_ident() == thread else copy.deepcopy(value)

    vars(module)["copy"] = SimpleNamespace(deepcopy=deepcopy)
    try:
        yield
    finally:
        vars(module)["copy"] = copy
