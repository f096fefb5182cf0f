"""Terminals and pipes: encodings, closed streams, narrow terminals."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Any, Final

import pytest
import typer

from posthorn import schemas
from posthorn.cli import output, profiles
from posthorn.cli.app import app
from posthorn.cli.errors import ExitCode
from testbed.patience import PATIENCE_S
from tests.cli.terminal import COMMAND
from tests.client.server import Response, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.enable_socket

SIGNS: Final = "ü → 中 …"
WEBHOOK_ID: Final = "wh_01m85wm395hajb6grnx9vhx4yv"
ME: Final = {"id": 1, "name": SIGNS, "role": "admin", "rights": ["all"]}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Response(200, ME)) as created:
        yield created


def ran(server: Server, command: str, stdin: bytes = b"", **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command line in a shell. `posthorn` in it is replaced with the command under test."""
    profile = {profiles.URL: server.url, profiles.KEY: "a-key"}
    return subprocess.run(
        ["bash", "-c", command.replace("posthorn", " ".join(COMMAND))],
        env=os.environ | profile | variables,
        input=stdin,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", b"\\xfc > \\u4e2d ~"),
        ("latin-1", b"\xfc > \\u4e2d ~"),
        ("cp1252", b"\xfc > \\u4e2d \x85"),
        ("utf-8", SIGNS.encode()),
    ],
)
def test_characters_that_the_encoding_lacks_are_escaped(server: Server, encoding: str, shown: bytes) -> None:
    result = ran(server, "posthorn whoami", PYTHONIOENCODING=encoding)
    assert (result.returncode, result.stderr) == (0, b"")
    assert shown in result.stdout


def test_a_record_is_shown_on_an_ascii_terminal(server: Server) -> None:
    summary: dict[str, Any] = dict.fromkeys(("failureCause", "httpStatusCode"))
    at = "2026-03-01T10:00:00.000Z"
    summary |= {"id": "rec_1", "createdAt": at, "outcome": "succeeded", "notificationType": "n" * 40, "durationMs": 1}
    server.responses = [Response(200, [summary | {"attemptNumber": 1}])]
    result = ran(server, "posthorn history list", PYTHONIOENCODING="ascii")
    assert (result.returncode, result.stdout[:2], b"nnn~ " in result.stdout) == (0, b"+ ", True)


def test_the_help_is_shown_on_an_ascii_terminal(server: Server) -> None:
    result = ran(server, "posthorn send --help", PYTHONIOENCODING="ascii")
    assert (result.returncode, b"+- Options ---" in result.stdout, b"\\u" in result.stdout) == (0, True, False)


@pytest.mark.parametrize("command", ["posthorn --help", "posthorn webhooks create --help", "posthorn whoami"])
def test_a_command_ends_without_a_message_when_its_output_is_closed(server: Server, command: str) -> None:
    result = ran(server, f"(sleep 0.5; {command}; echo $? >&2) | true")
    assert result.stderr == f"{ExitCode.PIPE_CLOSED.value}\n".encode()


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", ">&- 2>&- <&-"])
def test_a_stream_that_is_closed_at_the_start_is_like_dev_null(server: Server, closed: str) -> None:
    result = ran(server, f"posthorn whoami {closed}")
    assert (result.returncode, result.stderr, b"admin" in result.stdout) == (0, b"", not closed.startswith(">"))


def test_send_reports_a_closed_standard_input(server: Server) -> None:
    result = ran(server, "posthorn send <&-")
    assert (result.returncode, result.stderr[:32]) == (ExitCode.USAGE, b"Standard input is not valid JSON")


def test_a_full_disk_is_reported(server: Server) -> None:
    result = ran(server, "posthorn whoami > /dev/full")
    assert (result.returncode, len(result.stderr.splitlines()), b"No space left" in result.stderr) == (1, 1, True)


@pytest.mark.parametrize("variables", [{}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}])
def test_input_is_utf_8_in_any_locale_and_may_begin_with_a_byte_order_mark(
    server: Server, variables: dict[str, str]
) -> None:
    server.responses = [Response(202, {"accepted": [], "errors": []})]
    text = '{"notificationType": "x", "text": "ü"}'
    assert ran(server, "posthorn send -", b"\xef\xbb\xbf" + text.encode(), **variables).returncode == 0
    assert server.requests[0].body == text


def test_a_key_on_standard_input_may_begin_with_a_byte_order_mark(server: Server, tmp_path: Any) -> None:  # noqa: ANN401 - pytest's
    command = f"posthorn login --url {server.url}"
    result = ran(server, command, b"\xef\xbb\xbfphk_key\r\n", XDG_CONFIG_HOME=str(tmp_path), HOME=str(tmp_path))
    assert (result.returncode, server.requests[0].headers["authorization"]) == (0, "Bearer phk_key")


def test_no_id_is_cut_on_a_narrow_terminal(server: Server) -> None:
    at = "2026-03-01T10:00:00.000Z"
    changes = {key: {"from": 1, "to": 2} for key in ("url", "name", "notificationType")}
    line = {"at": at, "actor": "somebody", "action": "webhookCreated", "webhookId": WEBHOOK_ID, "changes": changes}
    server.responses = [Response(200, [line])]
    result = ran(server, "posthorn audit", COLUMNS="40")
    assert f"  object  {WEBHOOK_ID}\n" in result.stdout.decode()
    assert "  changed  url, name, notificationType\n" in result.stdout.decode()


@pytest.mark.parametrize("columns", [*range(20, 100, 5)])
def test_ids_are_not_cut_at_any_width(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    output._console.cache_clear()
    record_id = f"rec_{'0' * 52}"
    output.print_table(
        ("ID", "NAME", "STATE", "TYPES"), [(WEBHOOK_ID, "a name " * 5, "failing (12)", "modelDeleted, " * 9)], ""
    )
    output.print_fields([("id", record_id), ("message", "a sentence " * 20)])
    output._console.cache_clear()
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if WEBHOOK_ID in line] != []
    assert [line for line in lines if record_id in line] != []


def test_no_help_text_contains_the_name_of_a_class() -> None:
    """A search-and-replace of class names has changed help texts before."""
    classes = {name for name, kind in vars(schemas).items() if isinstance(kind, type) and name.lower() != name}
    accidents = {name for name in classes if sum(map(str.isupper, name)) > 1}

    def helps(command: Any) -> Iterator[str]:  # noqa: ANN401 - typer's
        yield command.help or ""
        yield from (getattr(each, "help", None) or "" for each in command.params)
        for each in getattr(command, "commands", {}).values():
            yield from helps(each)

    said = " ".join(helps(typer.main.get_command(app)))
    assert {name for name in accidents if name in said} == set()
