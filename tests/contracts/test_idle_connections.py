"""After a freeze, requests to AWS go out on new connections: those that were kept may be dead, and nobody says so.

The receiver here drops connections in silence: it neither reads on nor closes them, like a load balancer that has forgotten
them. The wall clock is handed in; the monotonic clock does not move by more than the test takes.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any, Final

import botocore.session
import pytest
from botocore.config import Config

from chalicelib.adapters import aws
from chalicelib.adapters.aws import idle_connections
from chalicelib.domain.errors import Unavailable
from tests.egress.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.egress.receiver import Connection

pytestmark = pytest.mark.enable_socket

ANSWER: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
PATIENCE_S: Final = 20
SOON_S: Final = 10


class Wall:
    """The time on the wall, which a freeze moves on."""

    def __init__(self) -> None:
        self.now_s = 1_000_000.0

    def __call__(self) -> float:
        return self.now_s


def answering_once_and_then_silent(connection: Connection) -> None:
    connection.request()
    connection.send(ANSWER)
    while connection.pause(1):
        pass


def answering(connection: Connection) -> None:
    while connection.request():
        connection.send(ANSWER)


def client(receiver: Receiver, wall: Callable[[], float]) -> Any:  # noqa: ANN401 - botocore's
    session = botocore.session.Session()
    session.set_credentials("test", "test")
    patient = aws.CONFIG.merge(Config(read_timeout=PATIENCE_S, retries={"total_max_attempts": 1}))
    made = session.create_client(
        "dynamodb", region_name="us-east-1", config=patient, endpoint_url=receiver.url("", host="127.0.0.1")
    )
    idle_connections.watch(made, wall)
    return made


def get(client: Any) -> None:  # noqa: ANN401 - botocore's
    client.get_item(TableName="table", Key={"pk": {"S": "key"}})


def test_a_request_after_a_freeze_does_not_wait_for_a_connection_that_is_dead() -> None:
    wall = Wall()
    with Receiver(answering_once_and_then_silent) as receiver:
        dynamodb = client(receiver, wall)
        get(dynamodb)
        wall.now_s += idle_connections.IDLE_MAX_S + 10
        began = time.monotonic()
        get(dynamodb)
    assert time.monotonic() - began < SOON_S
    assert receiver.connections == 2


@pytest.mark.parametrize(
    ("idle_s", "connections"), [(0, 1), (idle_connections.IDLE_MAX_S, 1), (idle_connections.IDLE_MAX_S + 1, 2), (-3_600, 2)]
)
def test_a_connection_is_used_again_while_it_is_young(idle_s: float, connections: int) -> None:
    """A clock that was set back says nothing of how long it was."""
    wall = Wall()
    with Receiver(answering) as receiver:
        dynamodb = client(receiver, wall)
        get(dynamodb)
        wall.now_s += idle_s
        get(dynamodb)
    assert receiver.connections == connections


def test_each_use_makes_a_connection_young_again() -> None:
    wall = Wall()
    with Receiver(answering) as receiver:
        dynamodb = client(receiver, wall)
        for _ in range(10):
            get(dynamodb)
            wall.now_s += idle_connections.IDLE_MAX_S - 1
    assert receiver.connections == 1


def test_connections_that_only_a_burst_needs_grow_old_beside_one_that_is_in_use() -> None:
    wall, requests, together = Wall(), 3, Together()
    with Receiver(together.answer) as receiver:
        dynamodb = client(receiver, wall)
        together.get(dynamodb, requests)
        assert receiver.connections == requests
        for _ in range(4):
            wall.now_s += idle_connections.IDLE_MAX_S / 2
            together.get(dynamodb, 1)
        assert receiver.connections == requests
        together.get(dynamodb, requests)
    assert receiver.connections > requests


class Together:
    """Requests that are all under way at once: none is answered before the last has come."""

    def __init__(self) -> None:
        self._all_are_here = Barrier(1)

    def answer(self, connection: Connection) -> None:
        while connection.request():
            self._all_are_here.wait(PATIENCE_S)
            connection.send(ANSWER)

    def get(self, client: Any, requests: int) -> None:  # noqa: ANN401 - botocore's
        self._all_are_here = Barrier(requests)
        with ThreadPoolExecutor(requests) as pool:
            list(pool.map(lambda _: get(client), range(requests)))


def test_a_request_that_fails_is_over_too() -> None:
    wall = Wall()
    with Receiver(lambda connection: connection.reset()) as receiver:
        dynamodb = client(receiver, wall)
        watched = idle_connections.IdleConnections(dynamodb, wall)
        dynamodb.meta.events.register("before-call", watched.begin)
        dynamodb.meta.events.register("after-call-error", watched.end)
        with pytest.raises(Unavailable), aws.translated():
            get(dynamodb)
    assert watched._under_way == 0


def test_the_process_s_clients_are_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    watched: list[Any] = []
    monkeypatch.setattr(idle_connections, "watch", watched.append)
    for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "us-east-1")
    aws.forget()
    assert watched == [aws.client("dynamodb")]
    aws.forget()
