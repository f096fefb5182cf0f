"""SQS standard queues with message groups: fair queues, as AWS documents them.

A group is noisy while it has more than a tenth of the messages in flight, and at least 30, or has recently used more than a
tenth of the processing time. Messages of the other groups are received first
(docs.aws.amazon.com, AWSSimpleQueueService, "How Amazon SQS fair queues work").
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final, Protocol

from chalicelib.background import tasks
from chalicelib.codec import messages
from chalicelib.delivery.ports import Enqueued, Lane
from testbed.account import chains
from testbed.aws.limits import EVENT_BYTES_MAX
from testbed.messages import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalicelib.background.tasks import Task
    from chalicelib.intake.ports import QueuedNotification
    from testbed.account.virtual_time import VirtualTime

NOISY_SHARE: Final = 0.1
NOISY_IN_FLIGHT_MIN: Final = 30
LATELY_S: Final = 10.0
"""AWS does not define "recent". Here, processing time decays to 1/e after this time."""
VISIBILITY_S: Final = 360.0
RECORD_BYTES: Final = 1_000
"""The size of a record in an event, without the message's body."""


@dataclass(slots=True)
class _Spent:
    """Seconds that decay."""

    seconds: float = 0.0
    at_s: float = 0.0

    def add(self, seconds: float, at_s: float) -> None:
        self.seconds, self.at_s = self.at(at_s) + seconds, at_s

    def at(self, at_s: float) -> float:
        return self.seconds * math.exp((self.at_s - at_s) / LATELY_S)


class FairQueue:
    """One queue. `on_visible` is called whenever a message becomes visible.

    A message that was received `receives_max` times is moved to `dead`. Each message has the trace header of the invocation
    that sent it, like AWSTraceHeader of SQS.
    """

    def __init__(
        self, name: str, time: VirtualTime, *, receives_max: int | None = None, visibility_s: float = VISIBILITY_S
    ) -> None:
        self.name = name
        self.dead: list[Message] = []
        self._receives_max = receives_max
        self._visibility_s = visibility_s
        self._headers: dict[str, str] = {}
        self.on_visible: Callable[[], None] = lambda: None
        self._time = time
        self._numbers = count(1)
        self._visible: defaultdict[str, deque[Message]] = defaultdict(deque)
        self._in_flight: dict[str, tuple[str, float]] = {}
        self._in_flight_of: Counter[str] = Counter()
        self._spent: defaultdict[str, _Spent] = defaultdict(_Spent)
        self._spent_on_all = _Spent()

    @property
    def is_empty(self) -> bool:
        """Whether no message is visible."""
        return not any(self._visible.values())

    def put(self, body: str, attributes: dict[str, str] | None = None, delay_s: float = 0, group: str = "") -> None:
        """Add a message, visible after a delay. Without a group it has a group of its own."""
        now = self._time.now()
        message = Message(f"{self.name}-{next(self._numbers)}", body, attributes or {}, now, now)
        self._headers[message.id] = chains.header_here()
        show = partial(self._show, message, group or message.id)
        if delay_s > 0:
            self._time.at(self._time.now_s + delay_s, show)
        else:
            show()

    def header_of(self, message: Message) -> str:
        """The trace header of a message; empty if it was sent from outside."""
        return self._headers[message.id]

    def receive(self, count_max: int, bytes_max: int = EVENT_BYTES_MAX) -> list[Message]:
        """Receive the oldest visible messages that fit an event, those of quiet groups before those of noisy ones."""
        heads = [(self._is_noisy(group), line[0].sent_at, group) for group, line in self._visible.items() if line]
        heapq.heapify(heads)
        taken: list[Message] = []
        size = 0
        while heads and len(taken) < count_max:
            is_noisy, _, group = heapq.heappop(heads)
            line = self._visible[group]
            if self._was_tried_enough(line[0]):
                self.dead.append(line.popleft())
            else:
                size += RECORD_BYTES + len(line[0].body.encode())
                if size > bytes_max:
                    break
                taken.append(self._take(line.popleft(), group))
            if line:
                heapq.heappush(heads, (is_noisy, line[0].sent_at, group))
            else:
                del self._visible[group]
        return taken

    def settle(self, message: Message, *, is_done: bool) -> None:
        """Delete a message if it is done. Otherwise it becomes visible again after its visibility timeout."""
        group, since_s = self._in_flight.pop(message.id)
        self._in_flight_of[group] -= 1
        self._spent[group].add(self._time.now_s - since_s, self._time.now_s)
        self._spent_on_all.add(self._time.now_s - since_s, self._time.now_s)
        if not is_done:
            self._time.at(since_s + self._visibility_s, partial(self._show, message, group))

    def _show(self, message: Message, group: str) -> None:
        self._visible[group].append(message)
        self.on_visible()

    def _was_tried_enough(self, message: Message) -> bool:
        return self._receives_max is not None and message.receive_count >= self._receives_max

    def _take(self, message: Message, group: str) -> Message:
        message.receive_count += 1
        self._in_flight[message.id] = (group, self._time.now_s)
        self._in_flight_of[group] += 1
        return message

    def _is_noisy(self, group: str) -> bool:
        in_flight, now_s = self._in_flight_of[group], self._time.now_s
        if in_flight >= NOISY_IN_FLIGHT_MIN and in_flight > NOISY_SHARE * len(self._in_flight):
            return True
        return self._spent[group].at(now_s) > NOISY_SHARE * self._spent_on_all.at(now_s)


class Deliveries:
    """The queues of the two lanes."""

    def __init__(self, fast: FairQueue, slow: FairQueue) -> None:
        self._lanes = {Lane.FAST: fast, Lane.SLOW: slow}

    def send(self, enqueued: Sequence[Enqueued]) -> None:
        """Send attempts to their lanes."""
        for each in enqueued:
            text = messages.attempt_to_text(each.attempt)
            self._lanes[each.lane].put(text, delay_s=each.delay_s, group=each.attempt.webhook_id)


class Puts(Protocol):
    """A queue that takes messages."""

    def put(self, body: str, attributes: dict[str, str] | None = None, delay_s: float = 0) -> None:
        """Add a message."""


class AcceptedQueue:
    """Adds notifications to the queue `accepted`."""

    def __init__(self, queue: Puts) -> None:
        self._queue = queue

    def send(self, queued: Sequence[QueuedNotification]) -> None:
        """Send notifications."""
        for each in queued:
            self._queue.put(each.text, dict(each.attributes), each.delay_s)


class BackgroundQueue:
    """Adds tasks to the queue `background`."""

    def __init__(self, queue: Puts) -> None:
        self._queue = queue

    def send(self, sent: Sequence[Task]) -> None:
        """Send tasks."""
        for each in sent:
            self._queue.put(tasks.to_text(each), delay_s=each.delay_s)
