"""A user with only the deployer's policies can deploy, operate and remove a stage.

The engine checks the programs' requests against the policies. It does not check CloudFormation's own steps:
`tests/infra/test_deployer.py` checks that those are allowed, against the schemas of the types.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from infra.declaration import declaration
from infra.deployer.policy import Place, policies
from tests.deploy.emulator import Emulator
from tests.deploy.stage import Done, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STAGE: Final = "held"
PLACE: Final = Place(STAGE, "000000000000")


@dataclass(frozen=True, slots=True)
class AsUser(Emulator):
    """The account, for a user of it."""

    key: str = ""
    secret: str = ""

    @property
    def environment(self) -> dict[str, str]:
        of_owner = Emulator(self.url, self.log, self.authority).environment
        return of_owner | {"AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret}


def user(account: Emulator, name: str, documents: dict[str, Any]) -> AsUser:
    iam = account.client("iam")
    iam.create_user(UserName=name)
    for each, document in documents.items():
        arn = iam.create_policy(PolicyName=f"{name}-{each}", PolicyDocument=json.dumps(document))["Policy"]["Arn"]
        iam.attach_user_policy(UserName=name, PolicyArn=arn)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return AsUser(account.url, account.log, account.authority, key["AccessKeyId"], key["SecretAccessKey"])


@pytest.fixture(scope="module")
def deployer(account: Emulator) -> Iterator[AsUser]:
    """A user who has the policies and nothing else."""
    yield user(account, "deployer", policies(PLACE, declaration()))
    Stage(account, STAGE).destroy("--yes", STAGE)


def test_a_stage_is_made_changed_operated_and_removed_with_these_rights_alone(deployer: AsUser, packaged: Path) -> None:
    held = Stage(deployer, STAGE)
    steps: list[tuple[str, Done]] = [
        ("deploy", held.deploy(packaged)),
        ("first key", held.first_key()),
        ("update", held.deploy(packaged, "LogDays=7")),
        ("redrive", held.redrive("notifications")),
        ("destroy", held.destroy("--yes", STAGE)),
    ]
    assert [(step, done.said) for step, done in steps if done.status] == []


def test_another_stage_is_refused(deployer: AsUser, packaged: Path) -> None:
    done = Stage(deployer, "other").deploy(packaged)
    assert done.status == 1
    assert "not authorized to perform: cloudformation:" in done.said


@pytest.mark.parametrize("part", ["programs"])
def test_without_a_part_of_them_it_is_refused(account: Emulator, packaged: Path, part: str) -> None:
    rest = {name: each for name, each in policies(PLACE, declaration()).items() if name != part}
    assert Stage(user(account, f"without-{part}", rest), STAGE).deploy(packaged).status == 1
