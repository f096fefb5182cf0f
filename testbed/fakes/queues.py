"""Queues in memory. Each keeps what was sent, as text if the real queue sends text, and can be set to refuse."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from chalicelib.adapters.sqs import REQUEST_BYTES_MAX
from chalicelib.background.tasks import from_text as task_from_text
from chalicelib.background.tasks import to_text as task_to_text
from chalicelib.codec.messages import attempt_from_text, attempt_to_text
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.payloads import raw_json
from chalicelib.domain.queue_delay import DELAY_MAX_S
from chalicelib.intake.ports import QueuedNotification

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.background.ports import ReturnedMessage
    from chalicelib.background.tasks import Task
    from chalicelib.delivery.ports import Enqueued

_Kind = TypeVar("_Kind")
_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
_ATTRIBUTES_MAX = 10


class _Queue:
    """Refuses everything while `is_refusing`, and always what SQS does not accept."""

    def __init__(self) -> None:
        self.is_refusing = False

    def _require_open(self) -> None:
        if self.is_refusing:
            message = "The queue refuses for now."
            raise Unavailable(message)

    def _require_taken(self, text: str, delay_s: int = 0, attributes: Mapping[str, str] = _NO_ATTRIBUTES) -> None:
        """A message has 1 MiB with its attributes, ten of these, none empty, and 0 to 900 whole seconds of delay."""
        self._require_open()
        beside = [part for name, value in attributes.items() for part in (name, "String", value)]
        size_bytes = sum(len(each.encode()) for each in (text, *beside))
        is_delayed = isinstance(delay_s, int) and 0 <= delay_s <= DELAY_MAX_S
        is_labelled = len(attributes) <= _ATTRIBUTES_MAX and all(attributes.values())
        if not text or size_bytes > REQUEST_BYTES_MAX or not is_delayed or not is_labelled:
            message = "AWS refused SendMessageBatch: InvalidParameterValue."
            raise Unavailable(message)


class FakeDeliveries(_Queue):
    """The two lanes."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Enqueued] = []

    def send(self, messages: Sequence[Enqueued]) -> None:
        self._require_open()
        for each in messages:
            text = attempt_to_text(each.attempt)
            self._require_taken(text, each.delay_s)
            self.sent.append(replace(each, attempt=attempt_from_text(text)))


class FakeAccepted(_Queue):
    """The queue of accepted notifications."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[QueuedNotification] = []

    def send(self, messages: Sequence[QueuedNotification]) -> None:
        self._require_open()
        for each in messages:
            text = raw_json.carriable(each.text)
            self._require_taken(text, each.delay_s, each.attributes)
            self.sent.append(QueuedNotification(text, dict(each.attributes), each.delay_s))


class FakeBackground(_Queue):
    """The background queue."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Task] = []

    def send(self, tasks: Sequence[Task]) -> None:
        self._require_open()
        for each in tasks:
            text = task_to_text(each)
            self._require_taken(text, each.delay_s)
            self.sent.append(replace(task_from_text(text), delay_s=each.delay_s))

    def work(self, kind: type[_Kind]) -> list[_Kind]:
        """The tasks of one kind that were sent."""
        return [each.work for each in self.sent if isinstance(each.work, kind)]

    def take(self, kind: type[_Kind]) -> _Kind:
        """Remove and return the last task, which is of that kind."""
        work = self.sent.pop().work
        assert isinstance(work, kind)
        return work


class FakeRedelivery(_Queue):
    """Keeps returned messages, by the queue's ARN."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, ReturnedMessage]] = []

    def delay(self, source_arn: str, messages: Sequence[ReturnedMessage]) -> None:
        self._require_open()
        self.asked += [(source_arn, each) for each in messages]


class DeadLetter(NamedTuple):
    """A dead letter."""

    source_arn: str
    body: str
    reason: str
    attributes: Mapping[str, str] = MappingProxyType({})


class FakeDeadLetters(_Queue):
    """All dead-letter queues together."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[DeadLetter] = []

    def set_aside(self, source_arn: str, body: str, reason: str, attributes: Mapping[str, str] | None = None) -> None:
        self._require_open()
        self.sent.append(DeadLetter(source_arn, body, reason, dict(attributes or {})))
