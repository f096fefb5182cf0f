"""Runs independent calls at once, each in a thread of its own: requests to AWS wait for the network, not for the processor.

Threads end before the call returns. Lambda freezes an execution environment after each invocation (Lambda Developer Guide,
"Understanding the Lambda execution environment lifecycle"), and a request that is under way then fails in the next one.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Future

AT_ONCE_MAX: Final = 8
"""Requests to AWS that one piece of work has under way at once; botocore keeps ten connections open."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def outcome(work: Callable[[_Item], _Result], item: _Item) -> _Result | Exception:
    """The result of a call, or what it raised."""
    try:
        return work(item)
    except Exception as failure:  # noqa: BLE001 - the caller decides what a failure means
        return failure


def outcomes(work: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result | Exception]:
    """Call `work` for all items, up to `AT_ONCE_MAX` at once; return results and failures in the order of the items."""
    return run(partial(outcome, work), items)


def run(work: Callable[[_Item], _Result], items: Sequence[_Item], at_once: int = AT_ONCE_MAX) -> list[_Result]:
    """Call `work` for all items, up to `at_once` at once; return the results in the order of the items.

    If calls fail, the first failure is raised after all calls have ended.
    """
    if len(items) <= 1:
        return [work(each) for each in items]
    with ThreadPoolExecutor(min(at_once, len(items))) as pool:
        running = [pool.submit(work, each) for each in items]
    return [each.result() for each in running]


def run_stream(work: Callable[[_Item], object], items: Iterable[_Item]) -> None:
    """Call `work` for all items, up to `AT_ONCE_MAX` at once; an item is taken only when a thread is free for it.

    If a call fails, its failure is raised when those before it have ended, and no other item is taken.
    """
    waiting = iter(items)
    first = list(islice(waiting, 2))
    if len(first) <= 1:
        for each in first:
            work(each)
        return
    with ThreadPoolExecutor(AT_ONCE_MAX) as pool:
        running: deque[Future[object]] = deque()
        for each in chain(first, waiting):
            running.append(pool.submit(work, each))
            if len(running) == AT_ONCE_MAX:
                running.popleft().result()
        for last in running:
            last.result()
