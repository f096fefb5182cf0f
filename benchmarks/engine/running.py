"""`make run`, started and stopped as by a person, on free ports and with a data folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import requests

from local import environment
from local.folder import run_file
from local.parent_exit import exit_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_sqs import SQSClient

ROOT: Final = Path(__file__).parents[2]
_START_S: Final = 60
_LOOK_S: Final = 0.005
_ANSWER_S: Final = 30


@dataclass(frozen=True)
class Running:
    """A running service, and how long its start took."""

    process_id: int
    run: dict[str, str]
    answered_after_s: float

    def call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Call the API as the admin. Return the JSON of the response."""
        return self.as_user(self.run["admin_key"])(method, path, body)

    def as_user(self, key: str) -> Callable[..., Any]:
        """A function that calls the API with a key: method, path, body."""

        def call(method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
            headers = {"Authorization": key}
            answer = requests.request(method, self.run["url"] + path, headers=headers, json=body, timeout=_ANSWER_S)
            answer.raise_for_status()
            return answer.json() if answer.content else None

        return call

    def sqs(self) -> SQSClient:
        """An SQS client of its engine."""
        return environment.sqs(self.run["aws_endpoint_url"])

    def listen(self, url: str, notification_type: str) -> None:
        """Register a webhook for a new notification type."""
        self.call("PUT", f"/webhooks/actions/{notification_type}", {})
        element = {"url": url, "name": notification_type, "notificationType": [notification_type], "global": True}
        answer = self.call("POST", "/webhooks", {"webhooks": [element]})
        if answer["errors"]:
            raise RuntimeError(answer["errors"])


@contextmanager
def running(data: Path) -> Iterator[Running]:
    """Run the service with that data folder."""
    started_s = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "local.run"],
        cwd=ROOT,
        env=os.environ | {"PORT": "0", "DATA": str(data)},
        stdout=subprocess.DEVNULL,
        preexec_fn=exit_with_parent,  # noqa: PLW1509 - it is one call of the kernel
    )
    try:
        run = _announced(process, data)
        requests.get(run["url"] + "/health", timeout=_ANSWER_S).raise_for_status()
        yield Running(process.pid, run, time.monotonic() - started_s)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _announced(process: subprocess.Popen[bytes], data: Path) -> dict[str, str]:
    """Wait for `run.json`, and return its content."""
    deadline_s = time.monotonic() + _START_S
    while not run_file(data).exists():
        if process.poll() is not None or time.monotonic() > deadline_s:
            message = "The service did not start."
            raise RuntimeError(message)
        time.sleep(_LOOK_S)
    run: dict[str, str] = json.loads(run_file(data).read_text("utf-8"))
    return run
