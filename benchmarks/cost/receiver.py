"""A receiver in a process of its own: it answers each POST as those of the scenarios do, over connections kept alive.

python -m benchmarks.cost.receiver, which prints its port and runs until its input ends
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Final

from benchmarks.cost import content

_ANSWER: Final = content.answer(200, 1)
_HEAD: Final = "".join(f"{name}: {value}\r\n" for name, value in _ANSWER.headers)
_BYTES: Final = f"HTTP/1.1 200 OK\r\n{_HEAD}\r\n".encode() + _ANSWER.body
_LENGTH: Final = b"content-length:"


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(_LENGTH)]
            await reader.readexactly(int(lengths[0].removeprefix(_LENGTH)) if lengths else 0)
            writer.write(_BYTES)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()  # the other side is gone


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - whoever started it reads it
    await asyncio.to_thread(sys.stdin.read)
    server.close()
    os._exit(0)  # connections that idle are no reason to stay


if __name__ == "__main__":
    asyncio.run(_main())
