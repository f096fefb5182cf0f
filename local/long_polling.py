"""Wakes a long poll when there is a message for it. ministack itself looks ten times a second.

A request that sends wakes one poll. A poll that received as many messages as it may wakes the next one, because there may be
more. The newest poll is woken first, so that processes that are not needed receive nothing for long, and can exit.
`docs/adr/0007-local-engine.md` lists what this uses of ministack's internals.
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
"""How often a poll looks by itself, for messages that arrive in another way, such as dead letters."""


class _Poll(NamedTuple):
    """One long poll: the URL and the name of its queue, and when it ends by ministack's clock."""

    url: str
    queue: str
    ends_at_s: float


_current: ContextVar[_Poll] = ContextVar("_current")
"""The poll of the current request."""
_waiting: defaultdict[str, list[asyncio.Future[None]]] = defaultdict(list)
"""The polls that wait, by the name of their queue, oldest first."""


def install() -> None:
    """Wrap the handlers, and replace their `asyncio.sleep`."""
    handlers = sqs._HANDLERS  # noqa: SLF001 - ministack's internals
    handlers["ReceiveMessage"] = _polling(handlers["ReceiveMessage"])
    for name in _SENDS:
        handlers[name] = _waking(handlers[name])
    sqs.asyncio = SimpleNamespace(iscoroutine=asyncio.iscoroutine, sleep=_sleep)


def _polling(handler: Callable[..., Any]) -> Callable[..., Any]:
    async def polling(data: dict[str, Any], url: str) -> Any:  # noqa: ANN401 - as in ministack
        url = str(data.get("QueueUrl", url))
        poll = _Poll(url, _name(url), time.time() + _wait_s(data, url))
        _current.set(poll)
        answer = await handler(data, url)
        if len(answer.get("Messages", ())) == int(data.get("MaxNumberOfMessages", 1)):  # there may be more
            _wake(poll.queue)
        return answer

    return polling


def _waking(handler: Callable[..., Any]) -> Callable[..., Any]:
    def waking(data: dict[str, Any], url: str) -> Any:  # noqa: ANN401 - as in ministack
        answer = handler(data, url)
        _wake(_name(str(data.get("QueueUrl", url))))
        return answer

    return waking


def _wait_s(data: dict[str, Any], url: str) -> float:
    """The request's own wait, else the queue's."""
    wait = data.get("WaitTimeSeconds")
    return float(sqs._get_q(url)["attributes"].get("ReceiveMessageWaitTimeSeconds", 0) if wait is None else wait)  # noqa: SLF001 - ministack's internals


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _wake(queue: str) -> None:
    """Have the newest poll look."""
    waiting = _waiting[queue]
    while waiting:
        turn = waiting.pop()
        if not turn.done():
            turn.set_result(None)
            return


async def _sleep(_delay_s: float) -> None:
    """Sleep until this poll is woken, or a message becomes visible, or the poll ends."""
    poll = _current.get()
    turn = asyncio.get_running_loop().create_future()
    _waiting[poll.queue].append(turn)
    try:
        async with asyncio.timeout(_until_next_look_s(poll)):
            await turn
    except TimeoutError:
        return
    except asyncio.CancelledError:
        if not turn.cancelled():  # its client has disconnected: wake another poll instead
            _wake(poll.queue)
        raise
    finally:
        if turn in _waiting[poll.queue]:
            _waiting[poll.queue].remove(turn)


def _until_next_look_s(poll: _Poll) -> float:
    """Seconds, at least a hundredth, as in ministack."""
    now = time.time()
    messages = sqs._get_q(poll.url)["messages"]  # noqa: SLF001 - ministack's internals
    visible: Iterator[float] = (each["visible_at"] for each in messages if each["visible_at"] > now)
    return max(0.01, min(poll.ends_at_s, now + _LOOK_S, *visible) - now)
