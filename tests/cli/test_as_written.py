"""Numbers and duplicate keys are shown and sent unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from posthorn.cli import profiles
from posthorn.cli.errors import ExitCode
from testbed.patience import PATIENCE_S
from tests.cli.terminal import started
from tests.client.server import Response, Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.terminal import Terminal

pytestmark = pytest.mark.enable_socket

WRITTEN = '{"notificationType": "x", "ver": 1.10, "big": 1E400, "zero": -0, "ver2": {"a": 1, "a": 2}}'
INDENTED = """\
{
  "notificationType": "x",
  "ver": 1.10,
  "big": 1E400,
  "zero": -0,
  "ver2": {
    "a": 1,
    "a": 2
  }
}
"""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Response(200, {"accepted": [], "errors": []})) as created:
        yield created


@pytest.fixture
def terminal(signed_out: Terminal, server: Server, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A terminal with a key for the server."""
    monkeypatch.setenv(profiles.URL, server.url)
    monkeypatch.setenv(profiles.KEY, "a-key")
    return signed_out


def record(request: str, response: str) -> dict[str, Any]:
    created: dict[str, Any] = dict.fromkeys(("failureCause", "httpStatusCode", "retryOf", "nextAttemptAt"))
    created |= dict.fromkeys(("id", "webhookId", "deliveryId", "notificationId", "notificationType", "message"), "x")
    created |= dict.fromkeys(("createdAt", "startedAt"), "2026-03-01T10:00:00.000Z")
    created |= {"outcome": "succeeded", "attemptNumber": 1, "durationMs": 1, "isExpunged": False, "trigger": "test"}
    created["request"] = {"method": "POST", "url": "https://x.test", "headers": {}, "body": request}
    created["response"] = {"status": 200, "headers": {}, "body": response, "isTruncated": False}
    return created


def test_a_record_shows_both_bodies_unchanged(terminal: Terminal, server: Server) -> None:
    server.responses = [Response(200, record(WRITTEN, WRITTEN))]
    assert terminal.good("history", "show", "rec_1").out.count(INDENTED) == 2


def test_a_preview_shows_the_body_unchanged(terminal: Terminal, server: Server) -> None:
    shown: dict[str, Any] = {
        "sends": True,
        "matches": True,
        "passesFilter": True,
        "problem": None,
        "headers": {},
        "body": WRITTEN,
    }
    server.responses = [Response(200, shown)]
    assert INDENTED in terminal.good("webhooks", "preview", "wh_1").out


def test_listen_shows_bodies_unchanged() -> None:
    with started("listen", "-n", "1") as process:
        assert process.stderr is not None
        url = process.stderr.readline().split()[2]
        requests.post(url, data=WRITTEN, timeout=PATIENCE_S)
        out, _ = process.communicate(timeout=PATIENCE_S)
    assert INDENTED in out


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("1.10", "1.10"),
        ("1E400", "1E400"),
        ("-0", "-0"),
        ("0.10000000000000000001", "0.10000000000000000001"),
        ('{"a": 1.0, "a": 2}', '{"a": 1.0, "a": 2}'),
        ('"1.10"', '"1.10"'),
        ("true", "true"),
        ("01", '"01"'),
        ("NaN", '"NaN"'),
        ("Infinity", '"Infinity"'),
        ("1.10.2", '"1.10.2"'),
    ],
)
def test_set_sends_a_value_as_typed(terminal: Terminal, server: Server, typed: str, sent: str) -> None:
    terminal.good("send", "--type", "x", "--set", f"ver={typed}")
    assert server.requests[0].body == f'{{"notificationType": "x", "ver": {sent}}}'


@pytest.mark.parametrize(
    ("typed", "sent"), [("7", "7"), ("9" * 5_000, "9" * 5_000), ("07", '"07"'), ("1\u0663", '"1\\u0663"')]
)
def test_an_id_of_digits_is_a_number(terminal: Terminal, server: Server, typed: str, sent: str) -> None:
    terminal.good("send", "--type", "x", "--by", typed)
    assert server.requests[0].body == f'{{"notificationType": "x", "actionBy": {sent}}}'


@pytest.mark.parametrize("options", [("--set", "a=1", "--set", "a=2"), ("--text", "a", "--set", "text=b")])
def test_a_member_that_is_given_twice_is_refused(terminal: Terminal, server: Server, options: tuple[str, ...]) -> None:
    result = terminal("send", "--type", "x", *options)
    assert (result.code, server.requests) == (ExitCode.USAGE, [])
    assert "is given twice. Give each member one value." in result.err


@pytest.mark.parametrize(("written", "sent"), [(WRITTEN, WRITTEN), (f"[{WRITTEN}]", f'{{"notifications": [{WRITTEN}]}}')])
def test_a_file_of_notifications_is_sent_unchanged(terminal: Terminal, server: Server, written: str, sent: str) -> None:
    terminal.good("send", "-", stdin=written)
    assert server.requests[0].body == sent


def test_the_notification_of_a_preview_is_sent_unchanged(terminal: Terminal, server: Server) -> None:
    server.responses = [Response(200, {"sends": False, "matches": False, "passesFilter": True, "problem": None})]
    terminal("webhooks", "preview", "wh_1", "--notification", "-", "--json", stdin=WRITTEN)
    assert server.requests[0].body == f'{{"webhookId": "wh_1", "notification": {WRITTEN}}}'


def test_the_notification_of_a_test_is_sent_unchanged(terminal: Terminal, server: Server) -> None:
    server.responses = [Response(200, record("{}", "{}"))]
    terminal.good("webhooks", "test", "wh_1", "--file", "-", stdin=WRITTEN)
    assert server.requests[0].body == f'{{"notification": {WRITTEN}}}'


def test_a_schema_keeps_its_numbers(terminal: Terminal, server: Server, tmp_path: Path) -> None:
    server.responses = [
        Response(404, {"error": {"code": "notification_type_not_found", "message": "No."}}),
        Response(200, {}),
    ]
    (tmp_path / "schema").write_text('{"maximum": 1.10}')
    terminal("actions", "put", "x", "--schema", str(tmp_path / "schema"), "--json")
    assert server.requests[1].body == '{"schema": {"maximum": 1.10}}'


def test_a_schema_that_is_not_changed_keeps_its_numbers(terminal: Terminal, server: Server) -> None:
    known = '{"name": "x", "isCustom": true, "description": null, "template": "x", "schema": {"maximum": 1.10, "const": -0}}'
    server.responses = [Response(200, known), Response(200, known)]
    shown = terminal("actions", "put", "x", "--description", "y", "--json").out
    assert '"schema": {"maximum": 1.10, "const": -0}' in server.requests[1].body
    assert '"schema": {"maximum": 1.10, "const": -0}' in shown


def test_a_file_with_a_duplicate_key_is_refused(terminal: Terminal, server: Server) -> None:
    result = terminal("webhooks", "create", "--file", "-", stdin='{"name": "a", "name": "b"}')
    assert (result.code, server.requests) == (ExitCode.USAGE, [])
    assert "duplicate key 'name'" in result.err
