"""The Terraform example, without Terraform: its expressions are evaluated as Terraform would."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import hcl2
import pytest

from infra.artifact.template import translate
from local import environment
from local.receiver import Receiver
from tests.deploy.emulator import PARAMETERS
from tests.deploy.stage import Stage, notification
from tests.docs.markdown import ROOT
from tests.local.service import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.deploy.emulator import Emulator

EXAMPLE: Final = ROOT / "docs" / "examples" / "terraform" / "main.tf"
STAGE: Final = "tf"
_HASH: Final = re.compile(r'\$\{filesha256\("([^"]+)"\)\}')
_MEMBER: Final = re.compile(r"(\w+) = ([\w.]+)")


class Plan:
    """The example's resources, and what its references stand for so far."""

    def __init__(self, known: dict[str, str]) -> None:
        with EXAMPLE.open(encoding="utf-8") as file:
            self.document: dict[str, Any] = hcl2.load(file)
        self.known = known

    def resource(self, kind: str, name: str) -> dict[str, Any]:
        """What is given for a resource."""
        [found] = [
            by_name[f'"{name}"']
            for each in self.document["resource"]
            for of_kind, by_name in each.items()
            if of_kind == f'"{kind}"' and f'"{name}"' in by_name
        ]
        return dict(found)

    def text(self, expression: str) -> str:
        """The text that an expression gives."""
        for name, value in self.known.items():
            expression = expression.replace(f"${{{name}}}", value)
        found = _HASH.sub(lambda match: sha256(Path(match[1]).read_bytes()).hexdigest(), expression).strip('"')
        assert "${" not in found, f"{found} speaks of what this test does not know."
        return found

    def parameters(self, merged: str) -> dict[str, str]:
        """What a `merge` of the variable `parameters` and some members gives."""
        given, own = re.fullmatch(r"\$\{merge\((.*?), \{(.*)\}\)\}", merged, re.DOTALL).groups()  # type: ignore[union-attr]
        assert given == "var.parameters"
        of_variable = dict(each.split("=", 1) for each in PARAMETERS)
        return of_variable | {name: self.known[value] for name, value in _MEMBER.findall(own)}


@pytest.fixture(scope="module")
def package(packaged: Path) -> Path:
    """What `make package` has written."""
    translate(packaged / "sam.json", packaged / "cloudformation.json")
    return packaged


@pytest.fixture
def applied(account: Emulator, package: Path) -> Iterator[Stage]:
    """The stage that `terraform apply` would make."""
    plan = Plan({
        "var.stage": STAGE,
        "var.package": str(package),
        "data.aws_caller_identity.current.account_id": account.client("sts").get_caller_identity()["Account"],
        "data.aws_region.current.id": environment.REGION,
    })  # fmt: skip
    _apply_bucket(account, plan)
    for name in ("code", "template"):
        _apply_object(account, plan, name)
    made = Stage(account, STAGE)
    _apply_stack(account, plan)
    yield replace(made, admin_key=made.first_key().printed)
    assert made.destroy("--yes", STAGE).status == 0


def _apply_bucket(account: Emulator, plan: Plan) -> None:
    bucket = plan.text(plan.resource("aws_s3_bucket", "packages")["bucket"])
    account.client("s3").create_bucket(Bucket=bucket)
    domain = f"{account.url.removeprefix('https://')}/{bucket}"
    plan.known |= {
        "aws_s3_bucket.packages.id": bucket,
        "aws_s3_bucket.packages.bucket_regional_domain_name": domain,
    }


def _apply_object(account: Emulator, plan: Plan, name: str) -> None:
    given = {key: plan.text(value) for key, value in plan.resource("aws_s3_object", name).items() if key[0] != "_"}
    account.client("s3").put_object(Bucket=given["bucket"], Key=given["key"], Body=Path(given["source"]).read_bytes())
    plan.known |= {f"aws_s3_object.{name}.{key}": given[key] for key in ("bucket", "key")}


def _apply_stack(account: Emulator, plan: Plan) -> None:
    cloudformation, given = account.client("cloudformation"), plan.resource("aws_cloudformation_stack", "posthorn")
    name = plan.text(given["name"])
    cloudformation.create_stack(
        StackName=name,
        TemplateURL=plan.text(given["template_url"]),
        Capabilities=[plan.text(each) for each in given["capabilities"]],
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in plan.parameters(given["parameters"]).items()
        ],
    )

    def status() -> str:
        return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])

    wait_until(lambda: not status().endswith("_IN_PROGRESS"))
    assert status() == "CREATE_COMPLETE"


def test_the_stack_of_the_example_delivers(applied: Stage) -> None:
    with Receiver() as receiver:
        applied.webhook(receiver.url)
        applied.send(notification())
        assert receiver.next().headers["webhook-id"]
    named = set(re.findall(r'outputs\["(\w+)"\]', EXAMPLE.read_text("utf-8")))
    assert named <= set(applied.outputs)
