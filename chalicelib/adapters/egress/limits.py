"""The limits on a response; `chalicelib.settings` documents each."""

from __future__ import annotations

from typing import Protocol


class Limits(Protocol):
    """The settings that the sender uses."""

    @property
    def response_bytes_max(self) -> int:
        """Bytes of a body that are kept, after decompression."""

    @property
    def response_headers_max(self) -> int:
        """Headers of a response."""

    @property
    def response_header_bytes_max(self) -> int:
        """Bytes of all headers of a response."""

    @property
    def allow_http(self) -> bool:
        """Whether requests may be sent without TLS."""
