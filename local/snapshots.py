"""Writes the engine's state every few seconds, so that SIGKILL loses no more than those.

A fork writes, as Redis has it: what it sees is one moment's state, and the engine goes on meanwhile.

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
from contextlib import contextmanager, suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, NoReturn

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
_PAUSE_RATIO: Final = 4
"""The pause behind a snapshot is so many times as long as it took: a large state does not keep a processor busy."""
_GIVES_WAY: Final = 10
"""What is added to the niceness of the process that writes."""
_FIRST_OTHER_DESCRIPTOR: Final = 3
"""The first one that is neither standard input, output nor error."""


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

    async def take_until(self, stop: asyncio.Event) -> None:
        """Take one every few seconds, and a last one when it stops; what the disk refuses is logged, and tried again."""
        while not stop.is_set():
            took_s = await self._take_apart()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), max(_PAUSE_S, took_s * _PAUSE_RATIO))
        self._write(self._changed)

    async def _take_apart(self) -> float:
        """Have a fork write what changed, so that nobody waits for it; return how many seconds it took."""
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
        """In the fork: let go of the engine's sockets, so that they end with it, and give way to everybody."""
        try:
            os.nice(_GIVES_WAY)
            os.closerange(_FIRST_OTHER_DESCRIPTOR, os.sysconf("SC_OPEN_MAX"))
            self._write(changed, lambda: os.getppid() == engine)
        except BaseException as error:  # noqa: BLE001 - whatever it is, a fork does not go back into the engine's loop
            line = json.dumps({"level": "ERROR", "event": f"The state could not be written: {error}."}) + "\n"
            os.write(sys.stdout.fileno(), line.encode())
            os._exit(1)
        os._exit(0)

    def _write(self, changed: set[str], is_wanted: Callable[[], bool] = lambda: True) -> None:
        """Each file whole or not at all."""
        for name in (each for each in _MODULES if each in changed):
            part = self._folder / f"{name}.part"
            part.unlink(missing_ok=True)
            with open(part, "x", encoding="utf-8", opener=_for_nobody_else) as file:
                file.write(self._state(name))
                file.flush()
                os.fsync(file.fileno())
            if is_wanted():
                part.replace(self._folder / f"{name}.json")

    @staticmethod
    def _state(name: str) -> str:
        """What `persistence.save_state` would write."""
        with _without_copies(_MODULES[name]):
            payload = _MODULES[name].get_state()
        wrapped = {"__ministack_format__": persistence.STATE_FORMAT_VERSION, "payload": payload}
        return json.dumps(wrapped, default=persistence._json_default)  # noqa: SLF001


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
