"""Lambda's event source mapping: receives messages of a queue, calls the handler, deletes the messages that succeeded."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from local.events import Context, failed_ids, sqs_event

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

    from local.events import Event

logger = logging.getLogger(__name__)

BATCH_MAX: Final = 10
_OUTAGE_PAUSE_S: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class Polling:
    """How a queue is polled.

    `visibility_s` is shorter than the queue's own, so that messages of a killed worker come back soon. It is extended while
    a handler runs. `wait_s` is SQS's maximum (docs.aws.amazon.com: ReceiveMessage): the engine cancels the poll of a killed
    worker.
    """

    timeout_s: float = 60
    visibility_s: int = 30
    wait_s: int = 20


class Poller:
    """Passes the messages of one queue to one handler, one batch at a time."""

    def __init__(
        self, sqs: SQSClient, queue_url: str, name: str, handler: Callable[[Event, Any], Any], polling: Polling
    ) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._name = name
        self._handler = handler
        self._polling = polling
        self._stopping = threading.Event()
        self._batch: list[MessageTypeDef] = []

    def run(self, *, ends_when_idle: bool = False) -> None:
        """Poll until `stop`, and finish the current batch; or until a whole poll has received nothing."""
        threading.Thread(target=self._extend_forever, name=f"{self._name}-visibility", daemon=True).start()
        while not self._stopping.is_set():
            if not self.poll_once() and ends_when_idle:
                return

    def poll_once(self) -> bool:
        """Receive a batch and have it handled. Return whether there was one."""
        self._batch = self._receive()
        if not self._batch:
            return False
        self._delete(self._handled(self._batch))
        self._batch = []
        return True

    def stop(self) -> None:
        """Receive no more messages."""
        self._stopping.set()

    @property
    def is_idle(self) -> bool:
        """Whether there is no current batch."""
        return not self._batch

    @cached_property
    def _arn(self) -> str:
        answer = self._sqs.get_queue_attributes(QueueUrl=self._queue_url, AttributeNames=["QueueArn"])
        return answer["Attributes"]["QueueArn"]

    def _receive(self) -> list[MessageTypeDef]:
        try:
            answer = self._sqs.receive_message(
                QueueUrl=self._queue_url,
                MaxNumberOfMessages=BATCH_MAX,
                VisibilityTimeout=self._polling.visibility_s,
                WaitTimeSeconds=self._polling.wait_s,
                MessageSystemAttributeNames=["All"],
                MessageAttributeNames=["All"],
            )
        except (BotoCoreError, ClientError) as error:
            if not self._stopping.wait(_OUTAGE_PAUSE_S):
                logger.warning("%s: the queue cannot be read: %s", self._name, error)
            return []
        return answer.get("Messages", [])

    def _handled(self, messages: list[MessageTypeDef]) -> list[MessageTypeDef]:
        """The messages that succeeded; none if the handler raised, as in Lambda."""
        context = Context(function_name=f"posthorn-local-{self._name}", timeout_s=self._polling.timeout_s)
        try:
            answer = self._handler(sqs_event(messages, self._arn), context)
            failed = failed_ids(answer, [message["MessageId"] for message in messages])
        except Exception:  # the handler is not ours: as in Lambda, the batch comes again
            logger.exception("%s: a batch of %d failed", self._name, len(messages))
            return []
        return [message for message in messages if message["MessageId"] not in failed]

    def _delete(self, messages: list[MessageTypeDef]) -> None:
        if not messages:
            return
        try:
            answer = self._sqs.delete_message_batch(
                QueueUrl=self._queue_url,
                Entries=[{"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]} for n, each in enumerate(messages)],
            )
        except (BotoCoreError, ClientError) as error:
            logger.warning("%s: handled messages will come again: %s", self._name, error)
            return
        for failure in answer.get("Failed", []):
            logger.warning("%s: a handled message will come again: %s", self._name, failure.get("Message"))

    def _extend_forever(self) -> None:
        """Keep the messages of the current batch invisible to others."""
        while True:
            time.sleep(self._polling.visibility_s / 3)
            if messages := self._batch:
                self._extend(messages)

    def _extend(self, messages: list[MessageTypeDef]) -> None:
        try:
            self._sqs.change_message_visibility_batch(
                QueueUrl=self._queue_url,
                Entries=[
                    {
                        "Id": str(n),
                        "ReceiptHandle": each["ReceiptHandle"],
                        "VisibilityTimeout": self._polling.visibility_s,
                    }
                    for n, each in enumerate(messages)
                ],
            )
        except (BotoCoreError, ClientError) as error:
            logger.warning("%s: messages of the current batch may come again: %s", self._name, error)
