"""Removes a stage: lists what is deleted and what is kept, asks for the stage's name, and has CloudFormation delete it.

    python -m infra.destroy [--stage STAGE] [--yes STAGE]

The tables are kept, with all that is in them: deploying the stage again takes them up.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from infra.deployment import DeploymentError
from infra.deployment.account import Account
from infra.deployment.bucket import Bucket
from infra.deployment.change import failure
from infra.deployment.credentials import sentence
from infra.deployment.stack import Stack
from infra.deployment.template import is_kept
from infra.deployment.words import say, tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_TABLE: Final = "AWS::DynamoDB::Table"
_QUEUE: Final = "AWS::SQS::Queue"
_DEPTHS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)

Resource = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> int:
    """Remove a stage. Return the exit status."""
    given = _arguments(arguments)
    try:
        account = Account.found()
        stack = Stack(account, given.stage)
        _remove(account, stack, given.stage, given.yes)
    except (DeploymentError, BotoCoreError, ClientError) as error:
        say(sentence(error))
        return 1
    return 0


def _remove(account: Account, stack: Stack, stage: str, yes: str | None) -> None:
    found = stack.described()
    if found is None:
        say(f"There is no {stack.name} in {account}.")
        return
    kept, removed = _sorted(stack)
    say(f"{stack.name} in {account}", "", "These go:", *_counts(removed))
    say(*(f"  {depth} message(s) on {name}" for name, depth in _waiting(account, removed) if depth))
    say("", "These stay, and a new deployment of the stage takes the tables up:", *_lines(kept), "")
    _confirm(stage, yes)
    known = stack.known(found["StackId"])
    stack.cloudformation.delete_stack(StackName=found["StackId"])
    events = stack.follow(found["StackId"], known, tell)
    gone = stack.described(found["StackId"])
    if gone is not None and gone["StackStatus"] != "DELETE_COMPLETE":
        raise DeploymentError(failure(stack.name, gone, events))
    say(f"{stack.name} is removed.", "", *_rest(account, stage, kept))


def _sorted(stack: Stack) -> tuple[list[Resource], list[Resource]]:
    """The stack's resources: those that are kept, and the others."""
    template = stack.cloudformation.get_template(StackName=stack.name, TemplateStage="Processed")["TemplateBody"]
    declared: Mapping[str, Any] = (template if isinstance(template, dict) else json.loads(template))["Resources"]
    pages = stack.cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack.name)
    there = [each for page in pages for each in page["StackResourceSummaries"] if each.get("PhysicalResourceId")]
    kept = [each for each in there if is_kept(declared.get(each["LogicalResourceId"], {}))]
    return kept, [each for each in there if each not in kept]


def _counts(resources: Iterable[Resource]) -> list[str]:
    found = Counter(each["ResourceType"] for each in resources)
    return [f"  {count:>3}  {kind}" for kind, count in sorted(found.items())]


def _lines(resources: Iterable[Resource]) -> list[str]:
    return [f"  {each['PhysicalResourceId']}  {each['ResourceType']}" for each in resources]


def _waiting(account: Account, resources: Iterable[Resource]) -> list[tuple[str, int]]:
    """The approximate number of messages on each queue."""
    sqs = account.client("sqs")
    found = []
    for url in (each["PhysicalResourceId"] for each in resources if each["ResourceType"] == _QUEUE):
        depths = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_DEPTHS))["Attributes"]
        found.append((url.rsplit("/", 1)[-1], sum(int(depths.get(name, 0)) for name in _DEPTHS)))
    return found


def _confirm(stage: str, yes: str | None) -> None:
    """Ask for the stage's name. Raise `DeploymentError` for another name, or if there is no terminal."""
    try:
        typed = yes or input(f"Type the stage's name, {stage}, to remove it: ")
    except EOFError:
        typed = ""
        say("")
    if typed != stage:
        message = f"That is not {stage}. Nothing was removed."
        raise DeploymentError(message)


def _rest(account: Account, stage: str, kept: Iterable[Resource]) -> list[str]:
    """The commands that remove what was kept."""
    tables = [each["PhysicalResourceId"] for each in kept if each["ResourceType"] == _TABLE]
    bucket = Bucket(account).name
    return [
        f"make deploy STAGE={stage} brings it back with what the tables hold, from a minute on: SQS has to forget first.",
        "To remove the tables too, for ever (with DeletionProtection, put it off first):",
        *(f"  aws dynamodb delete-table --region {account.region} --table-name {name}" for name in tables),
        f"The packages of all stages stay in the bucket {bucket}.",
    ]


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.destroy", description="Remove a stage.")
    parser.add_argument("--stage", default="dev", help="which deployment")
    parser.add_argument("--yes", help="the stage's name again, for scripts: then it does not ask")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
