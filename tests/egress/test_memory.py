"""Floods and bombs: the answer is cut at its cap, and the process does not grow by what a receiver sends."""

from __future__ import annotations

import sys
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.egress.receiver import Receiver
from tests.egress.sending import exchange

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.egress.receiver import Connection
    from tests.egress.sending import Senders

pytestmark = [
    pytest.mark.hostile,
    pytest.mark.enable_socket,
    pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc"),
]

MIB = 1 << 20
GROWTH_MAX = 50 * MIB
HEAD = b"HTTP/1.1 200 OK\r\n"
ZEROS = bytes(MIB)


def _peak() -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1_024


def _reset_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def endless(head: bytes, block: bytes) -> Callable[[Connection], None]:
    def script(connection: Connection) -> None:
        connection.request()
        connection.send(HEAD + head + b"\r\n")
        for _ in range(10_000):
            connection.send(block)

    return script


def bomb(coding: bytes, window_bits: int) -> Callable[[Connection], None]:
    """200 MiB of zeros in 200 KB, made as they are sent, so that the receiver's own memory does not count."""

    def script(connection: Connection) -> None:
        connection.request()
        coder = zlib.compressobj(wbits=window_bits)
        connection.send(HEAD + b"content-encoding: " + coding + b"\r\n\r\n")
        for _ in range(200):
            connection.send(coder.compress(ZEROS))
        connection.send(coder.flush())

    return script


FLOODS = {
    "a body of 10 GB": endless(b"content-length: 10737418240\r\n", ZEROS),
    "a body without an end": endless(b"", ZEROS),
    "chunks without an end": endless(b"transfer-encoding: chunked\r\n", b"100000\r\n" + ZEROS + b"\r\n"),
    "one chunk of 10 GB": endless(b"transfer-encoding: chunked\r\n", b"280000000\r\n" + ZEROS),
    "a redirect with 10 GB": endless(b"location: /\r\ncontent-length: 10737418240\r\n", ZEROS),
    "a gzip bomb": bomb(b"gzip", 31),
    "a deflate bomb": bomb(b"deflate", 15),
    "a deflate bomb without a frame": bomb(b"deflate", -15),
    "gzip without an end": endless(b"content-encoding: gzip\r\n", ZEROS),
}


@pytest.mark.parametrize("script", FLOODS.values(), ids=FLOODS.keys())
def test_a_flood_is_cut_at_the_cap_in_bounded_memory(senders: Senders, script: Callable[[Connection], None]) -> None:
    sender = senders.make()
    with Receiver(script) as receiver:
        _reset_peak()
        before = _peak()
        ended = exchange(sender, receiver.url())
        grown = _peak() - before
    assert ended.judge()[0] is None
    assert ended.response is not None
    assert (len(ended.response.body), ended.response.is_truncated) == (65_536, True)
    assert grown < GROWTH_MAX
