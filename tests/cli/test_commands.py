"""Every command, with a running service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from posthorn.cli.errors import ExitCode
from tests.local.service import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from local.receiver import Receiver
    from tests.cli.terminal import Terminal

pytestmark = pytest.mark.enable_socket


def records(posthorn: Terminal, webhook: str, count: int) -> list[dict[str, Any]]:
    """A webhook's records, when there are at least `count`."""
    found: list[dict[str, Any]] = []

    def is_there() -> bool:
        found[:] = posthorn.good("history", "list", "--webhook", webhook, "--json").documents
        return len(found) >= count

    wait_until(is_there)
    return found


def test_the_ids_of_listed_webhooks_are_not_cut(posthorn: Terminal, webhook: str) -> None:
    lines = posthorn.good("webhooks", "list").out.splitlines()
    assert lines[0].split() == ["ID", "NAME", "STATE", "TYPES"]
    assert [line for line in lines if line.startswith(f"{webhook}  A receiver  enabled")] != []
    assert max(map(len, lines)) <= 80


def test_the_settings_of_a_webhook_are_shown(posthorn: Terminal, webhook: str) -> None:
    shown = posthorn.good("webhooks", "show", webhook).out
    lines = {" ".join(line.split()) for line in shown.splitlines()}
    assert {"receives notifications of all users", "retry schedule no retries"} <= lines


def test_the_secret_of_a_new_webhook_is_shown(posthorn: Terminal, receiver: Receiver) -> None:
    created = posthorn.good("webhooks", "create", "--url", receiver.url, "--name", "x", "--type", "modelDeleted")
    assert "secret  whsec_" in created.out
    assert "shown only now" in created.err
    posthorn.good("webhooks", "delete", created.out.split()[1], "--yes")


def test_a_webhook_is_created_from_a_file_and_options_override_it(
    posthorn: Terminal, receiver: Receiver, tmp_path: Path
) -> None:
    bearer = {"type": "bearer", "token": "t0ken"}
    written = {"url": receiver.url, "name": "in the file", "notificationType": ["modelDeleted"], "authentication": bearer}
    (tmp_path / "webhook.json").write_text(json.dumps(written))
    options = ("--file", str(tmp_path / "webhook.json"), "--name", "on the line", "--asymmetric", "--json")
    created = posthorn.good("webhooks", "create", *options).document
    assert (created["name"], created["authentication"], created["publicKey"][:5]) == (
        "on the line",
        {"type": "bearer", "token": True},
        "whpk_",
    )
    posthorn.good("webhooks", "delete", created["id"], "--yes")


def test_an_edit_changes_only_what_is_given_and_keeps_other_headers(posthorn: Terminal, webhook: str) -> None:
    posthorn.good("webhooks", "edit", webhook, "--header", "x-a: 1", "--timeout", "3")
    options = ("--header", "X-B: 2", "--unset", "timeoutSeconds", "--retry-schedule", "5,60", "--json")
    edited = posthorn.good("webhooks", "edit", webhook, *options).document
    assert edited["headers"] == {"x-a": True, "x-b": True}
    assert (edited["timeoutSeconds"], edited["retrySchedule"]) == (None, [5, 60])


def test_headers_can_come_from_a_file(posthorn: Terminal, webhook: str, tmp_path: Path) -> None:
    (tmp_path / "headers").write_text("X-Key: a:b\n\nX-Team: blue\n")
    edited = posthorn.good("webhooks", "edit", webhook, "--header", f"@{tmp_path / 'headers'}", "--json").document
    assert edited["headers"] == {"x-key": True, "x-team": True}


def test_an_invalid_line_of_a_header_file_is_not_printed(posthorn: Terminal, webhook: str, tmp_path: Path) -> None:
    (tmp_path / "headers").write_text("s3cret\n")
    result = posthorn("webhooks", "edit", webhook, "--header", f"@{tmp_path / 'headers'}")
    assert (result.code, "a line of the file is not a header" in result.err, "s3cret" in result.err) == (2, True, False)


def test_an_edit_of_an_old_version_is_refused(posthorn: Terminal, webhook: str) -> None:
    result = posthorn("webhooks", "edit", webhook, "--name", "x", "--if-version", "99")
    assert (result.code, result.out) == (1, "")


