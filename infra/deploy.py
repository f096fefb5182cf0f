"""Deploys the service to the AWS account of the configuration, or updates it there.

    python -m infra.deploy [--stage STAGE] [--package FOLDER] [--tags "key=value …"] [Name=value …]

It packages, uploads what is not there yet, and has CloudFormation make the difference. What is not given stays as it is.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from infra import package
from infra.deployment import DeploymentError, concurrency, template
from infra.deployment.account import Account
from infra.deployment.bucket import Bucket
from infra.deployment.change import Change, Wanted
from infra.deployment.concurrency import Quota
from infra.deployment.credentials import sentence
from infra.deployment.names import check_name
from infra.deployment.stack import Stack
from infra.deployment.tags import tags
from infra.deployment.words import say, tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PACKAGE: Final = Path("build/package")
_SHOWN: Final = {
    "API": "EndpointURL",
    "domain": "DomainURL",
    "console": "ConsoleURL",
    "notifications queue": "NotificationsQueueURL",
    "alarms": "AlarmTopicArn",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy a stage. Return the exit status."""
    given = _arguments(arguments)
    started_s = time.monotonic()
    try:
        check_name(given.stage)
        account = Account.found()
        say(f"posthorn-{given.stage} in {account}")
        folder = given.package or _packaged(given.stage)
        stack = Stack(account, given.stage)
        changed = _deployed(account, stack, given, folder)
        say(f"{stack.name} is up, after {time.monotonic() - started_s:.0f} s." if changed else "There is nothing to change.")
        _greet(stack, given.stage)
    except (DeploymentError, BotoCoreError, ClientError) as error:
        say(sentence(error))
        return 1
    return 0


def _packaged(stage: str) -> Path:
    if package.main(["--stage", stage, "--out", str(_PACKAGE)]):
        message = "There is no package. Nothing was changed."
        raise DeploymentError(message)
    return _PACKAGE


def _deployed(account: Account, stack: Stack, given: argparse.Namespace, folder: Path) -> bool:
    """Create or update the stack. Return whether there was a change."""
    found = json.loads((folder / "sam.json").read_text("utf-8"))
    change = Change(stack, tell)
    before = change.make_way() or {}
    known = {each["ParameterKey"]: each["ParameterValue"] for each in before.get("Parameters", [])}
    parameters = template.parameters(_asked(account, found, given, known), given.stage, found, known)
    values = template.values(parameters, found, known)
    say(*concurrency.check(Quota.of(account), values, known))
    wanted_tags = tags(given.tags.split(), given.stage, before.get("Tags", []))
    bucket = Bucket(account)
    if bucket.ensure():
        say(f"The bucket {bucket.name} is made: packages of all stages are kept there.")
    code = _uploaded(bucket, "code", (folder / "deployment.zip").read_bytes(), ".zip")
    text = template.uploaded(found, given.stage, f"s3://{bucket.name}/{code}", values)
    url = bucket.url(_uploaded(bucket, "template", text, ".json"))
    return change.apply(Wanted(url, parameters, wanted_tags), before or None)


def _asked(account: Account, found: template.Template, given: argparse.Namespace, known: Mapping[str, str]) -> list[str]:
    """The parameters that are given, after those that a first deployment finds out by itself.

    The role that API Gateway writes its log by is made if there is none, and concurrency is reserved if there is enough.
    """
    if known:
        return list(given.parameters)
    role = [] if account.lets_gateways_log() else ["ApiGatewayRole=create"]
    parameters = template.parameters([*role, *given.parameters], given.stage, found, known)
    reserved = concurrency.first_values(Quota.of(account), template.values(parameters, found, known))
    named = {each.partition("=")[0] for each in given.parameters}
    chosen = [each for each in reserved if each.partition("=")[0] not in named]
    say(*(f"{each}, of the account's concurrent executions." for each in chosen))
    return [*role, *chosen, *given.parameters]


def _uploaded(bucket: Bucket, what: str, content: bytes, suffix: str) -> str:
    key, is_new = bucket.put(content, suffix)
    say(f"The {what}, {len(content):,} bytes, is {'uploaded' if is_new else 'there already'}: {key[:12]}…{suffix}")
    return key


def _greet(stack: Stack, stage: str) -> None:
    outputs = stack.outputs()
    width = max(map(len, _SHOWN)) + 2
    say("", *(f"  {name:<{width}}{outputs[output]}" for name, output in _SHOWN.items() if output in outputs), "")
    say(f"The first admin's key is made with these AWS credentials: make first-key STAGE={stage}")


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description="Deploy a stage, or bring it up to date.")
    parser.add_argument("--stage", default="dev", help="the name of this deployment; an account can have several")
    parser.add_argument("--package", type=Path, help="a folder that infra.package has made; by default one is made")
    parser.add_argument(
        "--tags", default="", help="tags of all resources, as key=value, separated by spaces; key= removes one"
    )
    parser.add_argument("parameters", nargs="*", metavar="Name=value", help="a parameter of the template; Name= resets it")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
