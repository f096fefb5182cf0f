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

NOT_WRITTEN: Final = {
    ("DeliverSlow", "dynamodb:PutItem", "DirectoryTable", "audit|*"): "a webhook is disabled, as from the fast lane",
}
"""Partitions that the walk does not come to write, with what is written there."""


NOT_NAMED: Final = {
    ("DeliverSlow", "dynamodb:UpdateItem", "WebhooksTable", "disabled"): "a webhook is disabled, as from the fast lane",
    ("Deliver", "dynamodb:UpdateItem", "WebhooksTable", "slot_at"): "an attempt to a webhook that has a rate limit",
    ("DeliverSlow", "dynamodb:UpdateItem", "WebhooksTable", "slot_at"): "the same, from the slow lane",
}.keys()
"""Attributes that the walk does not come to change, with what they are for."""

PUT_INTO_DIRECTORY: Final = ("dynamodb:PutItem", "DirectoryTable")


@pytest.fixture(scope="session")
def walked() -> dict[str, list[list[str]]]:
    """What each function asked for, in a fresh process: the walk takes the place of the process's adapters and clients."""
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
    assert spare == set(NOT_WRITTEN)


def test_no_function_writes_any_partition_of_a_table() -> None:
    assert [each for each in partitions.allowed(declaration()) if each[3] == partitions.EVERYTHING] == []


def test_only_the_api_makes_users_and_api_keys() -> None:
    makes = {(right[0], right[3]) for right in partitions.allowed(declaration()) if right[1:3] == PUT_INTO_DIRECTORY}
    assert {function for function, partition in makes if partition != "audit|*"} == {"APIHandler"}


def test_a_function_may_name_the_attributes_that_it_changes_and_no_others(walked: dict[str, list[list[str]]]) -> None:
    """`dynamodb:Attributes` has every attribute that a request names, in its key and its expressions ("Using IAM policy
    conditions for fine-grained access control", amazondynamodb/latest/developerguide/specifying-conditions).
    """
    rights = set(partitions.attributes(declaration()))
    limited = {right[:3] for right in rights}
    named = {tuple(each) for each in walked["updates"]}
    assert {each for each in named if each[:3] in limited} == rights - NOT_NAMED


def test_what_delivers_changes_no_webhooks_url_owner_or_secrets() -> None:
    rights = set(partitions.attributes(declaration()))
    for function in ("Deliver", "DeliverSlow"):
        named = {right[3] for right in rights if right[:3] == (function, "dynamodb:UpdateItem", "WebhooksTable")}
        assert named == {"pk", "sk", "health", "slot_at", "version", "disabled"}


def test_a_right_that_is_missing_is_noticed(used: set[Right]) -> None:
    template = declaration()
    policies = template["Resources"]["BackgroundRole"]["Properties"]["Policies"]
    [first, *_] = statements(each for each in policies if each.get("PolicyName") == "Work")
    removed = first["Action"].pop(0)
    assert {action for _, action, _ in used - set(allowed(template))} == {removed}


def test_a_roles_policies_fit_into_it_with_every_option() -> None:
    """A role has 10,240 characters of inline policies ("IAM and AWS STS quotas", IAM/…/reference_iam-quotas)."""
    longest_name = (
        "arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/posthorn-" + "x" * 20 + "-notifications/index/delivery"
    )
    for name, resource in declaration()["Resources"].items():
        if name.endswith("Role") and name != "ApiGatewayLogsRole":
            documents = [
                each.get("Fn::If", [None, each])[1]["PolicyDocument"] for each in resource["Properties"]["Policies"]
            ]
            written = re.sub(
                r'\{"(?:Ref|Fn::\w+)":(?:\[[^]]*\]|"[^"]*")\}',
                f'"{longest_name}"',
                json.dumps(documents, separators=(",", ":")),
            )
            assert len(written) <= 10_240, name


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


def test_a_key_may_be_used_for_secrets_by_the_functions_that_need_them_and_data_keys_are_the_apis() -> None:
    """All others use the key by way of DynamoDB and SQS alone.

    See docs.aws.amazon.com, AWS KMS Developer Guide, "Condition keys for AWS KMS", kms:EncryptionContext.
    """
    of_context = {f"kms:EncryptionContext:{name}": value for name, value in CONTEXT.items()}
    direct = {
        role: statement
        for role, condition, statement in switched(declaration())
        if condition == "HasKmsKey" and statement["Condition"] == {"StringEquals": of_context}
    }
    assert {role: statement["Action"] for role, statement in direct.items()} == {
        "ApiHandlerRole": ["kms:Decrypt", "kms:GenerateDataKey"],
        "DeliverRole": ["kms:Decrypt"],
        "DeliverSlowRole": ["kms:Decrypt"],
    }
    assert all(statement["Resource"] == {"Ref": "KmsKeyArn"} for statement in direct.values())


def test_the_package_gives_each_function_the_declared_rights_and_no_others(template: dict[str, Any]) -> None:
    declared = {name: each for name, each in declaration()["Resources"].items() if name.endswith("Role")}
    packaged = {name: each for name, each in template["Resources"].items() if each["Type"] == "AWS::IAM::Role"}
    functions = [each for each in template["Resources"].values() if each["Type"] == "AWS::Serverless::Function"]
    assert set(packaged) == set(declared)
    for name, role in packaged.items():
        assert role["Properties"].get("Policies") == declared[name]["Properties"].get("Policies"), name
    assert len({each["Properties"]["Role"]["Fn::GetAtt"][0] for each in functions}) == len(functions)
    assert not [each for each in functions if "Policies" in each["Properties"]]