def test_a_webhook_is_paused_and_resumed(posthorn: Terminal, webhook: str) -> None:
    assert posthorn.good("webhooks", "pause", webhook, "--json").document["status"] == "paused"
    assert posthorn("webhooks", "test", webhook).code == 1
    assert posthorn.good("webhooks", "resume", webhook, "--json").document["status"] == "enabled"


def test_a_test_shows_the_request_and_the_response(posthorn: Terminal, webhook: str, receiver: Receiver) -> None:
    shown = posthorn.good("webhooks", "test", webhook).out
    assert f"→ POST {receiver.url}" in shown
    assert "← 200" in shown
    assert "ok" in shown


def test_the_exit_code_of_a_failed_test_is_1(posthorn: Terminal, webhook: str, receiver: Receiver) -> None:
    receiver.status = 500
    result = posthorn("webhooks", "test", webhook, "--json")
    assert (result.code, result.document["failureCause"]) == (1, "status")


def test_a_secret_is_rotated(posthorn: Terminal, webhook: str) -> None:
    rotated = posthorn.good("webhooks", "rotate", webhook, "--overlap", "0", "--yes", "--json").document
    assert rotated["secret"].startswith("whsec_")


def test_a_preview_sends_nothing(posthorn: Terminal, webhook: str, receiver: Receiver) -> None:
    shown = posthorn.good(
        "webhooks", "preview", webhook, "--notification", "-", stdin='{"notificationType": "modelDeleted"}'
    )
    assert "sends          yes" in shown.out
    assert receiver.received.empty()


def test_a_draft_is_previewed(posthorn: Terminal) -> None:
    draft = (
        '{"url": "https://x.test", "name": "x", "notificationType": ["modelDeleted"], "filter": "`false`", "global": true}'
    )
    shown = posthorn.good("webhooks", "preview", "--draft", "-", "--json", stdin=draft).document
    assert (shown["matches"], shown["passesFilter"], shown["sends"]) == (True, False, False)


def test_a_notification_made_of_options_is_delivered(posthorn: Terminal, webhook: str, receiver: Receiver) -> None:
    sent = ("send", "--type", "modelDeleted", "--text", "Gone.", "--by", "1", "--set", "modelId=15", "--set", "name=a b")
    assert posthorn.good(*sent).out.startswith("ntf_")
    body = json.loads(receiver.next().body)
    rest = json.loads(body["attachments"][0]["text"])
    assert (body["text"], rest["actionBy"], rest["modelId"], rest["name"]) == ("Gone.", 1, 15, "a b")
    assert webhook


def test_notifications_from_standard_input_are_delivered_unchanged(
    posthorn: Terminal, webhook: str, receiver: Receiver
) -> None:
    sent = posthorn.good("send", "-", "--json", stdin='[{"notificationType": "modelDeleted", "text": "1", "modelId": 1.50}]')
    assert len(sent.document["accepted"]) == 1
    assert '\\"modelId\\":1.50' in receiver.next().body
    assert webhook


def test_the_exit_code_is_1_if_one_of_several_notifications_is_refused(posthorn: Terminal) -> None:
    result = posthorn("send", stdin='[{"notificationType": "modelDeleted"}, {}]')
    assert (result.code, result.out[:4]) == (1, "ntf_")
    assert result.err.startswith("Notification 2 was refused: ")


def test_a_notification_can_be_scheduled(posthorn: Terminal) -> None:
    sent = posthorn.good("send", "--type", "modelDeleted", "--at", "2h")
    assert ", to be delivered at 20" in sent.out


def test_the_history_shows_attempts(posthorn: Terminal, webhook: str) -> None:
    posthorn.good("webhooks", "test", webhook)
    (record,) = records(posthorn, webhook, 1)
    lines = posthorn.good(
        "history", "list", "--webhook", webhook, "--outcome", "succeeded", "--since", "1h"
    ).out.splitlines()
    assert lines[0].startswith("✓ ")
    assert lines[1].strip() == record["id"]
    assert max(map(len, lines)) <= 80
    assert posthorn.good("history", "show", record["id"], "--json").document == record


def test_the_history_shows_attempts_that_failed_for_given_causes(
    posthorn: Terminal, webhook: str, receiver: Receiver
) -> None:
    receiver.status = 500
    posthorn("webhooks", "test", webhook)
    (record,) = records(posthorn, webhook, 1)
    causes = ("--failure-cause", "dns", "--failure-cause", "status")
    assert posthorn.good("history", "list", "--webhook", webhook, *causes, "--json").document == record
    assert posthorn.good("history", "list", "--webhook", webhook, *causes[:2]).out == ""


