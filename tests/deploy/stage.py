"""A stage in the emulator's account, deployed by the programs that an operator runs."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests

from local import environment
from testbed.engines.processes import ROOT
from testbed.patience import PATIENCE_S
from tests.deploy.emulator import PARAMETERS
from tests.local.service import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.emulator import Emulator


Json = Any


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a program. An operator reads `said`, a script `printed`."""

    status: int
    printed: str
    said: str


@dataclass(frozen=True, slots=True)
class Stage:
    """A deployment, with what an operator and an admin do with it."""

    account: Emulator
    name: str
    admin_key: str = ""

    def deploy(self, package: Path, *parameters: str) -> Done:
        """Run `make deploy` with an existing package."""
        return self._run("infra.deploy", "--stage", self.name, "--package", str(package), *PARAMETERS, *parameters)

    def destroy(self, *arguments: str) -> Done:
        """Run `make destroy`."""
        return self._run("infra.destroy", "--stage", self.name, *arguments)

    def first_key(self, *arguments: str) -> Done:
        """Run `make first-key`."""
        return self._run("infra.first_key", "--stage", self.name, *arguments)

    def redrive(self, queue: str) -> Done:
        """Run `make redrive`."""
        return self._run("local.redrive", queue)

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs of the stack."""
        found = self.account.client("cloudformation").describe_stacks(StackName=f"posthorn-{self.name}")["Stacks"][0]
        return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}

    @property
    def run(self) -> dict[str, str]:
        """What `make run` would write about it to run.json."""
        return {
            "url": self.account.reachable(self.outputs["EndpointURL"]),
            "admin_key": self.admin_key,
            "aws_endpoint_url": self.account.url,
            "region": environment.REGION,
            "notifications_queue_url": self.outputs["NotificationsQueueURL"],
        }

    def answer(self, method: str, path: str, body: Json = None) -> requests.Response:
        """The deployed API's response to the admin."""
        return requests.request(
            method,
            self.account.reachable(self.outputs["EndpointURL"]) + path,
            headers={"Authorization": self.admin_key},
            json=body,
            verify=str(self.account.authority),
            timeout=PATIENCE_S,
        )

    def call(self, method: str, path: str, body: Json = None) -> Json:
        """The response to the admin, which must be a success."""
        found = self.answer(method, path, body)
        assert found.ok, found.text
        return found.json() if found.content else None

    def webhook(self, url: str, **members: Json) -> Json:
        """Create a webhook for all notifications."""
        wanted = {"url": url, "name": "Deployed", "notificationType": ["ALL_NOTIFICATIONS"], "global": True} | members
        return self.call("POST", "/webhooks", {"webhooks": [wanted]})["createdWebhooks"][0]

    def send(self, notification: Json) -> None:
        """Put a notification on the queue, as event sources do."""
        text = notification if isinstance(notification, str) else json.dumps(notification)
        self.account.client("sqs").send_message(QueueUrl=self.outputs["NotificationsQueueURL"], MessageBody=text)

    def records(self, webhook_id: str, count: int, **filters: str) -> list[Json]:
        """The history of a webhook, after it has a number of records."""
        found: list[Json] = []

        def has_come() -> bool:
            found[:] = self.call("GET", f"/webhooks/history?{urlencode({'webhookId': webhook_id, **filters})}")
            return len(found) >= count

        wait_until(has_come)
        return found

    def _run(self, program: str, *arguments: str) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", program, *arguments],
            cwd=ROOT,
            env=environment.of_child(self.account.environment) | {"PYTHONDONTWRITEBYTECODE": "1", "STAGE": self.name},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_S,
        )
        return Done(done.returncode, done.stdout.strip(), done.stderr)


def notification(number: int = 1) -> Json:
    """A notification, identified by its number."""
    return {"notificationType": "modelDeleted", "text": f"number {number}", "actionBy": 1, "modelType": "datasource"}


def numbers(bodies: list[str]) -> set[int]:
    """The numbers of the notifications that a receiver got."""
    return {int(json.loads(body)["text"].split()[-1]) for body in bodies}
