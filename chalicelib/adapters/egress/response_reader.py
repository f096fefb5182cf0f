"""Reads a response line by line and chunk by chunk, within limits."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.egress.body import BodyReader
from chalicelib.domain.delivery.attempt import Response

if TYPE_CHECKING:
    from chalicelib.adapters.egress.limits import Limits

STOP: Final = 0
"""Returned to make libcurl stop reading: a number of bytes other than the one that it passed."""

_STATUS_LINE: Final = re.compile(rb"HTTP/\S+ +([0-9]{3})")
_FINAL: Final = 200
_SWITCHING: Final = 101
_WHITE: Final = (b" ", b"\t")


class ResponseReader:
    """Collects a response while libcurl reads it; `problem` says which limit it exceeded.

    Interim responses (``100 Continue``) are dropped. Their headers count towards the limits, which is the only limit on
    their number.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._header_bytes = 0
        self._header_count = 0
        self._status = 0
        self._headers: list[tuple[str, str]] = []
        self._body: BodyReader | None = None
        self.problem: str | None = None

    @property
    def is_untouched(self) -> bool:
        """Whether nothing was received yet."""
        return self._header_bytes == 0

    @property
    def is_begun(self) -> bool:
        """Whether all headers of the final response were received."""
        return self._body is not None

    @property
    def is_truncated(self) -> bool:
        """Whether the body is longer than the part that is kept."""
        return self._body is not None and self._body.is_truncated

    @property
    def is_success(self) -> bool:
        """Whether all headers were received, with a status of success."""
        return self.is_begun and HTTPStatus.OK <= self._status < HTTPStatus.MULTIPLE_CHOICES

    def on_header(self, line: bytes) -> int | None:
        """Read a line: a status line, a header, the empty line after them, or a trailer, which is only counted."""
        self._header_bytes += len(line)
        if self._header_bytes > self._limits.response_header_bytes_max:
            return self.stop(f"The response has more than {self._limits.response_header_bytes_max:,} bytes of headers.")
        status = _STATUS_LINE.match(line) if line.startswith(b"HTTP/") else None
        text = line.rstrip(b"\r\n")
        if status is not None:
            self._status, self._headers, self._body = int(status[1]), [], None
        elif text:
            return self._on_field(text)
        elif self._status >= _FINAL or self._status == _SWITCHING:
            self._body = self._body or BodyReader(self._limits.response_bytes_max, self._encoding())
        return None

    def on_body(self, chunk: bytes) -> int | None:
        """Read a chunk of the body."""
        if self._body is None:
            return self.stop("The body of the response began before its headers ended.")
        return None if self._body.feed(chunk) else STOP

    def stop(self, problem: str) -> int:
        """Set what is wrong with the response, and read no more of it."""
        self.problem = problem
        return STOP

    @property
    def broken_coding(self) -> str | None:
        """What is wrong with the compression of the complete body; ``None`` if it could be decompressed."""
        return None if self._body is None else self._body.problem

    def response(self, *, is_whole: bool) -> Response | None:
        """The response as far as it was read; ``None`` if its headers are not complete.

        Args:
            is_whole: whether the response ended as HTTP requires.

        """
        if self._body is None:
            return None
        is_truncated = self._body.is_truncated or not is_whole or self._body.problem is not None
        return Response(self._status, tuple(self._headers), self._body.content, is_truncated)

    def _on_field(self, text: bytes) -> int | None:
        self._header_count += 1
        if self._header_count > self._limits.response_headers_max:
            return self.stop(f"The response has more than {self._limits.response_headers_max:,} headers.")
        if self._body is None:
            self._keep(text)
        return None

    def _keep(self, text: bytes) -> None:
        """Keep a header. Latin-1 decodes every byte (RFC 9110, 5.5), so any header can be kept and shown."""
        if text.startswith(_WHITE) and self._headers:
            name, value = self._headers.pop()
            self._headers.append((name, f"{value} {_readable(text)}"))
        else:
            name_bytes, _, value_bytes = text.partition(b":")
            self._headers.append((_readable(name_bytes), _readable(value_bytes)))

    def _encoding(self) -> str:
        """All content codings in order. Several headers are equal to one with commas (RFC 9110, 5.3)."""
        return ",".join(value for name, value in self._headers if name.lower() == "content-encoding")


def _readable(text: bytes) -> str:
    return text.strip(b" \t").decode("latin-1").replace("\x00", "\ufffd")
