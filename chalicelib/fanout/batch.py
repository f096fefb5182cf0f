"""What is known of one batch of messages while it is worked on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from chalicelib.fanout.reads import BatchCatalogue, BatchReads
    from chalicelib.fanout.sending import FanOutSending
    from chalicelib.fanout.step import Step


class _OfMessage(Protocol):
    """What belongs to one message."""

    @property
    def id(self) -> str:
        """The message's id."""


_Each = TypeVar("_Each", bound=_OfMessage)
_Result = TypeVar("_Result")


@dataclass(slots=True, kw_only=True)
class Batch:
    """What it reads, the steps that are not finished, and by the messages' ids why some failed."""

    catalogue: BatchCatalogue
    reads: BatchReads
    sending: FanOutSending
    steps: list[Step] = field(default_factory=list)
    with_expressions: list[Step] = field(default_factory=list)
    failures: dict[str, Exception] = field(default_factory=dict)

    @property
    def sent(self) -> list[Step]:
        """The steps that did not fail."""
        return [step for step in self.steps if step.id not in self.failures]

    def without_failures(
        self, items: Sequence[_Each], results: Sequence[_Result | Exception]
    ) -> list[tuple[_Each, _Result]]:
        """The items that succeeded, with their results; the failures of the others are noted."""
        pairs = list(zip(items, results, strict=True))
        self.failures |= {item.id: result for item, result in pairs if isinstance(result, Exception)}
        return [(item, result) for item, result in pairs if not isinstance(result, Exception)]

    def fail(self, items: Iterable[_OfMessage], failure: Exception) -> None:
        """Note a failure of several: if a sending broke off, nobody knows which of them it had sent."""
        self.failures |= {item.id: failure for item in items}

    def forget_failures(self, items: Iterable[_OfMessage]) -> None:
        """They are tried again."""
        for item in items:
            self.failures.pop(item.id, None)
