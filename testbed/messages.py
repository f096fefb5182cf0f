"""Messages of a simulated queue, and the events that Lambda makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from testbed import events

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(slots=True)
class Message:
    """One message on a queue."""

    id: str
    body: str
    attributes: dict[str, str]
    sent_at: datetime
    visible_at: datetime
    receive_count: int = 0

    @property
    def receipt(self) -> str:
        """The receipt handle. It changes with each receive."""
        return f"{id(self)}-{self.receive_count}"


def event(queue: str, received: Sequence[Message]) -> dict[str, Any]:
    """The event that Lambda passes to the function."""
    return {"Records": [_record(queue, each) for each in received]}


def _record(queue: str, message: Message) -> dict[str, Any]:
    return events.record(
        queue,
        message.body,
        message_id=message.id,
        receipt_handle=message.receipt,
        sent_ms=int(message.sent_at.timestamp() * 1000),
        receive_count=message.receive_count,
        attributes=message.attributes,
    )
