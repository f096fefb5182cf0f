"""A transport that records requests, and returns empty results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posthorn.client.transport import Query, Transport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Recording(Transport):
    """The requests in order: method, path, names of query parameters."""

    def __init__(self) -> None:
        super().__init__("https://posthorn.test", "a-key")
        self.requested: list[tuple[str, str, frozenset[str]]] = []

    def call_with_text(
        self,
        method: str,
        path: str,
        text: str | None,  # noqa: ARG002 - as in Transport
        *,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> Any:  # noqa: ANN401
        self.requested.append((method, path, _names(query)))
        return {"createdWebhooks": [{}]}

    def pages(self, path: str, query: Query | None = None) -> Iterator[Any]:
        self.requested.append(("GET", path, _names(query)))
        return iter(())


def _names(query: Query | None) -> frozenset[str]:
    return frozenset(name for name, value in (query or {}).items() if value is not None)
