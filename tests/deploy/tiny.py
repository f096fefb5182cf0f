"""A tiny function in the emulated account, without code of the service, on which a rule of AWS is demonstrated."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Final

from tests.local.service import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.deploy.emulator import Emulator


_ASSUMED_BY_LAMBDA: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@dataclass(frozen=True, slots=True)
class Tiny:
    """A function that a queue invokes. A message that it fails three times is dead-lettered."""

    account: Emulator
    name: str
    queue_url: str
    dead_letters_url: str

    def send(self, *bodies: str) -> None:
        """Put messages on its queue, in one request."""
        entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        self.account.client("sqs").send_message_batch(QueueUrl=self.queue_url, Entries=entries)

    def invoke(self, event: object) -> Any:  # noqa: ANN401 - what the function answers
        """Invoke it without a queue; return its response and the error that Lambda reports."""
        answer = self.account.client("lambda").invoke(FunctionName=self.name, Payload=json.dumps(event))
        return json.loads(answer["Payload"].read())

    def await_runs(self, count: int) -> None:
        """Wait until it has logged a number of lines that begin with `ran`."""
        wait_until(lambda: len(self.runs) >= count)

    @property
    def runs(self) -> list[str]:
        """The lines that it logged about its invocations."""
        log = self.account.log.read_text("utf-8").splitlines()
        return [line.removeprefix(f"ran {self.name} ") for line in log if line.startswith(f"ran {self.name} ")]

    @property
    def dead_letters(self) -> int:
        """The number of its dead letters."""
        return depth(self.account, self.dead_letters_url)

    @property
    def waiting(self) -> int:
        """The number of messages on its queue, including invisible ones."""
        return depth(self.account, self.queue_url)

    def dropped(self) -> float:
        """The number of invocations that Lambda refused as recursive."""
        return metric(self.account, "AWS/Lambda", "RecursiveInvocationsDropped", FunctionName=self.name)


@contextmanager
def tiny(
    account: Emulator,
    name: str,
    code: str,
    *,
    queue: Mapping[str, Any] | None = None,
    **properties: Any,  # noqa: ANN401 - CloudFormation's
) -> Iterator[Tiny]:
    """A stack with a queue and the function that it invokes; `code` has `handler`, and can call `ran` and `send`."""
    mapping = properties.pop("mapping", {})
    rights = properties.pop("rights", [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}])
    cloudformation = account.client("cloudformation")
    template = _template(name, dedent(code), queue or {}, mapping, rights, properties)
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"])
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    urls = [account.client("sqs").get_queue_url(QueueName=each)["QueueUrl"] for each in (name, f"{name}-dead-letters")]
    try:
        yield Tiny(account, name, *urls)
    finally:
        cloudformation.delete_stack(StackName=name)


def depth(account: Emulator, queue_url: str) -> int:
    """The number of messages on a queue, in any state."""
    names = ["", "NotVisible", "Delayed"]
    wanted = [f"ApproximateNumberOfMessages{each}" for each in names]
    found = account.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=wanted)["Attributes"]
    return sum(int(found[each]) for each in wanted)


def metric(account: Emulator, namespace: str, name: str, **dimensions: str) -> float:
    """The sum of a metric so far."""
    now = datetime.now(UTC)
    found = account.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - timedelta(days=1),
        EndTime=now + timedelta(days=30),
        Period=86_400,
        Statistics=["Sum"],
    )
    return float(sum(each["Sum"] for each in found["Datapoints"]))


_PRELUDE: Final = """\
import json, os, sys, time
import boto3

def ran(what=""):
    print("ran", os.environ["AWS_LAMBDA_FUNCTION_NAME"], what, file=sys.stderr, flush=True)

def send(*bodies, delay_s=0):
    entries = [{"Id": str(n), "MessageBody": body, "DelaySeconds": delay_s} for n, body in enumerate(bodies)]
    boto3.client("sqs").send_message_batch(QueueUrl=os.environ["QUEUE_URL"], Entries=entries)

"""


def _template(
    name: str,
    code: str,
    queue: Mapping[str, Any],
    mapping: Mapping[str, Any],
    rights: list[Any],
    properties: Mapping[str, Any],
) -> dict[str, Any]:
    redrive = {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}, "maxReceiveCount": 3}
    function = {
        "FunctionName": name,
        "Runtime": "python3.11",
        "Handler": "index.handler",
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": _PRELUDE + code},
        "Timeout": 10,
        "MemorySize": 256,
        "Environment": {"Variables": {"QUEUE_URL": {"Ref": "Queue"}}},
    }
    work = {"PolicyName": "Work", "PolicyDocument": {"Version": "2012-10-17", "Statement": rights}}
    resources: dict[str, tuple[str, Mapping[str, Any]]] = {
        "Dead": ("AWS::SQS::Queue", {"QueueName": f"{name}-dead-letters"}),
        "Queue": ("AWS::SQS::Queue", {"QueueName": name, "VisibilityTimeout": 30, "RedrivePolicy": redrive, **queue}),
        "Role": ("AWS::IAM::Role", {"AssumeRolePolicyDocument": _ASSUMED_BY_LAMBDA, "Policies": [work]}),
        "Function": ("AWS::Lambda::Function", {**function, **properties}),
        "Mapping": (
            "AWS::Lambda::EventSourceMapping",
            {"EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}, "FunctionName": {"Ref": "Function"}, **mapping},
        ),
    }
    return {"Resources": {key: {"Type": kind, "Properties": value} for key, (kind, value) in resources.items()}}
