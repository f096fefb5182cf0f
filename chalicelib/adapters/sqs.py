"""The queues of the service, on SQS.

A request may contain ten messages and 1 MiB (docs.aws.amazon.com, "Amazon SQS message quotas"). Messages of a request that
fail are sent again. Sizes are counted here, so that no request is too large.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from chalicelib import concurrency
from chalicelib.adapters import aws
from chalicelib.background.tasks import to_text as task_to_text
from chalicelib.codec.messages import attempt_to_text
from chalicelib.delivery.ports import Lane
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.payloads import raw_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from mypy_boto3_sqs import SQSClient

    from chalicelib.background.tasks import Task
    from chalicelib.delivery.ports import Enqueued
    from chalicelib.intake.ports import QueuedNotification

MESSAGES_MAX: Final = 10
"""Messages in one request."""
REQUEST_BYTES_MAX: Final = 1_048_576
"""Bytes of all bodies and attributes in one request."""
REASON_LENGTH_MAX: Final = 1_000
DEAD_LETTERS: Final = "-dead-letters"
"""The suffix of a dead-letter queue's name in `infra/template/queues.json`."""

Entry = dict[str, Any]
"""A message of a batch, without its `Id`."""

_Message = TypeVar("_Message")


class SqsQueue(Generic[_Message]):
    """A queue, or several to which the messages are distributed.

    Args:
        client: of SQS.
        url_of: the URL of the queue for a message.
        entry_of: a message as SQS takes it.

    """

    def __init__(self, client: SQSClient, url_of: Callable[[_Message], str], entry_of: Callable[[_Message], Entry]) -> None:
        self._client = client
        self._url_of = url_of
        self._entry_of = entry_of

    def send(self, messages: Sequence[_Message]) -> None:
        """Enqueue all. The requests of all queues are sent at once."""
        by_url: defaultdict[str, list[_Message]] = defaultdict(list)
        for each in messages:
            by_url[self._url_of(each)].append(each)
        _send_all(self._client, *((url, map(self._entry_of, some)) for url, some in by_url.items()))


def deliveries(client: SQSClient, *, fast_url: str, slow_url: str) -> SqsQueue[Enqueued]:
    """The two lanes: standard queues, with message groups so that a noisy webhook does not delay the others."""
    urls = {Lane.FAST: fast_url, Lane.SLOW: slow_url}
    return SqsQueue(client, lambda each: urls[each.lane], _delivery)


def accepted(client: SQSClient, url: str) -> SqsQueue[QueuedNotification]:
    """The queue of accepted notifications, each with its message attributes."""
    return SqsQueue(client, lambda _: url, _notification)


def background(client: SQSClient, url: str) -> SqsQueue[Task]:
    """The background queue, each task with its delay."""
    return SqsQueue(client, lambda _: url, _task)


class DeadLetterUrls:
    """Looks up the URLs of dead-letter queues by the names of their queues, and caches them."""

    def __init__(self, client: SQSClient) -> None:
        self._client = client
        self._urls: dict[str, str] = {}

    def of(self, queue_name: str) -> str:
        """The URL of a queue's dead-letter queue."""
        if queue_name not in self._urls:
            with aws.translated():
                self._urls[queue_name] = self._client.get_queue_url(QueueName=queue_name + DEAD_LETTERS)["QueueUrl"]
        return self._urls[queue_name]


class SqsDeadLetters:
    """The dead-letter queues."""

    def __init__(self, client: SQSClient) -> None:
        self._client = client
        self._urls = DeadLetterUrls(client)

    def set_aside(self, source_arn: str, body: str, reason: str, attributes: Mapping[str, str] | None = None) -> None:
        """Put a message on the dead-letter queue of its queue, with the reason as an attribute."""
        url = self._urls.of(source_arn.rpartition(":")[2])
        with_reason = _attributes({**(attributes or {}), "reason": _printable(reason)})
        _send_all(self._client, (url, [{"MessageBody": body, **with_reason}]))


def _delivery(enqueued: Enqueued) -> Entry:
    attempt = enqueued.attempt
    return _delayed({"MessageBody": attempt_to_text(attempt), "MessageGroupId": attempt.webhook_id}, enqueued.delay_s)


def _notification(message: QueuedNotification) -> Entry:
    return _delayed({"MessageBody": raw_json.carriable(message.text), **_attributes(message.attributes)}, message.delay_s)


def _task(task: Task) -> Entry:
    return _delayed({"MessageBody": task_to_text(task)}, task.delay_s)


def _delayed(entry: Entry, delay_s: int) -> Entry:
    return entry | ({"DelaySeconds": delay_s} if delay_s else {})


def _attributes(values: Mapping[str, str]) -> Entry:
    if not values:
        return {}
    return {
        "MessageAttributes": {key: {"DataType": "String", "StringValue": value} for key, value in values.items()},
    }


def _printable(text: str) -> str:
    """A text as an attribute's value, which must not be empty or contain control characters."""
    printable = "".join(character if character.isprintable() else " " for character in text[:REASON_LENGTH_MAX])
    return printable.strip() or "unknown"


def _send_all(client: SQSClient, *for_url: tuple[str, Iterable[Entry]]) -> None:
    """Send any number of messages, several requests at once; raise `Unavailable` if one was refused for good.

    Requests are built only when they are sent, so a thousand messages of 128 KB are never in memory together.
    """
    requests = ((url, request) for url, entries in for_url for request in _requests(entries))
    concurrency.run_stream(partial(_send, client), requests)


def _requests(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Group messages into requests, within the limits on messages and bytes."""
    request: list[Entry] = []
    room_bytes = REQUEST_BYTES_MAX
    for entry in entries:
        size_bytes = _size_bytes(entry)
        if request and (len(request) == MESSAGES_MAX or size_bytes > room_bytes):
            yield request
            request, room_bytes = [], REQUEST_BYTES_MAX
        request.append(entry)
        room_bytes -= size_bytes
    if request:
        yield request


def _size_bytes(entry: Entry) -> int:
    """The bytes of a message as SQS counts them: its body and its attributes with names and types."""
    attributes: dict[str, dict[str, str]] = entry.get("MessageAttributes", {})
    texts = [entry["MessageBody"], *attributes, *(text for each in attributes.values() for text in each.values())]
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)


def _send(client: SQSClient, request: tuple[str, list[Entry]]) -> None:
    """Send a request to a queue, and send messages again that failed by no fault of the sender."""
    url, entries = request
    waiting = {str(index): entry for index, entry in enumerate(entries)}
    for tries in range(aws.TRIES_MAX):
        if tries:
            aws.pause(tries)
        batch: Any = [{"Id": index, **entry} for index, entry in waiting.items()]
        with aws.translated():
            response = client.send_message_batch(QueueUrl=url, Entries=batch)
        failed = response.get("Failed", [])
        if any(each["SenderFault"] for each in failed):
            break
        waiting = {each["Id"]: waiting[each["Id"]] for each in failed}
        if not waiting:
            return
    message = f"AWS refused SendMessageBatch: {', '.join(sorted({each['Code'] for each in failed}))}."
    aws.log_refusal(message)
    raise Unavailable(message)
