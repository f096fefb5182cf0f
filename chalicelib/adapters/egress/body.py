"""A response's body, as far as it is kept."""

from __future__ import annotations

import zlib
from typing import Final

_GZIP: Final = zlib.MAX_WBITS | 16
_ZLIB: Final = zlib.MAX_WBITS
_RAW_DEFLATE: Final = -zlib.MAX_WBITS
_DEFLATE_METHOD: Final = 8


class BodyReader:
    """Keeps a body up to a number of bytes, counted as they expand, so that a bomb never goes off.

    Compression was not asked for. Where gzip or deflate comes all the same, it is expanded, so that people can read the
    history; what is in another coding, in several, or broken is kept as it came.
    """

    def __init__(self, bytes_max: int, encoding: str = "") -> None:
        self._bytes_max = bytes_max
        self._encoding = encoding.strip().lower()
        self._decoder: zlib._Decompress | None = None
        self._is_plain = self._encoding not in {"gzip", "x-gzip", "deflate"}
        self._raw = bytearray()
        self._expanded = bytearray()
        self.is_truncated = False

    def feed(self, chunk: bytes) -> bool:
        """Take more of the body; ``False`` where no more is wanted."""
        self._keep(self._raw, chunk)
        if chunk and not self._is_plain:
            self._expand(chunk)
        return not self.is_truncated

    @property
    def kept(self) -> bytes:
        """What is kept."""
        return bytes(self._raw if self._is_plain else self._expanded)

    def _keep(self, buffer: bytearray, chunk: bytes) -> None:
        room = self._bytes_max - len(buffer)
        buffer += chunk[:room]
        self.is_truncated |= len(chunk) > room

    def _expand(self, chunk: bytes) -> None:
        if self._decoder is None:
            self._decoder = zlib.decompressobj(self._window_bits(chunk))
        try:
            # One byte more than there is room for tells a full buffer from one that overflows.
            out = self._decoder.decompress(chunk, self._bytes_max - len(self._expanded) + 1)
        except zlib.error:
            self._is_plain = True
            return
        self._keep(self._expanded, out)

    def _window_bits(self, chunk: bytes) -> int:
        """``deflate`` is the zlib format (RFC 9110, 8.4.1.2), yet some senders leave its frame out."""
        if self._encoding != "deflate":
            return _GZIP
        return _ZLIB if chunk[0] & 0x0F == _DEFLATE_METHOD else _RAW_DEFLATE
