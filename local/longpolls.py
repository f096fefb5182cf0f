"""Has a long poll wake when there is a message for it; ministack by itself looks ten times a second.

One poll wakes for a request that sends, and another where that left more than it could take, so that many workers may wait
at one queue and cost nothing. It is the one that came last: so those that are not needed find nothing for long, and can end.

It knows these insides of ministack, whose version is therefore exact: `sqs._HANDLERS`, `sqs._get_q`, the fields of queues
and messages, and `sqs.asyncio`, whose `sleep` is what a long poll does between two looks.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from contextvars import ContextVar
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ministack.services import sqs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SENDS: Final = ("SendMessage", "SendMessageBatch", "ChangeMessageVisibility", "ChangeMessageVisibilityBatch")
_LOOK_S: Final = 1.0
"""A poll looks so often by itself: for what comes by another way, such as a dead letter."""


class _Poll(NamedTuple):
    """One long poll: the URL and the name of its queue, and when it ends by ministack's clock."""

    url: str
    queue: str
    ends_at_s: float


_current: ContextVar[_Poll] = ContextVar("_current")
"""The poll of the current request."""
_waiting: defaultdict[str, list[asyncio.Future[None]]] = defaultdict(list)
"""The polls that wait, by the name of their queue, in the order of their coming."""


def install() -> None:
    """Wrap the handlers, and take the place of the sleep."""
    handlers = sqs._HANDLERS  # noqa: SLF001
    handlers["ReceiveMessage"] = _polling(handlers["ReceiveMessage"])
    for name in _SENDS:
        handlers[name] = _waking(handlers[name])
    sqs.asyncio = SimpleNamespace(iscoroutine=asyncio.iscoroutine, sleep=_sleep)


def _polling(handler: Callable[..., Any]) -> Callable[..., Any]:
    async def polling(data: dict[str, Any], url: str) -> Any:  # noqa: ANN401 - as ministack has it
        url = str(data.get("QueueUrl", url))
        poll = _Poll(url, _name(url), time.time() + _wait_s(data, url))
        _current.set(poll)
        answer = await handler(data, url)
        if len(answer.get("Messages", ())) == int(data.get("MaxNumberOfMessages", 1)):  # there may be more
            _wake(poll.queue)
        return answer

    return polling


def _waking(handler: Callable[..., Any]) -> Callable[..., Any]:
    def waking(data: dict[str, Any], url: str) -> Any:  # noqa: ANN401 - as ministack has it
        answer = handler(data, url)
        _wake(_name(str(data.get("QueueUrl", url))))
        return answer

    return waking


def _wait_s(data: dict[str, Any], url: str) -> float:
    """What the request says, else the queue."""
    asked = data.get("WaitTimeSeconds")
    return float(sqs._get_q(url)["attributes"].get("ReceiveMessageWaitTimeSeconds", 0) if asked is None else asked)  # noqa: SLF001


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _wake(queue: str) -> None:
    """Have the poll that came last look."""
    waiting = _waiting[queue]
    while waiting:
        turn = waiting.pop()
        if not turn.done():
            turn.set_result(None)
            return


async def _sleep(_delay_s: float) -> None:
    """Sleep until it is this poll's turn to look, or a message comes into sight by itself, or the poll ends."""
    poll = _current.get()
    turn = asyncio.get_running_loop().create_future()
    _waiting[poll.queue].append(turn)
    try:
        async with asyncio.timeout(_until_next_look_s(poll)):
            await turn
    except TimeoutError:
        return
    except asyncio.CancelledError:
        if not turn.cancelled():  # its client is gone, and what it was woken for is another's
            _wake(poll.queue)
        raise
    finally:
        if turn in _waiting[poll.queue]:
            _waiting[poll.queue].remove(turn)


def _until_next_look_s(poll: _Poll) -> float:
    """Seconds, a hundredth at the least, as ministack has it."""
    now = time.time()
    coming: Iterator[float] = (each["visible_at"] for each in sqs._get_q(poll.url)["messages"] if each["visible_at"] > now)  # noqa: SLF001
    return max(0.01, min(poll.ends_at_s, now + _LOOK_S, *coming) - now)
