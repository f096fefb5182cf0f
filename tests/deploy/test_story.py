"""The new user's story, on the deployed service: API Gateway → Lambda → SQS → Lambda → a receiver."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import requests

from local.receiver import Receiver
from testbed.patience import PATIENCE_S
from tests.deploy.stage import notification
from tests.docs import test_quick_start
from tests.docs.markdown import QUICK_START, ROOT
from tests.docs.shell import Shell
from tests.docs.story import marked
from tests.local.service import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.stage import Stage


@pytest.fixture
def _terminal(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """curl, requests and boto3 believe the emulator's certificate, as they believe AWS's without being told."""
    for variable in ("CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE"):
        monkeypatch.setenv(variable, str(stage.account.authority))


@pytest.mark.usefixtures("_terminal")
def test_the_story_of_the_readme_goes_there_as_it_is_told(stage: Stage, tmp_path: Path) -> None:
    with Shell(tmp_path, ROOT, json.dumps(stage.run)) as shell:
        shell.enter(marked(QUICK_START)["where"])
        test_quick_start.test_the_story_by_hand_goes_as_it_is_told(shell, stage.run)


@pytest.mark.usefixtures("_terminal")
def test_an_event_source_reaches_it_by_the_readmes_boto3(stage: Stage, tmp_path: Path) -> None:
    with Receiver() as receiver:
        made = stage.webhook(receiver.url)
        test_quick_start.test_a_notification_goes_out_by_boto3(receiver, tmp_path, stage.run)
        stage.call("DELETE", f"/webhooks/{made['id']}")


def test_a_failed_attempt_is_made_again_by_the_schedule(stage: Stage) -> None:
    with Receiver(status=500) as receiver:
        made = stage.webhook(receiver.url)
        stage.send(notification())
        first = receiver.next()
        receiver.status = 200
        later = receiver.next()
        [made_well] = stage.records(made["id"], 1, outcome="succeeded")
        stage.call("DELETE", f"/webhooks/{made['id']}")
    assert later.headers["webhook-id"] == first.headers["webhook-id"]
    assert made_well["trigger"] == "schedule"
    assert made_well["attemptNumber"] > 1


def test_a_deleted_webhooks_history_is_gone(stage: Stage) -> None:
    with Receiver() as receiver:
        made = stage.webhook(receiver.url)
        stage.send(notification())
        stage.records(made["id"], 1)
        stage.call("DELETE", f"/webhooks/{made['id']}")
    assert stage.answer("GET", f"/webhooks/history?webhookId={made['id']}").status_code == 404
    table = stage.outputs["HistoryTableName"]
    wait_until(lambda: _items(stage, table, made["id"]) == 0)


def _items(stage: Stage, table: str, webhook_id: str) -> int:
    query = {"KeyConditionExpression": "webhook_id = :id", "ExpressionAttributeValues": {":id": {"S": webhook_id}}}
    found: int = stage.account.client("dynamodb").query(TableName=table, **query)["Count"]
    return found


def test_what_nobody_can_read_ends_among_the_dead_letters(stage: Stage) -> None:
    stage.send("this is no notification")
    wait_until(lambda: _depths(stage)["notifications"]["deadLetters"] == 1)


def _depths(stage: Stage) -> dict[str, dict[str, int]]:
    return {each["name"]: each for each in stage.call("GET", "/queues")}


def test_the_console_and_its_files_are_served_below_the_stage(stage: Stage) -> None:
    page = stage.answer("GET", "/console").text
    script = re.search(r'src="/api(/console/console-[^"]+\.js)"', page)
    assert script is not None
    found = stage.answer("GET", script[1])
    assert found.headers["content-type"].startswith("text/javascript")
    assert found.text


def test_it_describes_itself(stage: Stage) -> None:
    assert stage.call("GET", "/openapi.json")["info"]["title"] == "Posthorn"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("POST", "/nowhere/at/all", 404, "not_found"),
        ("PUT", "/webhooks", 405, "method_not_allowed"),
    ],
)
def test_what_is_not_there_is_refused_in_the_services_words(
    stage: Stage, method: str, path: str, status: int, code: str
) -> None:
    answer = stage.answer(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_nobody_gets_in_without_a_key(stage: Stage) -> None:
    answer = requests.get(stage.run["url"] + "/webhooks", verify=str(stage.account.authority), timeout=PATIENCE_S)
    assert answer.status_code == 401
