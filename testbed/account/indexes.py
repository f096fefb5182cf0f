"""A global secondary index: it has the state of the table of a moment ago.

"Using Global Secondary Indexes in DynamoDB", docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html: indexes
are eventually consistent only. They follow within a fraction of a second under normal conditions. That is no promise, so the
lag is a parameter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from testbed.account.virtual_time import VirtualTime

LAG_S: Final = 0.5


class Index(NamedTuple):
    """The methods of a port that read keys from the index, that add items to it and that remove them."""

    read: str
    enters: str
    leaves: str
    key: Callable[[Any], Hashable]


class Lagging:
    """A port whose index follows its table after `lag_s`: new items are missing, and removed ones are still there."""

    def __init__(self, port: object, time: VirtualTime, index: Index, lag_s: float = LAG_S) -> None:
        self._port = port
        self._time = time
        self._index = index
        self._lag_s = lag_s
        self._entered_s: dict[Hashable, float] = {}
        self._left_s: dict[Hashable, float] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - as the port has it
        """The port's method, with the lag if it uses the index."""
        method = getattr(self._port, name)
        if name == self._index.read:
            return self._reading(method)
        if name in (self._index.enters, self._index.leaves):
            return self._noting(method, is_new=name == self._index.enters)
        return method

    def _reading(self, method: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
        def read(*args: Any, **kwargs: Any) -> list[Any]:  # noqa: ANN401 - as the port has it
            now_s = self._time.now_s
            known = [each for each in method(*args, **kwargs) if self._is_shown(each, now_s)]
            return known + [key for key, left_s in self._left_s.items() if now_s - left_s < self._lag_s]

        return read

    def _is_shown(self, item: object, now_s: float) -> bool:
        return now_s - self._entered_s.get(self._index.key(item), -self._lag_s) >= self._lag_s

    def _noting(self, method: Callable[..., object], *, is_new: bool) -> Callable[..., object]:
        def change(items: Iterable[Any], *rest: object) -> object:
            changed, answer = list(items), method(items, *rest)
            for each in changed:
                (self._entered_s if is_new else self._left_s)[self._index.key(each)] = self._time.now_s
            return answer

        return change