def test_an_empty_history_says_so(posthorn: Terminal, webhook: str) -> None:
    result = posthorn.good("history", "list", "--webhook", webhook)
    assert (result.out, result.err) == ("", "There are no such records.\n")


def test_a_tail_shows_the_newest_records_oldest_first(posthorn: Terminal, webhook: str) -> None:
    for _ in range(3):
        posthorn.good("webhooks", "test", webhook)
    newest = [each["id"] for each in records(posthorn, webhook, 3)]
    tail = posthorn.good("history", "tail", "-n", "2", "--webhook", webhook, "--json").documents
    assert [each["id"] for each in tail] == [newest[1], newest[0]]


def test_a_record_is_retried_and_its_attempts_are_listed(posthorn: Terminal, webhook: str) -> None:
    posthorn.good("webhooks", "test", webhook)
    first = records(posthorn, webhook, 1)[0]["id"]
    again = posthorn.good("history", "retry", first, "--wait", "--json").document
    assert (again["retryOf"], again["outcome"]) == (first, "succeeded")
    attempts = posthorn.good("history", "attempts", first, "--json").documents
    assert {each["id"] for each in attempts} == {first, again["id"]}


def test_a_retry_without_wait_prints_the_id_of_its_record(posthorn: Terminal, webhook: str) -> None:
    posthorn.good("webhooks", "test", webhook)
    record = records(posthorn, webhook, 1)[0]["id"]
    assert posthorn.good("history", "retry", record).out.startswith("rec_")


def test_a_record_is_expunged(posthorn: Terminal, webhook: str) -> None:
    posthorn.good("webhooks", "test", webhook)
    record = records(posthorn, webhook, 1)[0]["id"]
    assert "were expunged" in posthorn.good("history", "expunge", record, "--yes").out


def test_a_period_is_recovered(posthorn: Terminal, webhook: str, receiver: Receiver) -> None:
    receiver.status = 500
    posthorn.good("send", "--type", "modelDeleted", "--by", "1")
    records(posthorn, webhook, 1)
    receiver.status = 200
    done = posthorn.good("recover", webhook, "--since", "1h", "--only", "failed", "--json").document
    assert (done["state"], done["enqueued"]) == ("done", 1)
    assert {each["trigger"] for each in records(posthorn, webhook, 2)} == {"notification", "recovery"}


def test_a_detached_recovery_can_be_watched_shown_and_stopped(posthorn: Terminal, webhook: str) -> None:
    started = posthorn.good("recover", webhook, "--since", "1h", "--detach")
    recovery = started.out.split()[1]
    assert f"`posthorn recoveries show {webhook} {recovery}`" in started.err
    assert posthorn.good("recoveries", "watch", webhook, recovery, "--json").document["state"] == "done"
    assert posthorn.good("recoveries", "show", webhook, recovery, "--json").document["progress"] == 1
    assert posthorn("recoveries", "stop", webhook, recovery).code == ExitCode.SUCCESS


def test_notification_types_are_created_listed_shown_and_deleted(posthorn: Terminal) -> None:
    posthorn.good(
        "actions", "put", "orderShipped", "--description", "On its way.", "--schema", "-", stdin='{"type": "object"}'
    )
    listed = posthorn.good("actions", "list").out
    assert [each for each in listed.splitlines() if each.startswith("orderShipped")] != []
    assert "{actor} has deleted {subject}." in listed
    assert posthorn.good("actions", "show", "orderShipped", "--json").document["schema"] == {"type": "object"}
    posthorn.good("actions", "delete", "orderShipped", "--yes")
    assert posthorn("actions", "show", "orderShipped").code == 4


def test_users_and_keys_are_created_listed_suspended_and_deleted(posthorn: Terminal) -> None:
    posthorn.good("users", "put", "7", "--name", "Grace", "--group", "ops")
    assert "groups   ops" in posthorn.good("users", "show", "7").out
    key = posthorn.good("keys", "create", "7", "--name", "ci", "--rights", "send", "--expires", "1h", "--json").document
    assert key["rights"] == ["send"]
    assert "in 59 min" in posthorn.good("keys", "list", "7").out
    assert key["id"] in posthorn.good("keys", "list", "7").out
    assert key["key"] not in posthorn.good("keys", "list", "7").out
    assert "refused: the user is suspended" in posthorn.good("users", "suspend", "7").out
    assert posthorn.good("users", "enable", "7", "--json").document["groups"] == ["ops"]
    posthorn.good("keys", "revoke", "7", key["id"], "--yes")
    assert posthorn.good("keys", "list", "7", "--json").documents == []
    posthorn.good("users", "delete", "7", "--yes")
    assert "Grace" not in posthorn.good("users", "list").out


