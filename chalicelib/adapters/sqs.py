"""The queues.

A request holds ten messages and 1 MiB (docs.aws.amazon.com, "Amazon SQS message quotas"). What fails of a request is sent
again; sizes are counted here, so that no request fails for its size.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from chalicelib import concurrency
from chalicelib.adapters import aws
from chalicelib.background.tasks import to_text as task_to_text
from chalicelib.codec.messages import attempt_to_text
from chalicelib.delivery.ports import Lane
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.payloads import raw_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mypy_boto3_sqs import SQSClient

    from chalicelib.background.tasks import Task
    from chalicelib.delivery.ports import Enqueued
    from chalicelib.intake.ports import QueuedNotification

MESSAGES_MAX: Final = 10
"""Messages of one request."""
REQUEST_BYTES_MAX: Final = 1_048_576
"""Bytes of all bodies and attributes of one request."""
REASON_LENGTH_MAX: Final = 1_000
DEAD_LETTERS: Final = "-dead-letters"
"""What `infra/template/queues.json` adds to a queue's name for its dead-letter queue."""

Entry = dict[str, Any]
"""A message of a batch, without its `Id`."""


class SqsDeliveries:
    """The two lanes: standard queues, on which a message group keeps a noisy webhook from holding the others back."""

    def __init__(self, client: SQSClient, *, fast_url: str, slow_url: str) -> None:
        self._client = client
        self._urls = {Lane.FAST: fast_url, Lane.SLOW: slow_url}

    def send(self, messages: Sequence[Enqueued]) -> None:
        """Enqueue all, each on its lane; the requests of both lanes are sent at once."""
        requests = (
            (url, request)
            for lane, url in self._urls.items()
            for request in _requests(_delivery(each) for each in messages if each.lane is lane)
        )
        concurrency.run_stream(partial(_send, self._client), requests)


class SqsAccepted:
    """The queue of accepted notifications."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, messages: Sequence[QueuedNotification]) -> None:
        """Enqueue all, with what is known of each as message attributes."""
        _send_all(self._client, self._url, (_notification(each) for each in messages))


class SqsBackground:
    """The queue of work that nobody waits for."""

    def __init__(self, client: SQSClient, url: str) -> None:
        self._client = client
        self._url = url

    def send(self, tasks: Sequence[Task]) -> None:
        """Enqueue all."""
        _send_all(self._client, self._url, [_delayed({"MessageBody": task_to_text(each)}, each.delay_s) for each in tasks])


class DeadLetterUrls:
    """The addresses of the dead-letter queues, found by the names of the queues they belong to, and remembered."""

    def __init__(self, client: SQSClient) -> None:
        self._client = client
        self._urls: dict[str, str] = {}

    def of(self, queue_name: str) -> str:
        """The address of one queue's dead letters."""
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
        """Put a message on the dead-letter queue of the queue it came from."""
        url = self._urls.of(source_arn.rpartition(":")[2])
        beside = _attributes({**(attributes or {}), "reason": _printable(reason)})
        _send_all(self._client, url, [{"MessageBody": body, **beside}])


def _delivery(enqueued: Enqueued) -> Entry:
    attempt = enqueued.attempt
    return _delayed({"MessageBody": attempt_to_text(attempt), "MessageGroupId": attempt.webhook_id}, enqueued.delay_s)


def _notification(message: QueuedNotification) -> Entry:
    return _delayed({"MessageBody": raw_json.carriable(message.text), **_attributes(message.attributes)}, message.delay_s)


def _delayed(entry: Entry, delay_s: int) -> Entry:
    return entry | ({"DelaySeconds": delay_s} if delay_s else {})


def _attributes(values: Mapping[str, str]) -> Entry:
    if not values:
        return {}
    return {
        "MessageAttributes": {key: {"DataType": "String", "StringValue": value} for key, value in values.items()},
    }


def _printable(text: str) -> str:
    """What an attribute can hold: some characters, and at least one."""
    kept = "".join(character if character.isprintable() else " " for character in text[:REASON_LENGTH_MAX])
    return kept.strip() or "unknown"


def _send_all(client: SQSClient, url: str, entries: Iterable[Entry]) -> None:
    """Send what may be many requests, several at once; raise `Unavailable` if a message was refused for good.

    A request is made when it can be sent: a thousand messages of 128 KB never exist at the same time.
    """
    concurrency.run_stream(partial(_send, client), ((url, request) for request in _requests(entries)))


def _requests(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Fill requests up to ten messages or as many as they have room for."""
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
    """A message counts its body and its attributes, names and types included."""
    attributes: dict[str, dict[str, str]] = entry.get("MessageAttributes", {})
    texts = [entry["MessageBody"], *attributes, *(text for each in attributes.values() for text in each.values())]
    return sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)


def _send(client: SQSClient, request: tuple[str, list[Entry]]) -> None:
    """Send a queue one request, and again what of it failed through no fault of its own."""
    url, entries = request
    waiting = {str(index): entry for index, entry in enumerate(entries)}
    for tries in range(aws.TRIES_MAX):
        if tries:
            aws.pause(tries)
        batch: Any = [{"Id": index, **entry} for index, entry in waiting.items()]
        with aws.translated():
            answer = client.send_message_batch(QueueUrl=url, Entries=batch)
        failed = answer.get("Failed", [])
        if any(each["SenderFault"] for each in failed):
            break
        waiting = {each["Id"]: waiting[each["Id"]] for each in failed}
        if not waiting:
            return
    message = f"AWS refused SendMessageBatch: {', '.join(sorted({each['Code'] for each in failed}))}."
    aws.log_refusal(message)
    raise Unavailable(message)
