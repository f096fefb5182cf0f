from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from local.http_server import serve

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

pytestmark = pytest.mark.enable_socket

PATIENCE_S = 20

Client = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Echo:
    """An application that answers with what it was asked, hangs at `/hang`, and breaks at `/break`."""

    def __init__(self) -> None:
        self.is_hanging = asyncio.Event()
        self.was_given_up = asyncio.Event()

    async def __call__(self, scope: dict[str, Any], receive: Callable[[], Any], send: Callable[[object], Any]) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            return
        if scope["path"] == "/hang":
            await self._hang()
        if scope["path"] == "/break":
            raise ValueError
        body = (await receive())["body"]
        said = f"{scope['method']} {scope['path']}?{scope['query_string'].decode()} {len(body)} ".encode() + body[:10]
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"X-Here", b"1"), (b"Access-Control-Allow-Origin", b"*")],
            }
        )
        await send({"type": "http.response.body", "body": said})

    async def _hang(self) -> None:
        self.is_hanging.set()
        try:
            await asyncio.sleep(PATIENCE_S)
        except asyncio.CancelledError:
            self.was_given_up.set()
            raise


@asynccontextmanager
async def client_of(echo: Echo) -> AsyncIterator[Client]:
    """A connection to the application."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = asyncio.Event()
        serving = asyncio.create_task(serve(echo, listening, stop))
        reader, writer = await asyncio.open_connection(*listening.getsockname())
        try:
            yield reader, writer
        finally:
            writer.close()
            stop.set()
            await serving


def held(test: Callable[[Echo, Client], Coroutine[Any, Any, None]]) -> None:
    """Run a test's steps with a client; in a thread, for a browser's tests keep a loop in theirs."""

    async def run() -> None:
        echo = Echo()
        async with asyncio.timeout(PATIENCE_S), client_of(echo) as client:
            await test(echo, client)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(run())).result()


async def answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """The status and the body of the next answer."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return head.split(b" ")[1], await reader.readexactly(length)


def test_requests_of_one_connection_are_answered_in_their_order() -> None:
    async def steps(_: Echo, client: Client) -> None:
        reader, writer = client
        writer.write(b"POST /a?x=1 HTTP/1.1\r\nContent-Length: 3\r\n\r\none" + b"GET /b HTTP/1.1\r\n\r\n")

        assert await answer(reader) == (b"200", b"POST /a?x=1 3 one")
        assert await answer(reader) == (b"200", b"GET /b? 0 ")

    held(steps)


def test_a_path_is_told_as_it_is_meant() -> None:
    async def test(_: Echo, client: Client) -> None:
        reader, writer = client
        writer.write(b"GET /a%20%C3%B6?b=%20 HTTP/1.1\r\nHost: localhost:4566\r\n\r\n")
        assert "GET /a ö?b=%20 0".encode() in await reader.readuntil(b" 0 ")

    held(test)


def test_a_request_may_come_in_pieces() -> None:
    async def steps(_: Echo, client: Client) -> None:
        reader, writer = client
        for piece in (b"POST /a HTTP/1.1\r\ncontent-le", b"ngth: 200000\r\n\r", b"\n" + b"x" * 100_000, b"y" * 100_000):
            writer.write(piece)
            await writer.drain()

        assert await answer(reader) == (b"200", b"POST /a? 200000 xxxxxxxxxx")

    held(steps)


def test_a_client_that_asks_first_is_told_to_go_on() -> None:
    async def steps(_: Echo, client: Client) -> None:
        reader, writer = client
        writer.write(b"PUT /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"ok")

        assert await answer(reader) == (b"200", b"PUT /a? 2 ok")

    held(steps)


def test_the_connection_is_closed_where_the_client_asks() -> None:
    async def steps(_: Echo, client: Client) -> None:
        reader, writer = client
        writer.write(b"GET /a HTTP/1.1\r\nConnection: close\r\n\r\n")

        assert (await reader.read()).endswith(b"GET /a? 0 ")

    held(steps)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET /a HTTP/1.1\r\nno colon\r\n\r\n", b"400"),
        (b"POST /a HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"411"),
        (b"POST /a HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"GET /a HTTP/1.1\r\nX: " + b"x" * 100_000, b"431"),
    ],
)
def test_what_is_no_request_is_refused_and_the_connection_closed(sent: bytes, status: bytes) -> None:
    async def steps(_: Echo, client: Client) -> None:
        reader, writer = client
        writer.write(sent)

        assert (await answer(reader))[0] == status
        assert await reader.read() == b""

    held(steps)


def test_an_application_that_breaks_is_a_500_and_the_next_request_is_answered(caplog: pytest.LogCaptureFixture) -> None:
    async def steps(_: Echo, client: Client) -> None:
        reader, writer = client
        writer.write(b"GET /break HTTP/1.1\r\n\r\nGET /a HTTP/1.1\r\n\r\n")

        assert (await answer(reader))[0] == b"500"
        assert (await answer(reader))[0] == b"200"

    held(steps)
    assert "a request failed" in caplog.text


def test_a_request_whose_client_is_gone_is_given_up() -> None:
    async def steps(echo: Echo, client: Client) -> None:
        client[1].write(b"GET /hang HTTP/1.1\r\n\r\n")
        await echo.is_hanging.wait()

        client[1].close()

        await echo.was_given_up.wait()

    held(steps)


@pytest.mark.parametrize(
    "header",
    [
        b"Origin: https://evil.example",
        b"Origin: null",
        b"Referer: https://evil.example/page",
        b"Sec-Fetch-Site: cross-site",
        b"Host: evil.example:4566",
        b"Host: 127.0.0.1.evil.example",
        b"Host: ",
    ],
)
@pytest.mark.parametrize("method", [b"OPTIONS", b"GET", b"POST"])
def test_a_page_in_a_browser_reaches_nothing(method: bytes, header: bytes) -> None:
    async def test(_: Echo, client: Client) -> None:
        reader, writer = client
        writer.write(method + b" /?Action=SendMessage HTTP/1.1\r\n" + header + b"\r\n\r\n")
        assert await answer(reader) == (b"403", b"")

    held(test)


@pytest.mark.parametrize("host", [b"127.0.0.1", b"127.0.0.1:4566", b"localhost:4566", b"[::1]:4566"])
def test_a_program_names_this_machine(host: bytes) -> None:
    async def test(_: Echo, client: Client) -> None:
        reader, writer = client
        writer.write(b"GET /a HTTP/1.1\r\nHost: " + host + b"\r\n\r\n")
        assert await answer(reader) == (b"200", b"GET /a? 0 ")

    held(test)


def test_no_answer_is_for_a_page_to_read() -> None:
    async def test(_: Echo, client: Client) -> None:
        reader, writer = client
        writer.write(b"OPTIONS /a HTTP/1.1\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        assert (b"x-here" in head.lower(), b"access-control" in head.lower()) == (True, False)

    held(test)
