"""Reads an ELF file: its machine, the C library version that it needs, and the libraries that it loads.

Only little-endian files of 64 bits are read (the System V ABI, "Object Files" and "Dynamic Linking"): Lambda has no others.
"""

from __future__ import annotations

import re
from struct import iter_unpack, unpack_from
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_MACHINES: Final = {62: "x86_64", 183: "aarch64"}
_MACHINE_AT: Final = slice(18, 20)
_GLIBC: Final = re.compile(rb"\x00GLIBC_(\d+)\.(\d+)")
_HEADERS_AT: Final = 32
_HEADER_SIZE_AT: Final = 54
_LOAD, _DYNAMIC = 1, 2
_END, _NEEDED, _TEXTS = 0, 1, 5


def machine_of(binary: bytes) -> str:
    """The machine in an ELF file's header."""
    number = int.from_bytes(binary[_MACHINE_AT], "little")
    return _MACHINES.get(number, f"machine {number}")


def glibc_of(binary: bytes) -> tuple[int, int]:
    """The newest version of glibc whose symbols an ELF file names."""
    return max(((int(major), int(minor)) for major, minor in _GLIBC.findall(binary)), default=(2, 0))


def needed_by(binary: bytes) -> list[str]:
    """The libraries that the loader looks for, by name (`DT_NEEDED`)."""
    segments = list(_segments(binary))
    entries = [each for kind, offset, _, size in segments if kind == _DYNAMIC for each in _entries(binary, offset, size)]
    texts = next((_at(value, segments) for tag, value in entries if tag == _TEXTS), 0)
    return [_text(binary, texts + value) for tag, value in entries if tag == _NEEDED]


def _segments(binary: bytes) -> Iterator[tuple[int, int, int, int]]:
    """The kind of each segment, where it is in the file, where in memory, and its size."""
    (start,) = unpack_from("<Q", binary, _HEADERS_AT)
    size, count = unpack_from("<HH", binary, _HEADER_SIZE_AT)
    for at in range(start, start + size * count, size):
        kind, _, offset, address, _, length, _, _ = unpack_from("<IIQQQQQQ", binary, at)
        yield kind, offset, address, length


def _entries(binary: bytes, offset: int, size: int) -> Iterator[tuple[int, int]]:
    for tag, value in iter_unpack("<qQ", binary[offset : offset + size]):
        if tag == _END:
            return
        yield tag, value


def _at(address: int, segments: list[tuple[int, int, int, int]]) -> int:
    """The position in the file of an address in memory."""
    return next(
        offset + address - begin for kind, offset, begin, size in segments if kind == _LOAD and 0 <= address - begin < size
    )


def _text(binary: bytes, at: int) -> str:
    return binary[at : binary.index(b"\x00", at)].decode()
