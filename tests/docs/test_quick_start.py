"""The commands of the quick start, typed into a terminal while the service is running."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS
from local import environment
from local.receiver import Receiver
from tests.docs.markdown import QUICK_START, SETTINGS, blocks
from tests.docs.story import Story, call, free_port, listens, marked
from tests.local.service import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.docs.shell import Shell
    from tests.docs.story import Run

pytestmark = pytest.mark.enable_socket

BLOCKS: Final = marked(QUICK_START)
STORY: Final = ("where", "create", "receive", "list", "notify", "history", "retry", "delete")
_NOT_RUN: Final = ("make ",)


@pytest.fixture
def listener(service_run: Run) -> Iterator[Receiver]:
    """A receiver that hears of everything, while a test lasts."""
    with Receiver() as made:
        wanted = {"url": made.url, "name": "Listener", "notificationType": ["ALL_NOTIFICATIONS"], "global": True}
        created = call(service_run, "POST", "/webhooks", json={"webhooks": [wanted]})["createdWebhooks"][0]
        yield made
        call(service_run, "DELETE", f"/webhooks/{created['id']}")


def test_every_command_of_the_quick_start_is_run_here_or_by_make() -> None:
    others = [block.text for block in blocks(QUICK_START) if block.name is None]
    lines = [line for text in others for line in text.splitlines() if line.strip()]
    assert [line for line in lines if not line.startswith(_NOT_RUN)] == []
    assert set(BLOCKS) == {*STORY, "boto3", "aws", "slack", "cli"}


def test_the_story_by_hand_goes_as_it_is_told(shell: Shell, service_run: Run) -> None:
    ports = {number: free_port() for number in (9000, 9001)}
    tell = Story(QUICK_START, shell, {f":{ours}/": f":{theirs}/" for ours, theirs in ports.items()}).tell
    assert tell("where") == '{"status":"ok"}'
    created = json.loads(tell("create"))["createdWebhooks"]
    good, nobody = (webhook["id"] for webhook in created)
    assert created[0]["secret"].startswith("whsec_")
    assert shell.enter(f"export PORT={ports[9000]}") == ""
    tell("receive")
    wait_until(lambda: listens(ports[9000]))
    listed, actions = two_documents(tell("list"))
    assert {good, nobody} <= {webhook["id"] for webhook in listed}
    assert "modelDeleted" in actions
    assert '"errors":[]' in tell("notify")
    wait_until(lambda: {good, nobody} <= {each["webhookId"] for each in call(service_run, "GET", "/webhooks/history")})
    history = tell("history")
    assert '"httpStatusCode": 204' in history
    assert '"failureCause": "connect"' in history
    assert f'"retryOf":"rec_{good[3:]}' in tell("retry")
    count = f"/webhooks/history?webhookId={good}"
    wait_until(lambda: len(call(service_run, "GET", count)) == 2)
    deleted = tell("delete")
    assert "204" in deleted
    assert '"code": "webhook_not_found"' in deleted
    call(service_run, "DELETE", f"/webhooks/{nobody}")


def test_a_notification_goes_out_by_boto3(listener: Receiver, tmp_path: Path, service_run: Run) -> None:
    (tmp_path / ".data").mkdir()
    (tmp_path / ".data" / "run.json").write_text(json.dumps(service_run))
    subprocess.run([sys.executable, "-c", BLOCKS["boto3"]], cwd=tmp_path, check=True, capture_output=True)
    assert json.loads(listener.next().body)["text"] == "Admin has created the test data source."


def test_a_notification_goes_out_by_the_aws_cli(listener: Receiver, shell: Shell) -> None:
    if shutil.which("aws") is None:
        pytest.skip("the AWS CLI is needed to run its command")
    assert "MessageId" in shell.enter(BLOCKS["aws"])
    assert json.loads(listener.next().body)["text"] == "Admin has updated the Atlas project."


def test_the_command_line_signs_in_and_listens(shell: Shell) -> None:
    until_ctrl_c = next(line for line in BLOCKS["cli"].splitlines() if line.startswith("posthorn listen"))
    once = "posthorn listen --webhook-for modelDeleted --global --count 1 &"
    assert until_ctrl_c.startswith(once.removesuffix(" --count 1 &"))
    shown = Story(QUICK_START, shell, {until_ctrl_c: f"{once}\nsleep 3\nposthorn send --type modelDeleted\nwait"}).tell(
        "cli"
    )
    assert "as Admin (admin)" in shown
    assert "✓ signature valid, response 204" in shown


def test_a_webhook_for_slack_is_made(shell: Shell, service_run: Run) -> None:
    with Receiver() as slack:
        address = f"{slack.url}/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"
        swaps = {"https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX": address}
        created = json.loads(Story(QUICK_START, shell, swaps).tell("slack"))["createdWebhooks"][0]
        assert created["url"] == address
        call(service_run, "DELETE", f"/webhooks/{created['id']}")


def two_documents(text: str) -> tuple[Any, Any]:
    """Two JSON documents, one behind the other."""
    text = text[text.index("[") :]
    first, end = json.JSONDecoder().raw_decode(text)
    return first, json.loads(text[end:])


def test_what_make_run_sets_is_told() -> None:
    told = SETTINGS.read_text("utf-8").split("## On this machine")[1].split("<!-- settings")[0]
    places = dict.fromkeys(ENVIRONMENT_OF_LOCATIONS, "")
    set_here = (
        environment.service("", places, 5.0, engine_port=1, api_port=2).keys() - environment.aws("").keys() - places.keys()
    )
    assert {name for name in set_here if f"`{name}`" not in told} == set()
    assert f"sets the first {({9: 'nine', 10: 'ten'})[len(places)]}" in told