def test_changing_a_user_keeps_what_is_not_given(posthorn: Terminal) -> None:
    posthorn.good("users", "put", "boss", "--name", "Boss", "--role", "admin", "--group", "ops", "--suspended")
    renamed = posthorn.good("users", "put", "boss", "--name", "The boss", "--json").document
    assert (renamed["name"], renamed["role"], renamed["groups"], renamed["enabled"]) == (
        "The boss",
        "admin",
        ["ops"],
        False,
    )
    assert posthorn.good("users", "put", "boss", "--enabled", "--no-groups", "--json").document | {"updatedAt": ""} == (
        renamed | {"enabled": True, "groups": [], "updatedAt": ""}
    )
    posthorn.good("users", "delete", "boss", "--yes")


def test_changing_a_notification_type_keeps_what_is_not_given(posthorn: Terminal) -> None:
    shown = ("--template", "{actor} has shipped it.", "--schema", "-", "--description", "Old.")
    created = posthorn.good("actions", "put", "orderShipped", *shown, "--json", stdin='{"required": ["a"]}').document
    changed = posthorn.good("actions", "put", "orderShipped", "--description", "New.", "--json").document
    assert changed == created | {"description": "New."}
    emptied = posthorn.good("actions", "put", "orderShipped", "--unset", "schema", "--json").document
    assert emptied == changed | {"schema": None, "hasSchema": False}
    posthorn.good("actions", "delete", "orderShipped", "--yes")


def test_headers_of_a_file_and_of_options_are_merged(posthorn: Terminal, receiver: Receiver) -> None:
    written = '{"notificationType": ["modelDeleted"], "headers": {"X-A": "1", "X-B": "2"}}'
    options = ("--url", receiver.url, "--name", "x", "--file", "-", "--header", "x-b: 3", "--header", "x-c: 4")
    created = posthorn.good("webhooks", "create", *options, "--json", stdin=written).document
    assert sorted(created["headers"]) == ["x-a", "x-b", "x-c"]
    posthorn.good("webhooks", "delete", created["id"], "--yes")


def test_users_list_and_revoke_their_own_keys(posthorn: Terminal) -> None:
    created = posthorn.good("keys", "create", "1", "--name", "spare", "--json").document
    listed = posthorn.good("keys", "own").out
    assert [each for each in listed.splitlines() if "(this one)" in each] != []
    assert created["id"] in listed
    posthorn.good("keys", "revoke-own", created["id"], "--yes")
    assert created["id"] not in posthorn.good("keys", "own").out
    assert posthorn("keys", "revoke-own", created["id"], "--yes").code == 4


def test_statistics_are_shown_by_hour(posthorn: Terminal, webhook: str) -> None:
    posthorn.good("webhooks", "test", webhook)
    lines = posthorn.good("stats", webhook).out.splitlines()
    assert lines[0].split() == ["HOUR", "SUCCEEDED", "FAILED", "P50", "P95", "P99"]
    assert lines[-1].split()[:3] == ["total", "1", "0"]


def test_the_queues_are_listed(posthorn: Terminal) -> None:
    names = {line.split()[0] for line in posthorn.good("queues").out.splitlines()[1:]}
    assert names == {each["name"] for each in posthorn.good("queues", "--json").documents}


def test_the_audit_shows_who_did_what(posthorn: Terminal, webhook: str) -> None:
    (line,) = posthorn.good("audit", "--webhook", webhook, "--json").documents
    assert (line["actor"], line["action"]) == (1, "webhookCreated")
    assert "webhookCreated" in posthorn.good("audit", "--webhook", webhook).out


def test_whoami_shows_the_service_and_the_user(posthorn: Terminal, service_run: dict[str, str]) -> None:
    shown = dict(line.split() for line in posthorn.good("whoami").out.splitlines())
    assert shown == {"service": service_run["url"], "id": "1", "name": "Admin", "role": "admin", "rights": "all"}
    assert posthorn.good("whoami", "--json").document["role"] == "admin"
