"""An account on the local emulator: stacks, the declared queue of notifications, and the messages that arrive on it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from infra.declaration import declaration
from local import environment
from tests.docs.markdown import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLES: Final = ROOT / "docs" / "examples" / "sources"
SNIPPETS: Final = ("eventbridge", "sns", "s3")
SERVICES: Final = "cloudformation,events,sns,sqs,s3,iam,sts"
_CONFIG: Final = Config(proxies={}, s3={"addressing_style": "path"})
_QUEUE: Final = ("NotificationsQueue", "NotificationsDeadLetters", "NotificationsQueuePolicy")
_OUTPUTS: Final = ("NotificationsQueueURL", "NotificationsQueueArn")
_POSTHORN: Final = "posthorn-dev"
_QUIET_S: Final = 1
_POLL_S: Final = 10
_POLLS_MAX: Final = 10


def snippet(name: str) -> dict[str, Any]:
    """A snippet of `docs/examples/sources`."""
    found: dict[str, Any] = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    return found


def queue_template() -> dict[str, Any]:
    """The notifications queue and its policy from the declaration, with the parameters that they use.

    The local engine has no TLS, so the statement that refuses plain HTTP would refuse everything: it is left out.
    """
    whole = declaration()
    resources = {name: whole["Resources"][name] for name in _QUEUE}
    document = resources["NotificationsQueuePolicy"]["Properties"]["PolicyDocument"]
    document["Statement"] = [each for each in document["Statement"] if each.get("Sid") != "RefusePlainHttp"]
    return {
        "Parameters": whole["Parameters"],
        "Conditions": whole["Conditions"],
        "Resources": resources,
        "Outputs": {name: whole["Outputs"][name] for name in _OUTPUTS},
    }


@dataclass
class Account:
    """The clients of an emulator, and the stacks that were created there."""

    url: str
    given: dict[str, set[str]] = field(default_factory=dict)
    _made: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:  # noqa: ANN401 - any of AWS's clients
        """A client of one service."""
        key = environment.ACCESS_KEY
        make: Any = boto3.client  # whose overloads want a literal
        return make(
            service,
            region_name=environment.REGION,
            endpoint_url=self.url,
            aws_access_key_id=key,
            aws_secret_access_key=key,
            config=_CONFIG,
        )

    def posthorn(self) -> dict[str, str]:
        """Create or update Posthorn's stack with the sources added so far. Returns its outputs."""
        return self.stack(_POSTHORN, queue_template(), {name: ",".join(sorted(arns)) for name, arns in self.given.items()})

    def allow(self, outputs: Mapping[str, str]) -> None:
        """Add each output of a snippet to the parameter with its name of Posthorn's stack."""
        for name, arn in outputs.items():
            self.given.setdefault(name, set()).add(arn)
        self.posthorn()

    def stack(self, name: str, template: dict[str, Any], parameters: Mapping[str, str]) -> dict[str, str]:
        """Create or update a stack. Returns its outputs."""
        client = self.client("cloudformation")
        given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
        arguments = {"StackName": name, "TemplateBody": json.dumps(template), "Parameters": given}
        if (before := self._made.get(name)) == arguments:
            return self._outputs(name)
        change = "create" if before is None else "update"
        getattr(client, f"{change}_stack")(**arguments)
        client.get_waiter(f"stack_{change}_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 100})
        self._made[name] = arguments
        return self._outputs(name)

    def _outputs(self, name: str) -> dict[str, str]:
        [found] = self.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}

    def arrived(self, count: int) -> list[Any]:
        """The messages on the queue of notifications: wait for `count`, and a second longer for any others."""
        client, url, found = self.client("sqs"), self.queue_url, list[Any]()
        for _ in range(_POLLS_MAX):
            if len(found) < count:
                found += self._received(client, url, _POLL_S)
        while messages := self._received(client, url, _QUIET_S):
            found += messages
        return found

    @staticmethod
    def _received(client: Any, url: str, wait_s: int) -> list[Any]:  # noqa: ANN401 - SQS's client
        answer = client.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=wait_s,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages: list[Any] = answer.get("Messages", [])
        for each in messages:
            client.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return messages

    @property
    def queue_url(self) -> str:
        """The URL of the queue of notifications."""
        url: str = self.client("sqs").get_queue_url(QueueName=f"{_POSTHORN}-notifications")["QueueUrl"]
        return url


def as_lambda_hands_it_over(message: Mapping[str, Any]) -> dict[str, Any]:
    """A received message as a record of a Lambda event."""
    attributes = message.get("MessageAttributes", {}).items()
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {name: {"stringValue": each["StringValue"], "dataType": "String"} for name, each in attributes},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:posthorn-dev-notifications",
        "awsRegion": environment.REGION,
    }
