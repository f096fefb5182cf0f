"""The receivers of `docs/examples`, started as a reader would start them, and requests signed as Posthorn signs them."""

from __future__ import annotations

import http.client
import os
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from chalicelib.domain.delivery import signing
from chalicelib.domain.notifications import notification
from chalicelib.domain.payloads import reference_body
from local.parent_exit import exit_with_parent
from testbed.patience import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SECRET: Final = signing.new_secret(bytes(range(32)))
TEXT: Final = "Jürgen Ørsted has deleted the «test» data source. 🗑"
DELIVERY_ID: Final = "msg_01h00000000000000000000000"

Headers = dict[str, str]


def signed(*, at: datetime | None = None, secrets: Sequence[signing.SigningSecret] = (SECRET,)) -> tuple[bytes, Headers]:
    """The page's notification as bytes, and the headers that sign them."""
    sample = f'{{"notificationType":"modelDeleted","text":"{TEXT}","dataSourceName":"tëst","actionBy":1,"modelId":15}}'
    taken = notification.parse(sample, notification_id="ntf_1", accepted_at=datetime.now(UTC))
    content = reference_body.reference_body(taken, taken.sentence({})).encode()
    at = at or datetime.now(UTC)
    return content, signing.headers(secrets, message_id=DELIVERY_ID, at=at, body=content)


class Running:
    """A running receiver, which prints what it does."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self._said = process.stdout
        greeting = self.next_line()
        assert greeting.startswith("listening on http://"), greeting + self._said.read()
        self.address = greeting.rpartition("/")[2]

    def next_line(self) -> str:
        """The next line of its output."""
        return self._said.readline().rstrip("\n")

    def post(self, content: bytes, headers: Headers) -> int:
        """The status of its response to a POST."""
        connection = http.client.HTTPConnection(self.address, timeout=PATIENCE_S)
        try:
            connection.request("POST", "/hooks", content, {"content-type": "application/json"} | headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()


@contextmanager
def running(command: Sequence[str], folder: Path) -> Iterator[Running]:
    """Run a receiver on a free port during the block."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | {"WEBHOOK_SECRET": SECRET.value, "PORT": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        preexec_fn=exit_with_parent,  # noqa: PLW1509 - it is one call of the kernel
    ) as process:
        try:
            yield Running(process)
        finally:
            process.terminate()
