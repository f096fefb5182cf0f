"""Commands that run until they are stopped: `listen` and `history tail -f`."""

from __future__ import annotations

import json
import signal
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest
import requests
from standardwebhooks import Webhook

from posthorn.cli.errors import ExitCode
from testbed.patience import PATIENCE_S
from tests.cli.terminal import started, started_by_nohup
from tests.local.service import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.terminal import Terminal

pytestmark = pytest.mark.enable_socket

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def next_message(process: subprocess.Popen[str], start: str) -> str:
    """The next line on standard error. It must begin with `start`."""
    assert process.stderr is not None
    line = process.stderr.readline()
    assert line.startswith(start), line + process.stderr.read()
    return line


def address(process: subprocess.Popen[str]) -> str:
    return next_message(process, "Listening on http://127.0.0.1:").split()[2]


def shown(process: subprocess.Popen[str]) -> Any:  # noqa: ANN401 - any JSON
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


def signed(body: str, at: datetime) -> dict[str, str]:
    signature = Webhook(SECRET).sign("msg_1", at, body)
    return {"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize(("body", "is_verified", "status"), [('{"a": 1}', True, 202), ('{"a": 2}', False, 401)])
def test_listen_verifies_signatures_and_responds_with_the_given_status(
    body: str,
    is_verified: bool,  # noqa: FBT001 - a parameter of the test
    status: int,
    now: datetime,
) -> None:
    with started("listen", "--status", "202", "-n", "1", "--json", POSTHORN_SECRET=SECRET) as process:
        answer = requests.post(address(process), data=body, headers=signed('{"a": 1}', now), timeout=PATIENCE_S)
        received = shown(process)
        assert process.wait(PATIENCE_S) == 0
    assert (answer.status_code, received["answered"]) == (status, status)
    assert (received["isVerified"], received["body"]) == (is_verified, body)


def test_a_listener_has_its_secret_from_a_file_and_not_in_its_command_line(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    with started("listen", "--secret-file", str(tmp_path / "secret"), "-n", "1", "--json") as process:
        listed = subprocess.run(
            ["ps", "-ww", "-o", "command=", "-p", str(process.pid)], capture_output=True, text=True, check=True
        )
        requests.post(address(process), data="{}", headers=signed("{}", now), timeout=PATIENCE_S)
        received = shown(process)
        assert process.wait(PATIENCE_S) == 0
    assert (received["isVerified"], "listen" in listed.stdout, SECRET in listed.stdout) == (True, True, False)


def test_listen_shows_all_headers_of_one_name() -> None:
    with started("listen", "-n", "1") as process:
        place = address(process).removeprefix("http://").strip("/")
        with closing(HTTPConnection(place, timeout=PATIENCE_S)) as connection:
            connection.putrequest("POST", "/")
            for name, value in (("X-A", "1"), ("x-a", "2"), ("Content-Length", "0")):
                connection.putheader(name, value)
            connection.endheaders()
            connection.getresponse().read()
        out, _ = process.communicate(timeout=PATIENCE_S)
    assert "\nx-a: 1, 2\n" in out


def test_listen_shows_requests_for_people() -> None:
    with started("listen", "-n", "1", "--delay", "0.2") as process:
        answer = requests.post(
            address(process), data=b'{"text":"\x1b[31m\xff"}', headers={"x-evil": "\x9b2J"}, timeout=PATIENCE_S
        )
        out, _ = process.communicate(timeout=PATIENCE_S)
    assert answer.status_code == 204
    assert "POST / signature not checked, response 204" in out
    assert out.replace("\n", "").isprintable()


def test_listen_creates_a_webhook_and_deletes_it(posthorn: Terminal) -> None:
    with started("listen", "--webhook-for", "modelDeleted", "--global", "--json") as process:
        address(process)
        webhook = next_message(process, "Webhook wh_").split()[1]
        posthorn.good("webhooks", "test", webhook)
        assert shown(process)["isVerified"] is True
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (ExitCode.INTERRUPTED, f"Webhook {webhook} deleted.\n")
    assert posthorn("webhooks", "show", webhook).code == ExitCode.NOT_FOUND


def test_listen_goes_on_under_nohup() -> None:
    with started_by_nohup("listen", "-n", "1", "--json") as process:
        url = address(process)
        process.send_signal(signal.SIGHUP)
        requests.post(url, data="{}", timeout=PATIENCE_S)
        assert shown(process)["body"] == "{}"
        assert process.wait(PATIENCE_S) == 0


def test_listen_ends_when_its_terminal_closes() -> None:
    with started("listen", "--json") as process:
        address(process)
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=PATIENCE_S)
    assert process.returncode == ExitCode.INTERRUPTED


def test_listen_can_respond_with_errors(posthorn: Terminal) -> None:
    with started("listen", "--webhook-for", "modelDeleted", "--status", "500", "--json") as process:
        address(process)
        webhook = next_message(process, "Webhook wh_").split()[1]
        result = posthorn("webhooks", "test", webhook, "--json")
        process.terminate()
        process.communicate(timeout=PATIENCE_S)
    assert (result.code, result.document["httpStatusCode"]) == (ExitCode.FAILED, 500)


def test_a_port_in_use_is_reported(signed_out: Terminal) -> None:
    with started("listen") as process:
        port = address(process).rpartition(":")[2].strip("/")
        second = started("listen", "--port", port)
        _, err = second.communicate(timeout=PATIENCE_S)
        process.terminate()
    assert signed_out
    assert second.returncode == ExitCode.FAILED
    assert err.startswith(f"Port {port} of 127.0.0.1 cannot be used: ")


def test_a_tail_shows_new_records(posthorn: Terminal, webhook: str) -> None:
    posthorn.good("webhooks", "test", webhook)
    wait_until(lambda: posthorn.good("history", "list", "--webhook", webhook, "--json").documents)
    with started("history", "tail", "-f", "-n", "1", "--webhook", webhook, "--json") as process:
        before = shown(process)
        posthorn.good("webhooks", "test", webhook)
        after = shown(process)
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=PATIENCE_S)
    assert before["id"] < after["id"]
    assert rest == ""
