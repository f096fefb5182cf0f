from __future__ import annotations

import http.client
import json
import os
import resource
import signal
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from local import environment
from local.folder import Folder
from local.options import Options
from local.poller import Poller, Polling
from local.stack import Stack
from tests.local.service import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mypy_boto3_sqs import SQSClient

pytestmark = pytest.mark.enable_socket


class Engine:
    """The engine alone, with its tables and queues."""

    def __init__(self, data: Path) -> None:
        self.folder = Folder(data)
        options = Options(port=0, data=data, admin_key=None, user_key=None, schedule_period_s=1)
        self.stack = Stack(options, self.folder)

    def start(self) -> SQSClient:
        self.stack.start_engine()
        return environment.sqs(self.stack.endpoint_url)

    def stop(self) -> None:
        self.stack.stop()
        os.close(self.folder.lock)


@pytest.fixture
def clean_environment() -> Iterator[None]:
    """The environment as it was, behind a test that has the stack adopt its own."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def engine(tmp_path: Path, clean_environment: None) -> Iterator[Engine]:  # noqa: ARG001 - it cleans up
    engine = Engine(tmp_path)
    yield engine
    engine.stop()


def test_what_was_there_at_the_end_is_there_at_the_next_start(tmp_path: Path, clean_environment: None) -> None:  # noqa: ARG001
    first = Engine(tmp_path)
    first.start().send_message(QueueUrl=first.stack.environment["BACKGROUND_QUEUE_URL"], MessageBody="kept")
    first.stop()

    second = Engine(tmp_path)
    sqs = second.start()
    messages = sqs.receive_message(QueueUrl=second.stack.environment["BACKGROUND_QUEUE_URL"], WaitTimeSeconds=1)["Messages"]
    second.stop()

    assert [message["Body"] for message in messages] == ["kept"]


def process_of(engine: Engine) -> int:
    """The engine's process, not the fork of it that writes."""
    listed = subprocess.run(["ps", "axww", "-o", "pid=,ppid=,command="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(maxsplit=2) for line in listed.splitlines() if str(engine.folder.state) in line]
    (process_id,) = [int(own) for own, parent, _ in rows if int(parent) == os.getpid()]
    return process_id


def test_a_killed_engine_comes_back_with_its_last_snapshot(engine: Engine) -> None:
    sqs = engine.start()
    url = engine.stack.environment["BACKGROUND_QUEUE_URL"]
    snapshot = engine.folder.state / "sqs.json"
    sqs.send_message(QueueUrl=url, MessageBody="kept")
    wait_until(lambda: snapshot.exists() and "kept" in snapshot.read_text("utf-8"))

    os.kill(process_of(engine), signal.SIGKILL)
    wait_until(engine.stack.restart_exited)

    messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)["Messages"]
    assert [message["Body"] for message in messages] == ["kept"]


def test_what_a_full_disk_refused_is_saved_once_there_is_room(engine: Engine) -> None:
    """Nothing else changes in between: the next snapshot has what the last one had not."""
    sqs = engine.start()
    snapshot, log, process_id = engine.folder.state / "sqs.json", engine.folder.log, process_of(engine)
    _, hard = resource.prlimit(process_id, resource.RLIMIT_FSIZE)
    resource.prlimit(process_id, resource.RLIMIT_FSIZE, (0, hard))
    sqs.send_message(QueueUrl=engine.stack.environment["BACKGROUND_QUEUE_URL"], MessageBody="kept")
    wait_until(lambda: log.read_text("utf-8").count("The state could not be written") > 1)
    assert "kept" not in (snapshot.read_text("utf-8") if snapshot.exists() else "")

    resource.prlimit(process_id, resource.RLIMIT_FSIZE, (hard, hard))

    wait_until(lambda: snapshot.exists() and "kept" in snapshot.read_text("utf-8"))


def test_the_poll_of_a_client_that_is_gone_takes_no_message(engine: Engine) -> None:
    sqs = engine.start()
    url = engine.stack.environment["BACKGROUND_QUEUE_URL"]
    poll = json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20, "MaxNumberOfMessages": 10})
    gone = http.client.HTTPConnection(engine.stack.endpoint_url.removeprefix("http://"))
    gone.request("POST", "/", poll, {"X-Amz-Target": "AmazonSQS.ReceiveMessage"})
    sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)  # by then the other one waits

    gone.close()
    sqs.send_message(QueueUrl=url, MessageBody="for who is there")

    messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    assert [message["Body"] for message in messages] == ["for who is there"]


