"""What bounds an answer; `chalicelib.settings` documents each."""

from __future__ import annotations

from typing import Protocol


class Limits(Protocol):
    """The part of the settings that the sender goes by."""

    @property
    def response_bytes_max(self) -> int:
        """Bytes of a body that are kept, after expansion."""

    @property
    def response_headers_max(self) -> int:
        """Headers of an answer."""

    @property
    def response_header_bytes_max(self) -> int:
        """Bytes of all headers."""

    @property
    def allow_http(self) -> bool:
        """Whether requests may leave without TLS."""
