"""A worker's role can do what its worker does, and cannot make itself an admin."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local import environment
from tests.deploy.test_deployer import user

if TYPE_CHECKING:
    from tests.deploy.stage import Stage


@pytest.fixture(scope="module")
def worker(stage: Stage) -> Any:  # noqa: ANN401 - DynamoDB's client
    """A client of DynamoDB with the rights of the deployed function that delivers."""
    iam = stage.account.client("iam")
    pages = iam.get_paginator("list_roles").paginate()
    [role] = [
        each["RoleName"]
        for page in pages
        for each in page["Roles"]
        if each["RoleName"].startswith(f"posthorn-{stage.name}-DeliverRole")
    ]
    document = iam.get_role_policy(RoleName=role, PolicyName="Work")["PolicyDocument"]
    made = user(stage.account, "as-deliver", {"work": document if isinstance(document, dict) else json.loads(document)})
    return boto3.client(
        "dynamodb",
        region_name=environment.REGION,
        endpoint_url=made.url,
        verify=str(made.authority),
        aws_access_key_id=made.key,
        aws_secret_access_key=made.secret,
    )


def _put(client: Any, stage: Stage, partition: str) -> None:  # noqa: ANN401 - DynamoDB's client
    item = {"pk": {"S": partition}, "sk": {"S": "x"}}
    client.put_item(TableName=f"posthorn-{stage.name}-directory", Item=item)


def test_the_deliver_function_may_write_a_line_of_the_audit(worker: Any, stage: Stage) -> None:  # noqa: ANN401 - as above
    _put(worker, stage, "audit|2026-03")


@pytest.mark.parametrize("partition", ["user", "key_0af9", "keys|1", "audit"])
def test_the_deliver_function_may_write_nothing_else_into_the_directory(
    worker: Any,  # noqa: ANN401 - as above
    stage: Stage,
    partition: str,
) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        _put(worker, stage, partition)


@pytest.mark.parametrize("partition", ["types", "sub|user|1|x", "purge"])
def test_the_deliver_function_may_change_webhooks_alone_in_their_table(
    worker: Any,  # noqa: ANN401 - as above
    stage: Stage,
    partition: str,
) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        worker.update_item(
            TableName=f"posthorn-{stage.name}-webhooks",
            Key={"pk": {"S": partition}, "sk": {"S": "x"}},
            UpdateExpression="SET x = :x",
            ExpressionAttributeValues={":x": {"S": "x"}},
        )
