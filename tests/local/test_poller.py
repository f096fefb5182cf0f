from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import pytest

from local.poller import Poller, Polling
from testbed.patience import PATIENCE_S
from tests.local.queue_stub import QueueStub
from tests.local.service import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_sqs import SQSClient

    from local.events import Event


@contextmanager
def polling(stub: QueueStub, handler: Callable[[Event, object], object], *, visibility_s: int = 30) -> Iterator[Poller]:
    """A poller at work, ended with the block."""
    poller = Poller(cast("SQSClient", stub), "url", "stub", handler, Polling(visibility_s=visibility_s))
    thread = threading.Thread(target=poller.run, daemon=True)
    thread.start()
    try:
        yield poller
    finally:
        poller.stop()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_what_the_handler_is_done_with_is_deleted() -> None:
    stub = QueueStub("a", "b", "c")

    with polling(stub, lambda *_: None):
        wait_until(lambda: stub.deleted == {"r0", "r1", "r2"})


def test_what_the_handler_reports_as_failed_is_left() -> None:
    stub = QueueStub("a", "b", "c")

    with polling(stub, lambda *_: {"batchItemFailures": [{"itemIdentifier": "m1"}]}):
        wait_until(lambda: len(stub.deleted) == 2)

    assert stub.deleted == {"r0", "r2"}


@pytest.mark.parametrize("answer", [RuntimeError("boom"), {"batchItemFailures": [{"itemIdentifier": "unknown"}]}])
def test_a_batch_whose_handler_breaks_is_left_whole_and_polling_goes_on(answer: object) -> None:
    stub = QueueStub("a", "b")
    called = threading.Event()

    def handler(event: Event, _: object) -> object:
        if [record["body"] for record in event["Records"]] != ["a", "b"]:
            return None
        stub._waiting.append((7, "later"))
        called.set()
        if isinstance(answer, Exception):
            raise answer
        return answer

    with polling(stub, handler):
        wait_until(lambda: stub.deleted == {"r7"})

    assert called.is_set()


def test_a_batch_has_ten_messages_at_the_most() -> None:
    stub = QueueStub(*map(str, range(23)))
    sizes: list[int] = []

    with polling(stub, lambda event, _: sizes.append(len(event["Records"]))):
        wait_until(lambda: len(stub.deleted) == 23)

    assert sizes == [10, 10, 3]


def test_messages_at_work_are_kept_out_of_sight() -> None:
    stub = QueueStub("a", "b")
    release = threading.Event()

    with polling(stub, lambda *_: release.wait(PATIENCE_S), visibility_s=1):
        wait_until(lambda: stub.prolonged == {"r0", "r1"})
        release.set()


def test_stopping_lets_the_batch_at_work_end() -> None:
    stub = QueueStub("a")
    entered, release = threading.Event(), threading.Event()

    def handler(*_: object) -> None:
        entered.set()
        release.wait(PATIENCE_S)

    with polling(stub, handler) as poller:
        assert entered.wait(PATIENCE_S)
        poller.stop()
        assert not poller.is_idle
        release.set()

    assert stub.deleted == {"r0"}


def test_an_extra_process_ends_once_there_is_nothing_to_do() -> None:
    stub = QueueStub("a", "b")
    poller = Poller(cast("SQSClient", stub), "url", "stub", lambda *_: None, Polling())

    poller.run(ends_when_idle=True)

    assert stub.deleted == {"r0", "r1"}
