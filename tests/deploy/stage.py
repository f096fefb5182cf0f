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
from tests.contracts.processes import ROOT
from tests.deploy.emulator import PARAMETERS
from tests.local.service import wait_until
from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from pathlib import Path

    from tests.deploy.emulator import Emulator


Json = Any


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a program; an operator reads `said`, a script `printed`."""

    status: int
    printed: str
    said: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One deployment, by its name, and how an operator and an admin go about with it."""

    account: Emulator
    name: str
    admin_key: str = ""

    def deploy(self, package: Path, *parameters: str) -> Done:
        """`make deploy`, of a package that is there."""
        return self._run("infra.deploy", "--stage", self.name, "--package", str(package), *PARAMETERS, *parameters)

    def destroy(self, *arguments: str) -> Done:
        """`make destroy`."""
        return self._run("infra.destroy", "--stage", self.name, *arguments)

    def first_key(self, *arguments: str) -> Done:
        """`make first-key`."""
        return self._run("infra.first_key", "--stage", self.name, *arguments)

    def redrive(self, queue: str) -> Done:
        """`make redrive`."""
        return self._run("local.redrive", queue)

    @property
    def outputs(self) -> dict[str, str]:
        """What the stack says of itself."""
        found = self.account.client("cloudformation").describe_stacks(StackName=f"posthorn-{self.name}")["Stacks"][0]
        return {each["OutputKey"]: each["OutputValue"] for each in found["Outputs"]}

    @property
    def run(self) -> dict[str, str]:
        """What `make run` would say of it in run.json."""
        return {
            "url": self.account.reachable(self.outputs["EndpointURL"]),
            "admin_key": self.admin_key,
            "aws_endpoint_url": self.account.url,
            "region": environment.REGION,
            "notifications_queue_url": self.outputs["NotificationsQueueURL"],
        }

    def answer(self, method: str, path: str, body: Json = None) -> requests.Response:
        """What the deployed API answers to the admin."""
        return requests.request(
            method,
            self.account.reachable(self.outputs["EndpointURL"]) + path,
            headers={"Authorization": self.admin_key},
            json=body,
            verify=str(self.account.authority),
            timeout=PATIENCE_S,
        )

    def call(self, method: str, path: str, body: Json = None) -> Json:
        """The same, where it is no refusal."""
        found = self.answer(method, path, body)
        assert found.ok, found.text
        return found.json() if found.content else None

    def webhook(self, url: str, **members: Json) -> Json:
        """A new webhook that wants everything."""
        wanted = {"url": url, "name": "Deployed", "notificationType": ["ALL_NOTIFICATIONS"], "global": True} | members
        return self.call("POST", "/webhooks", {"webhooks": [wanted]})["createdWebhooks"][0]

    def send(self, notification: Json) -> None:
        """Put a notification on the queue, as event sources do."""
        text = notification if isinstance(notification, str) else json.dumps(notification)
        self.account.client("sqs").send_message(QueueUrl=self.outputs["NotificationsQueueURL"], MessageBody=text)

    def records(self, webhook_id: str, count: int, **filters: str) -> list[Json]:
        """A webhook's history, once it has so many records."""
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
    """Something that happened; the number tells one from another."""
    return {"notificationType": "modelDeleted", "text": f"number {number}", "actionBy": 1, "modelType": "datasource"}


def numbers(bodies: list[str]) -> set[int]:
    """The numbers in what a receiver got."""
    return {int(json.loads(body)["text"].split()[-1]) for body in bodies}
