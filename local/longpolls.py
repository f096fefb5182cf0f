"""Has a long poll wake when a message is sent to its queue; ministack by itself looks ten times a second.

It knows these insides of ministack, whose version is therefore exact: `sqs._HANDLERS`, and `sqs.asyncio`, whose `sleep` is
what a long poll does between two looks.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextvars import ContextVar
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from ministack.services import sqs

if TYPE_CHECKING:
    from collections.abc import Callable

_SENDS: Final = ("SendMessage", "SendMessageBatch", "ChangeMessageVisibility", "ChangeMessageVisibilityBatch")
_polled: ContextVar[str] = ContextVar("_polled")
"""The queue that the current request polls."""
_sent: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
"""Set, and replaced, when a message becomes visible in the queue of that name."""


def install() -> None:
    """Wrap the handlers, and take the place of the sleep."""
    handlers = sqs._HANDLERS  # noqa: SLF001
    handlers["ReceiveMessage"] = _naming(handlers["ReceiveMessage"])
    for name in _SENDS:
        handlers[name] = _waking(handlers[name])
    sqs.asyncio = SimpleNamespace(iscoroutine=asyncio.iscoroutine, sleep=_sleep)


def _queue(data: dict[str, Any], url: str) -> str:
    return str(data.get("QueueUrl", url)).rpartition("/")[2]


def _naming(handler: Callable[..., Any]) -> Callable[..., Any]:
    async def named(data: dict[str, Any], url: str) -> Any:  # noqa: ANN401 - as ministack has it
        _polled.set(_queue(data, url))
        return await handler(data, url)

    return named


def _waking(handler: Callable[..., Any]) -> Callable[..., Any]:
    def waking(data: dict[str, Any], url: str) -> Any:  # noqa: ANN401 - as ministack has it
        answer = handler(data, url)
        _sent.pop(_queue(data, url), asyncio.Event()).set()
        return answer

    return waking


async def _sleep(delay_s: float) -> None:
    """Sleep until a message is sent, or for so long."""
    try:
        async with asyncio.timeout(delay_s):
            await _sent[_polled.get()].wait()
    except TimeoutError:
        return
