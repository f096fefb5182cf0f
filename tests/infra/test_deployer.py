"""The policies for the people who deploy: all that is needed, and nothing else."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import botocore.session
import pytest
from botocore import xform_name

from infra.declaration import declaration
from infra.deployer import calls
from infra.deployer.needs import MADE_BY_SAM, actions, asked, left_out, types
from infra.deployer.policy import Place, policies
from tests.docs.markdown import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLES: Final = ROOT / "docs" / "examples" / "deployer"
EXAMPLE: Final = Place("prod", "123456789012")
PROGRAMS: Final = (*(ROOT / "infra").rglob("*.py"), ROOT / "local" / "redrive.py")
SERVICES: Final = ("sts", "cloudformation", "s3", "lambda", "apigateway", "sqs")
CHARACTERS_MAX: Final = 6_144
"""Of a managed policy, without white space ("IAM and AWS STS quotas", IAM/latest/UserGuide/reference_iam-quotas)."""


def _statements() -> Iterator[dict[str, Any]]:
    for document in policies(EXAMPLE, declaration()).values():
        yield from document["Statement"]


@cache
def _methods() -> set[str]:
    """All methods of the clients that the programs make."""
    session = botocore.session.Session()
    return {xform_name(each) for service in SERVICES for each in session.get_service_model(service).operation_names}


def _called(path: Path) -> set[str]:
    """The names of clients' methods in a program: what is called, or handed to a paginator."""
    tree = ast.walk(ast.parse(path.read_text("utf-8")))
    found = set()
    for node in tree:
        match node:
            case ast.Attribute(attr=name):
                found.add(name)
            case ast.Call(func=ast.Attribute(attr="get_paginator"), args=[ast.Constant(value=str(name))]):
                found.add(name)
    return found & _methods()


def test_every_call_of_the_programs_is_known_with_its_right() -> None:
    assert {name for path in PROGRAMS for name in _called(path)} == set(calls.CALLS)


def test_the_types_are_those_that_the_translation_makes(translated: Path) -> None:
    made = {each["Type"] for each in json.loads(translated.read_text("utf-8"))["Resources"].values()}
    assert types(declaration()) == made


def test_every_action_of_every_type_is_allowed_or_left_out_for_a_reason() -> None:
    allowed = {action for each in _statements() for action in each["Action"]}
    for kind in types(declaration()):
        for action in asked(kind):
            assert action in allowed or any(fnmatchcase(action, each) for each in left_out(kind)), (kind, action)


def test_every_reason_leaves_something_out() -> None:
    for kind in types(declaration()):
        for pattern in left_out(kind):
            assert any(fnmatchcase(action, pattern) for action in asked(kind)), (kind, pattern)


def test_nothing_is_allowed_that_neither_a_program_nor_a_type_needs() -> None:
    needed = {action for _, action in actions(types(declaration()))} | set(calls.FIRST_KEY)
    needed |= {right for _, right in calls.CALLS.values() if right}
    assert {action for each in _statements() for action in each["Action"]} == needed


def test_no_action_is_a_wildcard_and_everything_is_a_resource_only_where_iam_knows_no_other() -> None:
    for each in _statements():
        assert not [action for action in each["Action"] if "*" in action]
    assert {each["Sid"] for each in _statements() if "*" in each["Resource"]} == {"Looks", "Quota", "NewMappings"}


def test_what_is_named_by_the_stage_is_allowed_for_that_stage_alone() -> None:
    named = {
        "Stack",
        "Redrive",
        "FirstKey",
        "Roles",
        "PassRoles",
        "Functions",
        "Tables",
        "Queues",
        "Topic",
        "Schedule",
        "Watch",
    }
    for each in _statements():
        if each["Sid"] in named:
            own = [resource for resource in each["Resource"] if "transform/" not in resource]
            assert all("posthorn-prod" in resource for resource in own), each["Sid"]


def test_roles_are_passed_to_lambda_and_api_gateway_alone() -> None:
    [passed] = [each for each in _statements() if "iam:PassRole" in each["Action"]]
    assert passed["Action"] == ["iam:PassRole"]
    assert set(passed["Condition"]["StringEquals"]["iam:PassedToService"]) == {
        "lambda.amazonaws.com",
        "apigateway.amazonaws.com",
    }


@pytest.mark.parametrize("name", ["programs", "resources", "options"])
def test_the_example_is_what_the_program_writes_and_fits_a_managed_policy(name: str) -> None:
    found = json.loads((EXAMPLES / f"{name}.json").read_text("utf-8"))
    assert found == policies(EXAMPLE, declaration())[name], (
        "python -m infra.deployer --stage prod --account 123456789012 --out docs/examples/deployer writes them"
    )
    assert len(json.dumps(found, separators=(",", ":"))) <= CHARACTERS_MAX


def test_what_sam_makes_is_of_types_that_it_is_said_to_make() -> None:
    assert set(MADE_BY_SAM) == {"AWS::Serverless::Function", "AWS::Serverless::Api"}


def test_the_first_key_is_made_with_the_rights_that_are_said() -> None:
    command = [sys.executable, "-m", "tests.infra.first_key"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {tuple(each) for each in json.loads(done.stdout)} == {(each, "DirectoryTable") for each in calls.FIRST_KEY}
