from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests

from local import environment
from local.folder import run_file
from local.receiver import Receiver
from testbed.patience import PATIENCE_S
from tests.local.service import ROOT, Service, wait_until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.enable_socket

STOP_S = 20


def new_webhook(service: Service, url: str) -> str:
    """Register a webhook for everything; return its id."""
    element = {"url": url, "name": "x", "notificationType": ["ALL_NOTIFICATIONS"], "global": True}
    answer = service.call("POST", "/webhooks", {"webhooks": [element]})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["createdWebhooks"][0]["id"])


def notify(run: dict[str, str], text: str) -> None:
    """Send a notification as an event source does."""
    body = json.dumps({"notificationType": "modelDeleted", "text": text, "actionBy": 1})
    environment.sqs(run["aws_endpoint_url"]).send_message(QueueUrl=run["notifications_queue_url"], MessageBody=body)


def test_a_run_tells_scripts_where_it_is(service_run: dict[str, str]) -> None:
    assert set(service_run) == {
        "url",
        "admin_key",
        "user_key",
        "aws_endpoint_url",
        "region",
        "notifications_queue_url",
    }
    assert requests.get(service_run["url"] + "/health", timeout=PATIENCE_S).status_code == 200


@pytest.mark.parametrize(("key", "status"), [("admin_key", 200), ("user_key", 403)])
def test_the_two_keys_are_an_admins_and_a_users(service_run: dict[str, str], key: str, status: int) -> None:
    headers = {"Authorization": service_run[key]}

    assert requests.get(service_run["url"] + "/users", headers=headers, timeout=PATIENCE_S).status_code == status


