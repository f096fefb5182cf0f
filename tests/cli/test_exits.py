"""How commands end, and what they say then."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from posthorn.cli.exits import Code
from tests.cli.terminal import COMMAND, started
from tests.client.server import Answer, Server
from tests.docs.story import free_port
from tests.local.service import wait_until
from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.terminal import Terminal

pytestmark = pytest.mark.enable_socket


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--nonsense",), Code.USAGE, "No such option: --nonsense"),
        (("nonsense",), Code.USAGE, "No such command 'nonsense'."),
        (("webhooks", "show"), Code.USAGE, "Missing argument 'WEBHOOK'."),
        (("webhooks", "create", "--url", "http://127.0.0.1:9"), Code.USAGE, "A webhook needs --name, --type, or a --file"),
        (("webhooks", "create", "--header", "nonsense"), Code.USAGE, "Invalid value: 'nonsense' is no header"),
        (("webhooks", "create", "--retry-schedule", "soon"), Code.USAGE, "Invalid value: 'soon' is no schedule"),
        (("webhooks", "create", "--file", "/nowhere"), Code.USAGE, "/nowhere cannot be read: No such file or directory."),
        (("webhooks", "edit", "wh_1"), Code.USAGE, "Nothing is to be changed"),
        (("users", "put", "1"), Code.USAGE, "Nothing is to be changed"),
        (("users", "put", "1", "--group", "a", "--no-groups"), Code.USAGE, "Give --group or --no-groups"),
        (
            ("users", "put", "nobody", "--role", "user"),
            Code.FAILED,
            "There is no such user yet, and a new user needs a name.",
        ),
        (("users", "suspend", "nobody"), Code.NOT_FOUND, "There is no such user."),
        (("actions", "put", "x", "--unset", "name"), Code.USAGE, "A notification type has no 'name' to unset"),
        (("actions", "put", "x", "--template", "x", "--unset", "template"), Code.USAGE, "template is given, and is to be"),
        (
            ("webhooks", "edit", "wh_1", "--header", "a: b", "--unset", "headers"),
            Code.USAGE,
            "headers is given, and is to",
        ),
        (("webhooks", "preview"), Code.USAGE, "Give a webhook's id, or a --draft."),
        (("webhooks", "delete", "wh_1"), Code.NOT_FOUND, "There is no such webhook."),
        (("webhooks", "rotate", "wh_1"), Code.USAGE, "Give wh_1 a new secret? Nobody is at a terminal"),
        (("webhooks", "show", "wh_1"), Code.NOT_FOUND, "There is no such webhook."),
        (("webhooks", "show", ".."), Code.FAILED, "'..' is no id."),
        (("history", "show", "rec_1"), Code.NOT_FOUND, "There is no such record."),
        (("history", "list", "--outcome", "so"), Code.USAGE, "Invalid value for '--outcome': 'so' is not one of"),
        (("history", "list", "--since", "soon"), Code.USAGE, "Invalid value: 'soon' is no time: 2h, 30min"),
        (
            ("history", "list", "--since", "999999w"),
            Code.USAGE,
            "Invalid value: '999999w' is out of range: a time is in the",
        ),
        (("history", "list", "--since", "0001-01-01"), Code.USAGE, "Invalid value: '0001-01-01' is out of range"),
        (("keys", "create", "1", "--name", "x", "--expires", "999999w"), Code.USAGE, "Invalid value: '999999w' is out of"),
        (
            ("keys", "create", "1", "--name", "x", "--expires", "9999-12-31"),
            Code.USAGE,
            "Invalid value: '9999-12-31' is out",
        ),
        (("history", "list", "-n", "9" * 30), Code.USAGE, "Invalid value for '--limit' / '-n': Input should be less"),
        (("listen", "--delay", "1e400"), Code.USAGE, "Invalid value for '--delay': Input should be less"),
        (("send", "--set", "nonsense"), Code.USAGE, "Invalid value: 'nonsense' is no KEY=VALUE."),
        (("send", "-"), Code.USAGE, "Standard input is no JSON"),
        (("send", "x.json", "--type", "x"), Code.USAGE, "Give a file, or options"),
        (("actions", "delete", "modelDeleted", "--yes"), Code.FAILED, ""),
        (
            ("listen", "--secret", "s3cret"),
            Code.USAGE,
            "--secret would show the secret in the list of processes. Set POSTHORN_",
        ),
        (("listen", "--secret-file", "-"), Code.USAGE, "The secret is none"),
        (("listen", "--secret-file", "no-such-file"), Code.USAGE, "no-such-file cannot be read"),
        (("webhooks", "create", "--header", "@no-such-file"), Code.USAGE, "no-such-file cannot be read"),
    ],
)
def test_a_command_that_cannot_be_says_so(posthorn: Terminal, arguments: tuple[str, ...], code: int, said: str) -> None:
    ended = posthorn(*arguments)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith(said)
    assert 1 <= len(ended.err.splitlines()) <= 2, ended.err


def test_a_refusal_shows_the_place(posthorn: Terminal) -> None:
    ended = posthorn("webhooks", "create", "--url", "http://10.0.0.1", "--name", "x", "--type", "modelDeleted")
    assert ended.code == Code.FAILED
    assert "webhooks.0.url" in ended.err


def test_somebody_who_is_not_signed_in_is_told_how(stranger: Terminal) -> None:
    ended = stranger("webhooks", "list")
    assert ended.code == Code.NOT_SIGNED_IN
    assert "`posthorn login` signs in" in ended.err


def test_a_key_that_is_not_known_is_told_so(posthorn: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTHORN_KEY", "phk_nobody")
    ended = posthorn("webhooks", "list")
    assert (ended.code, ended.err) == (
        Code.NOT_SIGNED_IN,
        "The API key is not known, or was revoked. `posthorn login` takes another key.\n",
    )


def test_a_right_that_is_missing_is_a_refusal(
    posthorn: Terminal, service_run: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POSTHORN_KEY", service_run["user_key"])
    assert posthorn("users", "list").code == Code.FAILED


def test_a_service_that_cannot_be_reached_is_told_so(posthorn: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("posthorn.client.transport.FIRST_WAIT_S", 0)
    monkeypatch.setenv("POSTHORN_URL", f"http://127.0.0.1:{free_port()}")
    ended = posthorn("webhooks", "list")
    assert ended.code == Code.UNREACHABLE
    assert "cannot be reached" in ended.err


def test_a_service_that_cannot_for_now_is_told_so(posthorn: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Answer(503, {"error": {"code": "unavailable", "message": "Not now."}}, {"Retry-After": "60"})
    with Server(busy) as server:
        monkeypatch.setenv("POSTHORN_URL", server.url)
        ended = posthorn("webhooks", "list")
    assert (ended.code, ended.err) == (Code.UNREACHABLE, "Not now. Try again in a moment.\n")


def test_what_nobody_foresaw_is_no_trace(posthorn: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        message = "surprise"
        raise RuntimeError(message)

    monkeypatch.setattr("posthorn.cli.profiles.current", broken)
    ended = posthorn("whoami")
    assert (ended.code, len(ended.err.splitlines())) == (Code.FAILED, 1)
    assert "RuntimeError('surprise')" in ended.err


def test_ctrl_c_is_quiet(home: Path) -> None:
    with Server(Answer(200, [])) as server:
        place = {"POSTHORN_URL": server.url, "POSTHORN_KEY": "k", "XDG_CONFIG_HOME": str(home)}
        with started("history", "tail", "-f", **place) as process:
            wait_until(lambda: len(server.asked) >= 2)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, out, err) == (Code.INTERRUPTED, "", "")


def test_a_pipe_that_is_closed_is_quiet(posthorn: Terminal) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    posthorn.good("whoami")
    with subprocess.Popen(
        [*COMMAND, "actions", "list", "--json"], stdout=writing, stderr=subprocess.PIPE, text=True
    ) as process:
        os.close(writing)
        _, err = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, err) == (Code.PIPE_CLOSED, "")
