"""What each function may do is what it does: the policies against a walk through the whole service, both ways."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from chalicelib.adapters.kms import CONTEXT
from infra.declaration import declaration
from tests.infra.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Right = tuple[str, str, str]
"""A function, an action, and a resource by its logical id."""

OF_LAMBDA: Final = frozenset({
    "logs:CreateLogStream", "logs:PutLogEvents", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
})  # fmt: skip
"""What the functions' host does in their names."""

NOT_WALKED: Final = {
    ("APIHandler", "sqs:SendMessage", "SlowDeliveriesQueue"): "a retry for a webhook that is slow or failing",
    ("Notify", "sqs:SendMessage", "SlowDeliveriesQueue"): "a first attempt to a webhook that is slow or failing",
    ("Notify", "dynamodb:GetItem", "NotificationsTable"): "a claim whose answer got lost is read",
    ("Deliver", "sqs:SendMessage", "DeliveriesQueue"): "an attempt that its webhook's rate limit holds back",
    ("DeliverSlow", "sqs:SendMessage", "DeliveriesQueue"): "the same, from the slow lane",
    ("DeliverSlow", "sqs:SendMessage", "NotificationsQueue"): "an owner is told, as from the fast lane",
    ("DeliverSlow", "dynamodb:GetItem", "WebhooksTable"): "a webhook is disabled, as from the fast lane",
    ("DeliverSlow", "dynamodb:PutItem", "DirectoryTable"): "the audit of that",
}
"""Rights that the walk does not come to use, with what they are for."""


@pytest.fixture(scope="session")
def used() -> set[Right]:
    """What each function asked for, in a fresh process: the walk takes the place of the process's house and clients."""
    command = [sys.executable, "-m", "tests.infra.walk"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {(function, action, resource) for function, action, resource in json.loads(done.stdout)}


def _allowed(template: dict[str, Any]) -> Iterator[Right]:
    for name, resource in template["Resources"].items():
        if name.endswith("Role") and name != "ApiGatewayLogsRole":
            function = {"ApiHandler": "APIHandler"}.get(name.removesuffix("Role"), name.removesuffix("Role"))
            for statement in _statements(resource["Properties"]["Policies"]):
                for action in statement["Action"]:
                    yield from ((function, action, each) for each in _resources(statement["Resource"]))


def _statements(policies: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """All but those for X-Ray, which an operator has to ask for."""
    for policy in policies:
        if "Fn::If" not in policy:
            yield from policy["PolicyDocument"]["Statement"]


def _resources(given: Any) -> Iterator[str]:  # noqa: ANN401 - one or several, as IAM takes them
    for each in given if isinstance(given, list) else [given]:
        if "Fn::GetAtt" in each:
            yield each["Fn::GetAtt"][0]
        else:
            match = re.fullmatch(r"\$\{(\w+)\.Arn\}(/index/\w+)", each["Fn::Sub"])
            assert match is not None, f"no named resource: {each}"
            yield match[1] + match[2]


def test_a_function_may_do_all_that_it_does(used: set[Right]) -> None:
    assert used - set(_allowed(declaration())) == set()


def test_a_function_may_do_nothing_that_it_does_not(used: set[Right]) -> None:
    spare = set(_allowed(declaration())) - used
    assert {each for each in spare if each[1] not in OF_LAMBDA} == set(NOT_WALKED)


def test_a_right_that_is_missing_is_noticed(used: set[Right]) -> None:
    template = declaration()
    policies = template["Resources"]["BackgroundRole"]["Properties"]["Policies"]
    [first, *_] = _statements(each for each in policies if each.get("PolicyName") == "Work")
    removed = first["Action"].pop(0)
    assert {action for _, action, _ in used - set(_allowed(template))} == {removed}


def test_no_right_is_by_a_wildcard() -> None:
    assert [each for each in _allowed(declaration()) if "*" in "".join(each)] == []


def _on_request(condition: str) -> dict[str, list[dict[str, Any]]]:
    """The statements that an operator has to ask for, by role."""
    return {
        name: policy["Fn::If"][1]["PolicyDocument"]["Statement"]
        for name, each in declaration()["Resources"].items()
        if name.endswith("Role") and name != "ApiGatewayLogsRole"
        for policy in each["Properties"]["Policies"]
        if policy.get("Fn::If", [None])[0] == condition
    }


def test_everything_is_allowed_for_x_ray_alone_and_where_it_is_asked_for() -> None:
    statements = [statement for each in _on_request("HasTracing").values() for statement in each]
    assert {action.partition(":")[0] for each in statements for action in each["Action"]} == {"xray"}
    assert {each["Resource"] for each in statements} == {"*"}


def test_a_key_for_secrets_may_be_used_by_the_functions_that_need_secrets_and_data_keys_are_the_apis() -> None:
    """See docs.aws.amazon.com, AWS KMS Developer Guide, "Condition keys for AWS KMS", kms:EncryptionContext."""
    allowed = _on_request("HasSecretsKey")
    assert {role: [action for each in statements for action in each["Action"]] for role, statements in allowed.items()} == {
        "DeliverRole": ["kms:Decrypt"],
        "DeliverSlowRole": ["kms:Decrypt"],
        "ApiHandlerRole": ["kms:Decrypt", "kms:GenerateDataKey"],
    }
    for [statement] in allowed.values():
        assert statement["Resource"] == {"Ref": "SecretsKeyArn"}
        of_context = {f"kms:EncryptionContext:{name}": value for name, value in CONTEXT.items()}
        assert statement["Condition"] == {"StringEquals": of_context}


def test_the_package_gives_each_function_the_declared_rights_and_no_others(template: dict[str, Any]) -> None:
    declared = {name: each for name, each in declaration()["Resources"].items() if name.endswith("Role")}
    packaged = {name: each for name, each in template["Resources"].items() if each["Type"] == "AWS::IAM::Role"}
    functions = [each for each in template["Resources"].values() if each["Type"] == "AWS::Serverless::Function"]
    assert set(packaged) == set(declared)
    for name, role in packaged.items():
        assert role["Properties"].get("Policies") == declared[name]["Properties"].get("Policies"), name
    assert len({each["Properties"]["Role"]["Fn::GetAtt"][0] for each in functions}) == len(functions)
    assert not [each for each in functions if "Policies" in each["Properties"]]
