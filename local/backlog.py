"""Keeps what ministack does at each look into a queue small when thousands of messages wait there.

It knows these insides of ministack, whose version is therefore exact: `sqs._HANDLERS`, `sqs._ensure_msg_fields`,
`sqs._expire_retained`, `sqs._get_q`, and the fields of a queue and of a message.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from ministack.services import sqs

if TYPE_CHECKING:
    from collections.abc import Callable

_EXPIRE_S: Final = 1.0
"""A retention is a minute at the least (docs.aws.amazon.com: SetQueueAttributes, MessageRetentionPeriod)."""
_LAST_FIELD: Final = "seq"
"""The last one that `_ensure_msg_fields` adds; SendMessage writes all of them."""


def install() -> None:
    """Wrap what runs over all messages."""
    sqs._ensure_msg_fields = _unless_complete(sqs._ensure_msg_fields)  # noqa: SLF001
    sqs._expire_retained = _once_in_a_while(sqs._expire_retained)  # noqa: SLF001
    handlers = sqs._HANDLERS  # noqa: SLF001
    handlers["DeleteMessageBatch"] = _among_few(handlers["DeleteMessageBatch"])


def _unless_complete(complete: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    def ensure(message: dict[str, Any]) -> None:
        if _LAST_FIELD not in message:
            complete(message)

    return ensure


def _once_in_a_while(expire: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
    looked_at_s: dict[int, float] = {}

    def expire_now_and_then(queue: dict[str, Any]) -> None:
        now = time.monotonic()
        if now - looked_at_s.get(id(queue), 0.0) >= _EXPIRE_S:
            looked_at_s[id(queue)] = now
            expire(queue)

    return expire_now_and_then


def _among_few(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Have the handler, which runs over the queue once for each entry, see those messages alone that the entries name."""

    def delete(data: dict[str, Any], url: str) -> Any:  # noqa: ANN401 - as ministack has it
        queue = sqs._get_q(data.get("QueueUrl", url))  # noqa: SLF001
        handles = {entry.get("ReceiptHandle") for entry in data.get("Entries", ())}
        named: list[Any] = []
        others: list[Any] = []
        for message in queue["messages"]:
            (named if message["receipt_handle"] in handles else others).append(message)
        queue["messages"] = named
        try:
            return handler(data, url)
        finally:
            queue["messages"] = others + queue["messages"]

    return delete
