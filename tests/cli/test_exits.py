"""Exit codes and error messages."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from posthorn.cli.errors import ExitCode
from testbed.patience import PATIENCE_S
from tests.cli.terminal import COMMAND, started
from tests.client.server import Response, Server
from tests.docs.story import free_port
from tests.local.service import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.terminal import Terminal

pytestmark = pytest.mark.enable_socket


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--nonsense",), ExitCode.USAGE, "No such option: --nonsense"),
        (("nonsense",), ExitCode.USAGE, "No such command 'nonsense'."),
        (("webhooks", "show"), ExitCode.USAGE, "Missing argument 'WEBHOOK'."),
        (
            ("webhooks", "create", "--url", "http://127.0.0.1:9"),
            ExitCode.USAGE,
            "A webhook needs --name, --type. Give the options, or a --file",
        ),
        (
            ("webhooks", "create", "--header", "nonsense"),
            ExitCode.USAGE,
            "Invalid value for '--header': 'nonsense' is not a header",
        ),
        (
            ("webhooks", "create", "--retry-schedule", "soon"),
            ExitCode.USAGE,
            "Invalid value for '--retry-schedule': 'soon' is not a retry schedule",
        ),
        (
            ("webhooks", "create", "--file", "/nowhere"),
            ExitCode.USAGE,
            "/nowhere cannot be read: No such file or directory.",
        ),
        (("webhooks", "edit", "wh_1"), ExitCode.USAGE, "Nothing to change"),
        (("users", "put", "1"), ExitCode.USAGE, "Nothing to change"),
        (("users", "put", "1", "--group", "a", "--no-groups"), ExitCode.USAGE, "Give --group or --no-groups"),
        (
            ("users", "put", "nobody", "--role", "user"),
            ExitCode.FAILED,
            "This user does not exist yet, and a new user needs a name.",
        ),
        (("users", "suspend", "nobody"), ExitCode.NOT_FOUND, "There is no such user."),
        (("actions", "put", "x", "--unset", "name"), ExitCode.USAGE, "'name' cannot be unset. A notification type has"),
        (
            ("actions", "put", "x", "--template", "x", "--unset", "template"),
            ExitCode.USAGE,
            "template is set and unset by the same command",
        ),
        (
            ("webhooks", "edit", "wh_1", "--header", "a: b", "--unset", "headers"),
            ExitCode.USAGE,
            "headers is set and unset by the same command",
        ),
        (("webhooks", "preview"), ExitCode.USAGE, "Give the id of a webhook, or --draft."),
        (("webhooks", "delete", "wh_1"), ExitCode.NOT_FOUND, "There is no such webhook."),
        (("webhooks", "rotate", "wh_1"), ExitCode.USAGE, "Replace the secret of webhook wh_1? There is no terminal"),
        (("webhooks", "show", "wh_1"), ExitCode.NOT_FOUND, "There is no such webhook."),
        (("webhooks", "show", ".."), ExitCode.FAILED, "'..' is not an id."),
        (("history", "show", "rec_1"), ExitCode.NOT_FOUND, "There is no such record."),
        (("history", "list", "--outcome", "so"), ExitCode.USAGE, "Invalid value for '--outcome': 'so' is not one of"),
        (
            ("history", "list", "--since", "soon"),
            ExitCode.USAGE,
            "Invalid value for '--since': 'soon' is not a time. Examples: 2h, 30min",
        ),
        (
            ("history", "list", "--since", "999999w"),
            ExitCode.USAGE,
            "Invalid value for '--since': '999999w' is out of range: the year must",
        ),
        (
            ("history", "list", "--since", "0001-01-01"),
            ExitCode.USAGE,
            "Invalid value for '--since': '0001-01-01' is out of range",
        ),
        (
            ("keys", "create", "1", "--name", "x", "--expires", "999999w"),
            ExitCode.USAGE,
            "Invalid value for '--expires': '999999w' is out of",
        ),
        (
            ("keys", "create", "1", "--name", "x", "--expires", "9999-12-31"),
            ExitCode.USAGE,
            "Invalid value for '--expires': '9999-12-31' is out",
        ),
        (("history", "list", "-n", "9" * 30), ExitCode.USAGE, "Invalid value for '--limit' / '-n': Input should be less"),
        (("listen", "--delay", "1e400"), ExitCode.USAGE, "Invalid value for '--delay': Input should be less"),
        (("send", "--set", "nonsense"), ExitCode.USAGE, "Invalid value for '--set': 'nonsense' is not KEY=VALUE."),
        (("send", "-"), ExitCode.USAGE, "Standard input is not valid JSON"),
        (("send", "x.json", "--type", "x"), ExitCode.USAGE, "Give a file, or options"),
        (("actions", "delete", "modelDeleted", "--yes"), ExitCode.FAILED, ""),
        (
            ("listen", "--secret", "s3cret"),
            ExitCode.USAGE,
            "--secret would show the secret in the list of processes. Set POSTHORN_",
        ),
        (("listen", "--secret-file", "-"), ExitCode.USAGE, "The secret is not valid"),
        (("listen", "--secret-file", "no-such-file"), ExitCode.USAGE, "no-such-file cannot be read"),
        (("webhooks", "create", "--header", "@no-such-file"), ExitCode.USAGE, "no-such-file cannot be read"),
    ],
)
def test_an_invalid_command_prints_a_message(
    posthorn: Terminal, arguments: tuple[str, ...], code: int, message: str
) -> None:
    result = posthorn(*arguments)
    assert (result.code, result.out) == (code, "")
    assert result.err.startswith(message)
    assert 1 <= len(result.err.splitlines()) <= 2, result.err


def test_a_refusal_names_the_invalid_field(posthorn: Terminal) -> None:
    result = posthorn("webhooks", "create", "--url", "http://10.0.0.1", "--name", "x", "--type", "modelDeleted")
    assert result.code == ExitCode.FAILED
    assert "webhooks.0.url" in result.err


def test_the_message_without_a_profile_says_how_to_sign_in(signed_out: Terminal) -> None:
    result = signed_out("webhooks", "list")
    assert result.code == ExitCode.NOT_SIGNED_IN
    assert "Run `posthorn login`" in result.err


def test_an_unknown_key_is_reported(posthorn: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTHORN_KEY", "phk_nobody")
    result = posthorn("webhooks", "list")
    assert (result.code, result.err) == (
        ExitCode.NOT_SIGNED_IN,
        "The API key is unknown or was revoked. Sign in with another key: `posthorn login`.\n",
    )


def test_a_missing_right_is_reported(
    posthorn: Terminal, service_run: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTHORN_KEY", service_run["user_key"])
    assert posthorn("users", "list").code == ExitCode.FAILED


def test_an_unreachable_service_is_reported(posthorn: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posthorn.client.transport.BACKOFF_FIRST_S", 0)
    monkeypatch.setenv("POSTHORN_URL", f"http://127.0.0.1:{free_port()}")
    result = posthorn("webhooks", "list")
    assert result.code == ExitCode.UNREACHABLE
    assert "cannot be reached" in result.err


def test_an_unavailable_service_is_reported(posthorn: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Response(503, {"error": {"code": "unavailable", "message": "Not now."}}, {"Retry-After": "60"})
    with Server(busy) as server:
        monkeypatch.setenv("POSTHORN_URL", server.url)
        result = posthorn("webhooks", "list")
    assert (result.code, result.err) == (ExitCode.UNREACHABLE, "Not now. Try again in a moment.\n")


def test_an_unexpected_exception_prints_a_message_without_a_traceback(
    posthorn: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        message = "surprise"
        raise RuntimeError(message)

    monkeypatch.setattr("posthorn.cli.profiles.current", broken)
    result = posthorn("whoami")
    assert (result.code, len(result.err.splitlines())) == (ExitCode.FAILED, 1)
    assert "RuntimeError('surprise')" in result.err


def test_ctrl_c_prints_nothing(home: Path) -> None:
    with Server(Response(200, [])) as server:
        place = {"POSTHORN_URL": server.url, "POSTHORN_KEY": "k", "XDG_CONFIG_HOME": str(home)}
        with started("history", "tail", "-f", **place) as process:
            wait_until(lambda: len(server.requests) >= 2)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out, err) == (ExitCode.INTERRUPTED, "", "")


def test_a_closed_pipe_prints_nothing(posthorn: Terminal) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    posthorn.good("whoami")
    with subprocess.Popen(
        [*COMMAND, "actions", "list", "--json"], stdout=writing, stderr=subprocess.PIPE, text=True
    ) as process:
        os.close(writing)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (ExitCode.PIPE_CLOSED, "")
