"""The processes of the local stack: starts, supervises and stops them."""

from __future__ import annotations

import socket
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from local import environment
from local.child import Child
from local.folder import Refusal
from local.log import Log, say
from local.provision import provision

if TYPE_CHECKING:
    from collections.abc import Callable

    from local.folder import Folder
    from local.options import Options

ROOT: Final = Path(__file__).parent.parent
_HOST: Final = "127.0.0.1"
_START_S: Final = 120
_OTHERS_STOP_S: Final = 2.0
_ENGINE_STOP_S: Final = 2.5
_LOOK_S: Final = 0.05
_LOOK_TIMEOUT_S: Final = 1.0


class Stack:
    """The engine, the API and the workers. The parent binds their sockets, so that a restart keeps the addresses."""

    def __init__(self, options: Options, folder: Folder) -> None:
        self._options = options
        self._folder = folder
        self._log = Log(folder.log)
        self._api_socket = _listen(options.port)
        self._engine_socket = _listen(0)
        self._children: list[Child] = []  # the engine first
        self.url = _url(self._api_socket)
        self.endpoint_url = _url(self._engine_socket)
        self.environment: dict[str, str] = {}

    def start_engine(self) -> None:
        """Start DynamoDB and SQS, and create missing tables and queues."""
        descriptor = self._engine_socket.fileno()
        self._spawn(
            "engine",
            [str(ROOT / ".venv-engine" / "bin" / "python"), "-m", "local.engine", str(self._folder.state), str(descriptor)],
            environment.engine(self._folder.state),
            descriptor,
            self._folder.lock,
        )
        self._wait(lambda: _answers(self._engine_socket, "/_ministack/health"))
        environment.adopt(environment.aws(self.endpoint_url))
        places = provision(environment.dynamodb(self.endpoint_url), environment.sqs(self.endpoint_url))
        engine_port, api_port = (each.getsockname()[1] for each in (self._engine_socket, self._api_socket))
        self.environment = environment.service(
            self.endpoint_url, places, self._options.schedule_period_s, engine_port=engine_port, api_port=api_port
        )

    def start_service(self) -> None:
        """Start the API and the workers, and wait until both are ready."""
        descriptor = self._api_socket.fileno()
        data = str(self._folder.path)  # only for people who read the list of processes
        self._spawn("api", [sys.executable, "-m", "local.api", str(descriptor), data], self.environment, descriptor)
        workers = self._spawn("workers", [sys.executable, "-m", "local.workers", data], self.environment)
        self._wait(lambda: _answers(self._api_socket, "/health") and workers.is_ready.is_set())

    def supervise(self) -> NoReturn:
        """Restart processes that exit unexpectedly, until an exception ends this."""
        while True:
            for name in self.restart_exited():
                say(f"The {name} process exited unexpectedly and was restarted. See {self._folder.log}.")
            time.sleep(_LOOK_S)

    def restart_exited(self) -> list[str]:
        """Restart the processes that have exited. Return their names."""
        return [child.name for child in self._children if child.restart_if_exited()]

    def stop(self) -> None:
        """Stop all processes, the engine last: its last snapshot must have what the others do before they exit."""
        others, engine = self._children[1:], self._children[:1]
        for children, seconds in ((others, _OTHERS_STOP_S), (engine, _ENGINE_STOP_S)):
            deadline_s = time.monotonic() + seconds
            for child in children:
                child.ask_to_stop()
            for child in children:
                child.await_exit(deadline_s)
        self._api_socket.close()
        self._engine_socket.close()
        self._log.close()

    def _spawn(self, name: str, command: list[str], extra: dict[str, str], *descriptors: int) -> Child:
        child = Child(
            name,
            command,
            environment=environment.of_child(extra),
            folder=ROOT,
            log=self._log,
            descriptors=descriptors,
        )
        self._children.append(child)
        child.start()
        return child

    def _wait(self, is_up: Callable[[], bool]) -> None:
        """Wait until a process is ready. Raise `Refusal` with its last line if one exits."""
        deadline_s = time.monotonic() + _START_S
        while not is_up():
            for child in self._children:
                if child.has_exited:
                    message = f"The {child.name} process exited: {child.last_line or 'it printed nothing'}."
                    raise Refusal(message)
            if time.monotonic() > deadline_s:
                message = f"The service did not start within {_START_S} s. See {self._folder.log}."
                raise Refusal(message)
            time.sleep(_LOOK_S)


def _listen(port: int) -> socket.socket:
    """A listening socket. Raise `Refusal` if the port is in use."""
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((_HOST, port))
    except OSError as error:
        message = f"Port {port} cannot be used: {error.strerror}. Set PORT to another one."
        raise Refusal(message) from error
    listening.listen(128)
    return listening


def _url(listening: socket.socket) -> str:
    return f"http://{_HOST}:{listening.getsockname()[1]}"


def _answers(listening: socket.socket, path: str) -> bool:
    """Whether the process of a socket answers a GET with 200."""
    connection = HTTPConnection(_HOST, listening.getsockname()[1], timeout=_LOOK_TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