def test_what_the_run_listens_on_is_this_machine_alone(service_run: dict[str, str]) -> None:
    hosts = {service_run[name].split("/")[2].split(":")[0] for name in ("url", "aws_endpoint_url")}

    assert hosts == {"127.0.0.1"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything_in_time_and_leaves_no_process(service: Service, number: int) -> None:
    process = service.start()

    took_s = service.stop(number)

    assert (process.returncode, service.processes(), run_file(service.data).exists()) == (0, [], False)
    assert took_s < STOP_S


def test_a_kill_leaves_no_process(service: Service) -> None:
    service.start()
    assert len(service.processes()) > 3

    service.stop(signal.SIGKILL)

    wait_until(lambda: not service.processes())


def test_the_next_run_has_the_webhooks_the_history_and_the_keys(service: Service) -> None:
    service.start()
    first = service.run
    with Receiver() as receiver:
        webhook_id = new_webhook(service, receiver.url)
        notify(service.run, "before")
        receiver.next()
        history = f"/webhooks/history?webhookId={webhook_id}"
        wait_until(lambda: len(service.call("GET", history).json()) == 1)
        service.stop()

        service.start()
        notify(service.run, "after")
        body = receiver.next().body

    assert json.loads(body)["text"] == "after"
    assert service.run["admin_key"] == first["admin_key"]
    assert service.call("GET", f"/webhooks/{webhook_id}").status_code == 200
    assert len(service.call("GET", history).json()) >= 1


def test_the_next_run_has_what_was_there_a_few_seconds_before_a_kill(service: Service) -> None:
    service.start()
    webhook_id = new_webhook(service, "http://127.0.0.1:9/")
    snapshot = service.data / "state" / "dynamodb.json"
    wait_until(lambda: snapshot.exists() and webhook_id in snapshot.read_text("utf-8"))
    service.stop(signal.SIGKILL)

    service.start()

    assert service.call("GET", f"/webhooks/{webhook_id}").status_code == 200


def test_processes_that_die_are_started_again(service: Service) -> None:
    service.start()
    listed = subprocess.run(["ps", "axww", "-o", "pid=,command="], capture_output=True, text=True, check=True).stdout
    doomed = [line.split()[0] for line in listed.splitlines() if "local.workers" in line and str(service.data) in line]
    doomed += [line.split()[0] for line in listed.splitlines() if "local.api" in line and str(service.data) in line]
    for process_id in doomed:
        os.kill(int(process_id), signal.SIGKILL)

    with Receiver() as receiver:
        new_webhook(service, receiver.url)
        notify(service.run, "after all")
        body = receiver.next().body

    assert json.loads(body)["text"] == "after all"


def test_keys_may_be_given(service: Service) -> None:
    service.start(ADMIN_KEY="an-admin-key-of-ones-own", USER_KEY="a-user-key-of-ones-own")

    assert (service.run["admin_key"], service.run["user_key"]) == ("an-admin-key-of-ones-own", "a-user-key-of-ones-own")
    assert service.call("GET", "/users").status_code == 200


def refusal_of(service: Service, **variables: str) -> tuple[int, str]:
    """The exit status, and what is said on standard error."""
    process = service.start(**variables)
    _, said = process.communicate(timeout=PATIENCE_S)
    return process.returncode, said


def test_a_port_in_use_is_told_in_one_sentence(service: Service) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, said = refusal_of(service, PORT=str(port))

    assert (status, said) == (1, f"Port {port} cannot be used: Address already in use. Set PORT to another one.\n")


def test_a_broken_data_folder_is_told_in_one_sentence(service: Service) -> None:
    (service.data / "state").mkdir()
    (service.data / "state" / "dynamodb.json").write_text("{", "utf-8")

    status, said = refusal_of(service)

    assert (status, said.count("\n")) == (1, 1)
    assert said.startswith("The data folder is broken: ")


def test_a_port_that_is_no_number_is_told_in_one_sentence(service: Service) -> None:
    assert refusal_of(service, PORT="http") == (1, "PORT is 'http': a number from 0 to 65535 is expected.\n")


def test_another_run_with_the_same_data_is_told_in_one_sentence(service: Service) -> None:
    service.start()
    second = Service(service.data)

    process = subprocess.run(
        [sys.executable, "-m", "local.run"],
        cwd=ROOT,
        env=os.environ | {"PORT": "0", "DATA": str(second.data)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (process.returncode, process.stderr.count("\n")) == (1, 1)
    assert process.stderr.startswith("Another run uses the data folder")
    assert service.call("GET", "/webhooks").status_code == 200


@pytest.mark.parametrize("is_up", [True, False])
def test_the_demo_tells_the_whole_story(service: Service, tmp_path: Path, is_up: bool) -> None:  # noqa: FBT001
    data = service.data if is_up else tmp_path
    if is_up:
        service.start()

    told = subprocess.run(
        [sys.executable, "-m", "local.demo"],
        cwd=ROOT,
        env=os.environ | {"PORT": "0", "DATA": str(data)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert '"text": "Steve Touw has deleted the test data source."' in told
    assert "trigger notification, outcome succeeded, httpStatusCode 200" in told
    assert "trigger retry, outcome succeeded, httpStatusCode 200" in told
    assert not is_up or service.call("GET", "/webhooks").json() == []
    assert is_up or Service(tmp_path).processes() == []


def registered_by_the_user(run: dict[str, str], url: str) -> requests.Response:
    """The answer to a user, with a transform and headers of their own, who would have the service call an address."""
    element = {
        "url": url,
        "name": "x",
        "notificationType": ["ALL_NOTIFICATIONS"],
        "transform": "{TableName: text}",
        "headers": {"X-Amz-Target": "DynamoDB_20120810.Scan"},
    }
    return requests.post(
        run["url"] + "/webhooks",
        json={"webhooks": [element]},
        headers={"Authorization": run["user_key"]},
        timeout=PATIENCE_S,
    )


@pytest.mark.parametrize("place", ["aws_endpoint_url", "url"])
@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.8.7", "localhost", "[::1]", "2130706433", "[::ffff:127.0.0.1]"])
def test_a_user_cannot_lead_a_webhook_to_the_stack_itself(service_run: dict[str, str], place: str, host: str) -> None:
    port = service_run[place].rpartition(":")[2]
    answer = registered_by_the_user(service_run, f"http://{host}:{port}/")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["fields"] == {"webhooks.0.url": "its host leads to a port of this host that is denied"}


def test_a_user_may_lead_a_webhook_with_secrets_to_another_port_of_this_machine(service_run: dict[str, str]) -> None:
    assert registered_by_the_user(service_run, "http://localhost:9/").status_code == 201
