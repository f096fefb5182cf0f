"""What each function may do is what it does: the policies against a walk through the whole service, both ways."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import pytest

from chalicelib.adapters.kms import CONTEXT
from infra.declaration import declaration
from tests.infra import partitions
from tests.infra.conftest import ROOT
from tests.infra.rights import allowed, statements, switched

if TYPE_CHECKING:
    from tests.infra.partitions import Write
    from tests.infra.rights import Right

OF_LAMBDA: Final = frozenset({
    "logs:CreateLogStream", "logs:PutLogEvents", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
    "sqs:ChangeMessageVisibility",
})  # fmt: skip
"""What the functions' host does in their names, and the way back onto a queue, which a walk without trouble never takes."""

NOT_WALKED: Final = {
    ("APIHandler", "sqs:SendMessage", "SlowDeliveriesQueue"): "a retry for a webhook that is slow or failing",
    ("Notify", "dynamodb:GetItem", "NotificationsTable"): "a claim whose answer got lost is read",
    ("Deliver", "sqs:SendMessage", "DeliveriesQueue"): "an attempt that its webhook's rate limit holds back",
    ("DeliverSlow", "sqs:SendMessage", "DeliveriesQueue"): "the same, from the slow lane",
    ("DeliverSlow", "dynamodb:PutItem", "DirectoryTable"): "the audit of that",
}
"""Rights that the walk does not come to use, with what they are for."""


@pytest.fixture(scope="session")
def walked() -> dict[str, list[list[str]]]:
    """What each function asked for, in a fresh process: the walk takes the place of the process's house and clients."""
    command = [sys.executable, "-m", "tests.infra.walk"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, list[list[str]]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="session")
def used(walked: dict[str, list[list[str]]]) -> set[Right]:
    return {(function, action, resource) for function, action, resource in walked["calls"]}


@pytest.fixture(scope="session")
def written(walked: dict[str, list[list[str]]]) -> set[Write]:
    """Each partition that a function wrote to."""
    return {(function, action, table, partition) for function, action, table, partition in walked["writes"]}


def test_a_function_may_do_all_that_it_does(used: set[Right]) -> None:
    assert used - set(allowed(declaration())) == set()


def test_a_function_may_do_nothing_that_it_does_not(used: set[Right]) -> None:
    spare = set(allowed(declaration())) - used
    assert {each for each in spare if each[1] not in OF_LAMBDA} == set(NOT_WALKED)


def test_a_function_may_write_every_partition_that_it_writes(written: set[Write]) -> None:
    rights = set(partitions.allowed(declaration()))
    assert {each for each in written if not any(partitions.is_match(each, right) for right in rights)} == set()


def test_a_function_may_write_no_kind_of_partition_that_it_does_not(written: set[Write]) -> None:
    """IAM holds a role to partitions by `dynamodb:LeadingKeys` ("Using IAM policy conditions for fine-grained access
    control", amazondynamodb/latest/developerguide/specifying-conditions).
    """
    rights = set(partitions.allowed(declaration()))
    spare = {right for right in rights if not any(partitions.is_match(each, right) for each in written)}
    assert spare == {
        ("DeliverSlow", "dynamodb:PutItem", "DirectoryTable", "audit|*"),  # as from the fast lane
    }


def test_only_the_api_writes_any_partition_of_a_table() -> None:
    """Webhooks and users are its business, whatever they are called; no worker can make a user or an API key."""
    everything = {each[::2] for each in partitions.allowed(declaration()) if each[3] == partitions.EVERYTHING}
    assert everything == {("APIHandler", "WebhooksTable"), ("APIHandler", "DirectoryTable")}


def test_a_right_that_is_missing_is_noticed(used: set[Right]) -> None:
    template = declaration()
    policies = template["Resources"]["BackgroundRole"]["Properties"]["Policies"]
    [first, *_] = statements(each for each in policies if each.get("PolicyName") == "Work")
    removed = first["Action"].pop(0)
    assert {action for _, action, _ in used - set(allowed(template))} == {removed}


def test_no_right_is_by_a_wildcard() -> None:
    assert [each for each in allowed(declaration()) if "*" in "".join(each)] == []


def test_everything_is_allowed_for_x_ray_and_network_interfaces_alone_and_where_they_are_asked_for() -> None:
    spread = {
        (condition, action.partition(":")[0])
        for _, condition, statement in switched(declaration())
        for action in statement["Action"]
        if statement["Resource"] == "*" and statement["Effect"] == "Allow"
    }
    assert spread == {("HasTracing", "xray"), ("HasVpc", "ec2")}


def test_the_code_of_a_function_may_not_touch_the_network_that_lambda_puts_it_into() -> None:
    """The rights are Lambda's, which makes the interfaces ("Giving Lambda functions access to resources in an Amazon VPC",
    lambda/latest/dg/configuration-vpc); `lambda:SourceFunctionArn` is there when the function's own code asks.
    """
    denied = [(role, each) for role, _, each in switched(declaration()) if each["Effect"] == "Deny"]
    assert len({role for role, _ in denied}) == len(denied) == len({role for role, *_ in switched(declaration())})
    for _, statement in denied:
        assert (statement["Action"], statement["Resource"]) == (["ec2:*"], "*")
        assert "lambda:SourceFunctionArn" in statement["Condition"]["ArnLike"]


def test_only_the_api_encrypts_secrets_and_only_the_lanes_decrypt_them_too() -> None:
    """All others use the key by way of DynamoDB and SQS alone."""
    direct = {
        role: statement["Action"]
        for role, condition, statement in switched(declaration())
        if condition == "HasKmsKey" and "Condition" not in statement
    }
    assert direct == {
        "ApiHandlerRole": ["kms:Decrypt", "kms:GenerateDataKey"],
        "DeliverRole": ["kms:Decrypt"],
        "DeliverSlowRole": ["kms:Decrypt"],
    }


def test_a_key_for_secrets_may_be_used_by_the_functions_that_need_secrets_and_data_keys_are_the_apis() -> None:
    """See docs.aws.amazon.com, AWS KMS Developer Guide, "Condition keys for AWS KMS", kms:EncryptionContext."""
    by_role = {role: each for role, condition, each in switched(declaration()) if condition == "HasSecretsKey"}
    assert {role: each["Action"] for role, each in by_role.items()} == {
        "DeliverRole": ["kms:Decrypt"],
        "DeliverSlowRole": ["kms:Decrypt"],
        "ApiHandlerRole": ["kms:Decrypt", "kms:GenerateDataKey"],
    }
    of_context = {f"kms:EncryptionContext:{name}": value for name, value in CONTEXT.items()}
    for statement in by_role.values():
        assert statement["Resource"] == {"Ref": "SecretsKeyArn"}
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
