"""Reads the body of a response, up to a limit."""

from __future__ import annotations

import zlib
from typing import Final

_GZIP: Final = zlib.MAX_WBITS | 16
_ZLIB: Final = zlib.MAX_WBITS
_RAW_DEFLATE: Final = -zlib.MAX_WBITS
_DEFLATE_METHOD: Final = 8
_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_NAMES: Final = frozenset({"gzip", "x-gzip"})


class BodyReader:
    """Keeps a body up to a number of decompressed bytes, so that a decompression bomb does no harm.

    Requests do not ask for compression. If a receiver uses gzip or deflate anyway, the body is decompressed, so that people
    can read it in the history. A gzip body may have several members (RFC 1952, 2.2). Data after the last one is dropped, as
    gzip(1) does. A body with another coding, with several codings, or that cannot be decompressed at all is kept as
    received. A body that is corrupt from some point on is kept up to that point.
    """

    def __init__(self, bytes_max: int, encoding: str = "") -> None:
        self._bytes_max = bytes_max
        self._encoding = encoding.strip().lower()
        self._decoder: zlib._Decompress | None = None
        self._is_plain = self._encoding not in {*_GZIP_NAMES, "deflate"}
        self._is_over = False
        self._is_broken = False
        self._left = b""
        self._raw = bytearray()
        self._expanded = bytearray()
        self.is_truncated = False

    def feed(self, chunk: bytes) -> bool:
        """Read a chunk; return ``False`` if no more is needed."""
        self._keep(self._raw, chunk)
        if not self._is_plain:
            self._expand(chunk)
        return not self.is_truncated

    @property
    def content(self) -> bytes:
        """The kept part of the body."""
        return bytes(self._raw if self._is_plain else self._expanded)

    @property
    def problem(self) -> str | None:
        """Why a complete body could not be decompressed whole, as the end of a sentence; ``None`` if it could."""
        if self._is_broken:
            return f"its {self._encoding} compression is corrupt"
        is_open = self._decoder is not None and not self._decoder.eof
        return (
            f"its {self._encoding} compression ends early" if is_open and not (self._is_plain or self.is_truncated) else None
        )

    def _keep(self, buffer: bytearray, chunk: bytes) -> None:
        room = self._bytes_max - len(buffer)
        buffer += chunk[:room]
        self.is_truncated |= len(chunk) > room

    def _expand(self, chunk: bytes) -> None:
        """Decompress a chunk: a part of a member, or the end of one and any number of others."""
        self._left += b"" if self._is_over else chunk
        while self._left and (decoder := self._decoder_of_left()) is not None:
            piece, self._left = self._left, b""
            self._inflate(decoder, piece)
        if self._is_over:
            self._left = b""

    def _decoder_of_left(self) -> zlib._Decompress | None:
        """The decoder for the rest of the data; ``None`` if that is padding, or too short to recognise."""
        if self._decoder is None:
            self._decoder = zlib.decompressobj(self._window_bits())
        elif self._decoder.eof and self._encoding in _GZIP_NAMES and self._left.startswith(_GZIP_MAGIC):
            self._decoder = zlib.decompressobj(_GZIP)
        elif self._decoder.eof:
            self._is_over = self._encoding not in _GZIP_NAMES or not _GZIP_MAGIC.startswith(self._left)
        return None if self._is_over or self._decoder.eof else self._decoder

    def _inflate(self, decoder: zlib._Decompress, piece: bytes) -> None:
        before = decoder.copy()
        try:
            # One byte more than fits distinguishes a full buffer from one that overflows.
            out = decoder.decompress(piece, self._room)
        except zlib.error:
            self._keep(self._expanded, _as_far_as_it_goes(before, piece, self._room))
            self._is_plain = not self._expanded
            self._is_broken = self._is_over = not self._is_plain
            return
        self._keep(self._expanded, out)
        self._left = decoder.unused_data

    @property
    def _room(self) -> int:
        return self._bytes_max - len(self._expanded) + 1

    def _window_bits(self) -> int:
        """``deflate`` means the zlib format (RFC 9110, 8.4.1.2), but some servers send raw deflate."""
        if self._encoding != "deflate":
            return _GZIP
        return _ZLIB if self._left[0] & 0x0F == _DEFLATE_METHOD else _RAW_DEFLATE


def _as_far_as_it_goes(decoder: zlib._Decompress, piece: bytes, room: int) -> bytes:
    """Decompress the data before an error. zlib drops the output of the call that fails, so smaller pieces are tried."""
    out, size = b"", len(piece)
    while size and piece and len(out) < room:
        attempt = decoder.copy()
        try:
            out += attempt.decompress(piece[:size], room - len(out))
        except zlib.error:
            size //= 2
        else:
            decoder, piece = attempt, piece[size:]
    return out
