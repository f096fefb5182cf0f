"""A transport that notes what it is asked for, and answers with nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from posthorn.client.transport import Query, Transport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Recording(Transport):
    """The requests, in their order: method, path, names of the query."""

    def __init__(self) -> None:
        super().__init__("https://posthorn.test", "a-key")
        self.asked: list[tuple[str, str, frozenset[str]]] = []

    def call_with_text(
        self,
        method: str,
        path: str,
        text: str | None,  # noqa: ARG002 - as in the transport
        *,
        query: Query | None = None,
        headers: Mapping[str, str] | None = None,  # noqa: ARG002
    ) -> Any:  # noqa: ANN401
        self.asked.append((method, path, _given(query)))
        return {"createdWebhooks": [{}]}

    def pages(self, path: str, query: Query | None = None) -> Iterator[Any]:
        self.asked.append(("GET", path, _given(query)))
        return iter(())


def _given(query: Query | None) -> frozenset[str]:
    return frozenset(name for name, value in (query or {}).items() if value is not None)