def test_each_of_many_polls_that_wait_has_a_message_when_there_are_as_many(engine: Engine) -> None:
    sqs = engine.start()
    url = engine.stack.environment["BACKGROUND_QUEUE_URL"]
    with ThreadPoolExecutor(5) as threads:
        polls = [threads.submit(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20) for _ in range(5)]

        sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": str(n)} for n in range(5)])

        received = sorted(poll.result()["Messages"][0]["Body"] for poll in polls)
    assert received == ["0", "1", "2", "3", "4"]


def test_a_message_that_is_delayed_reaches_a_poll_that_waits(engine: Engine) -> None:
    sqs = engine.start()
    url = engine.stack.environment["BACKGROUND_QUEUE_URL"]
    with ThreadPoolExecutor(1) as threads:
        poll = threads.submit(sqs.receive_message, QueueUrl=url, WaitTimeSeconds=20)

        sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=1)

        assert [message["Body"] for message in poll.result()["Messages"]] == ["later"]


def test_those_that_are_deleted_are_gone_and_the_others_stay(engine: Engine) -> None:
    sqs = engine.start()
    url = engine.stack.environment["BACKGROUND_QUEUE_URL"]
    sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": str(n), "MessageBody": str(n)} for n in range(6)])
    received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=4)["Messages"]

    handles = [received[0]["ReceiptHandle"], received[1]["ReceiptHandle"], "none of them"]
    entries = [{"Id": str(n), "ReceiptHandle": each} for n, each in enumerate(handles)]
    answer = sqs.delete_message_batch(QueueUrl=url, Entries=entries)  # type: ignore[arg-type]

    assert ([each["Id"] for each in answer["Successful"]], [each["Id"] for each in answer["Failed"]]) == (["0", "1"], ["2"])
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert counts["ApproximateNumberOfMessages"] == "2"
    assert counts["ApproximateNumberOfMessagesNotVisible"] == "2"


def _allow_receives(sqs: Any, url: str, count: int) -> None:  # noqa: ANN401 - SQS's client
    """Fewer than a queue allows as it is declared, each of which takes a second here."""
    policy = json.loads(
        sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]["RedrivePolicy"]
    )
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(policy | {"maxReceiveCount": count})})


def test_a_message_that_always_fails_ends_among_the_dead_letters(engine: Engine) -> None:
    sqs = engine.start()
    url = engine.stack.environment["NOTIFICATIONS_QUEUE_URL"]
    dead_letters_url = f"{url}-dead-letters"
    _allow_receives(sqs, url, 3)
    counts: list[str] = []

    def fail(event: dict[str, list[dict[str, dict[str, str]]]], _: object) -> None:
        counts.extend(record["attributes"]["ApproximateReceiveCount"] for record in event["Records"])
        raise OSError

    sqs.send_message(QueueUrl=url, MessageBody="poison")
    poller = Poller(sqs, url, "notify", fail, Polling(visibility_s=1, wait_s=1))
    wait_until(lambda: poller.poll_once() and len(counts) == 3)
    wait_until(lambda: not poller.poll_once())

    assert counts == ["1", "2", "3"]
    messages = sqs.receive_message(QueueUrl=dead_letters_url, WaitTimeSeconds=1)["Messages"]
    assert [message["Body"] for message in messages] == ["poison"]


def test_a_preflight_gets_no_leave(engine: Engine) -> None:
    engine.start()
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    page = http.client.HTTPConnection(engine.stack.endpoint_url.removeprefix("http://"))
    page.request("OPTIONS", "/", headers=asked)
    answer = page.getresponse()
    assert (answer.status, answer.getheader("Access-Control-Allow-Origin")) == (403, None)


def test_the_state_is_for_its_owners_eyes_whatever_the_umask_is(engine: Engine) -> None:
    before = os.umask(0o000)
    sqs = engine.start()
    os.umask(before)
    sqs.send_message(QueueUrl=engine.stack.environment["BACKGROUND_QUEUE_URL"], MessageBody="whsec_")
    snapshot = engine.folder.state / "sqs.json"
    wait_until(snapshot.exists)
    assert stat.S_IMODE(snapshot.stat().st_mode) == 0o600
