"""`make demo`: a notification, its delivery, its history and a retry, in a terminal, in under ten seconds."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import requests

from local import environment
from local.folder import Refusal, run_file
from local.log import say
from local.options import Options
from local.parent_exit import exit_with_parent
from local.receiver import Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from local.receiver import Received

WEBHOOK: Final = {"name": "My Webhook", "notificationType": ["ALL_NOTIFICATIONS"], "global": True}
"""The sample of the API reference, without its URL."""
NOTIFICATION: Final = {
    "notificationType": "modelDeleted",
    "text": "Steve Touw has deleted the test data source.",
    "dataSourceName": "test",
    "actionBy": 1,
    "modelType": "datasource",
    "modelId": 15,
    "targetUser": 1,
    "targetGroup": None,
}
_START_S: Final = 180
_ANSWER_S: Final = 60
_HISTORY_S: Final = 60
_SHOWN_HEADERS: Final = ("content-type", "webhook-id", "webhook-timestamp", "webhook-signature")


@dataclass(frozen=True)
class Api:
    """The service's API, with one key."""

    run: dict[str, str]

    def call(self, method: str, path: str, expected: HTTPStatus, **arguments: Any) -> Any:  # noqa: ANN401 - any JSON
        """The JSON of the response. Raise `Refusal` for another status."""
        headers = {"Authorization": self.run["admin_key"]}
        answer = requests.request(method, self.run["url"] + path, headers=headers, timeout=_ANSWER_S, **arguments)
        if answer.status_code != expected:
            message = f"{method} {path} answered {answer.status_code}: {answer.text}"
            raise Refusal(message)
        return answer.json() if answer.content else None


def main() -> int:
    """Run the demo. Return the exit status."""
    try:
        options = Options.from_environment()
        with _running(options) as run, Receiver() as receiver:
            started = time.monotonic()
            _run(Api(run), receiver)
            say(f"\nThat was {time.monotonic() - started:.1f} s.")
    except (Refusal, queue.Empty) as error:
        sys.stderr.write(f"{error}\n" if str(error) else f"The receiver got nothing within {_ANSWER_S} s.\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _run(api: Api, receiver: Receiver) -> None:
    webhook_id = _register(api, receiver)
    try:
        _notify(api, receiver)
        _retry(api, receiver, webhook_id)
    finally:
        api.call("DELETE", f"/webhooks/{webhook_id}", HTTPStatus.NO_CONTENT)
    _head("The webhook and its history are deleted", f"DELETE /webhooks/{webhook_id}")


def _register(api: Api, receiver: Receiver) -> str:
    body = {"webhooks": [{"url": receiver.url, **WEBHOOK}]}
    _head("An admin registers a webhook", "POST /webhooks")
    _show(body)
    created = api.call("POST", "/webhooks", HTTPStatus.CREATED, json=body)["createdWebhooks"][0]
    say(f"   201: {created['id']}, signed with {created['secret'][:12]}… (shown this once)")
    return str(created["id"])


def _notify(api: Api, receiver: Receiver) -> None:
    _head("An event source sends a notification", "SQS SendMessage")
    _show(NOTIFICATION)
    sqs = environment.sqs(api.run["aws_endpoint_url"])
    sqs.send_message(QueueUrl=api.run["notifications_queue_url"], MessageBody=json.dumps(NOTIFICATION))
    sent = time.monotonic()
    received = receiver.next(_ANSWER_S)
    _head(f"The receiver gets it {(time.monotonic() - sent) * 1000:.0f} ms later", "POST to the webhook's URL")
    _show_request(received)


def _retry(api: Api, receiver: Receiver, webhook_id: str) -> None:
    record = _record(api, webhook_id, 1)
    _head("The history has the request and the response", f"GET /webhooks/history?webhookId={webhook_id}")
    _show_record(record)
    _head("Any record can be retried", f"POST /history/retry/{record['id']}")
    retry = api.call("POST", f"/history/retry/{record['id']}", HTTPStatus.ACCEPTED)
    received = receiver.next(_ANSWER_S)
    say(f"   202; the receiver gets it again, with the same webhook-id {received.headers['webhook-id']}")
    again = _record(api, webhook_id, 2)
    if again["id"] != retry["id"]:
        message = f"The record of the retry is {again['id']}, not {retry['id']} as in the response."
        raise Refusal(message)
    _show_record(again)


def _record(api: Api, webhook_id: str, count: int) -> dict[str, Any]:
    """Wait for `count` records, and return the newest one: the worker writes it after the receiver's response."""
    deadline = time.monotonic() + _HISTORY_S
    while time.monotonic() < deadline:
        records: list[dict[str, Any]] = api.call("GET", f"/webhooks/history?webhookId={webhook_id}", HTTPStatus.OK)
        if len(records) >= count:
            return records[0]
        time.sleep(0.02)
    message = f"The history had no {count} record(s) within {_HISTORY_S} s."
    raise Refusal(message)


@contextmanager
def _running(options: Options) -> Iterator[dict[str, str]]:
    """The current run of this data folder, or else a run for the demo."""
    run = _find(options.data)
    if run is not None:
        yield run
        return
    say("No service runs here yet: starting one …")
    service = subprocess.Popen(
        [sys.executable, "-m", "local.run"],
        stdout=subprocess.DEVNULL,
        preexec_fn=exit_with_parent,  # noqa: PLW1509 - it is one call of the kernel
    )
    try:
        yield _await(service, options.data)
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait()


def _await(service: subprocess.Popen[bytes], data: Path) -> dict[str, str]:
    deadline = time.monotonic() + _START_S
    while service.poll() is None and time.monotonic() < deadline:
        run = _find(data)
        if run is not None:
            return run
        time.sleep(0.05)
    message = "The service did not start."
    raise Refusal(message)


def _find(data: Path) -> dict[str, str] | None:
    """The run in `run.json` of the data folder, if it answers: a killed run leaves the file."""
    path = run_file(data)
    try:
        run: dict[str, str] = json.loads(path.read_text("utf-8"))
        requests.get(run["url"] + "/health", timeout=_ANSWER_S).raise_for_status()
    except (OSError, ValueError, requests.RequestException):
        return None
    return run


def _head(title: str, step: str) -> None:
    say(f"\n── {title}  ({step})")


def _show(content: object) -> None:
    say("\n".join(f"   {line}" for line in json.dumps(content, indent=2, ensure_ascii=False).splitlines()))


def _show_request(received: Received) -> None:
    for name in _SHOWN_HEADERS:
        say(f"   {name}: {received.headers[name]}")
    _show(json.loads(received.body))


def _show_record(record: dict[str, Any]) -> None:
    shown = ("id", "retryOf", "trigger", "outcome", "httpStatusCode", "durationMs", "createdAt")
    say("   " + ", ".join(f"{name} {record[name]}" for name in shown if record.get(name) is not None))


if __name__ == "__main__":
    sys.exit(main())
