"""A worker's role can do what its worker does. It cannot make itself an admin, or point a webhook elsewhere."""

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


def _as(stage: Stage, function: str, service: str) -> Any:  # noqa: ANN401 - boto3's
    """A client with the rights of a deployed function."""
    iam = stage.account.client("iam")
    [role] = [
        each["RoleName"]
        for page in iam.get_paginator("list_roles").paginate()
        for each in page["Roles"]
        if each["RoleName"].startswith(f"posthorn-{stage.name}-{function}Role")
    ]
    document = iam.get_role_policy(RoleName=role, PolicyName="Work")["PolicyDocument"]
    name = f"as-{function.lower()}-{service}"
    return _client(
        user(stage.account, name, {"work": document if isinstance(document, dict) else json.loads(document)}), service
    )


def _client(made: Any, service: str) -> Any:  # noqa: ANN401 - boto3's
    make: Any = boto3.client
    return make(
        service,
        region_name=environment.REGION,
        endpoint_url=made.url,
        verify=str(made.authority),
        aws_access_key_id=made.key,
        aws_secret_access_key=made.secret,
    )


@pytest.fixture(scope="module")
def worker(stage: Stage) -> Any:  # noqa: ANN401 - DynamoDB's client
    """A client of DynamoDB with the rights of the deployed function that delivers."""
    return _as(stage, "Deliver", "dynamodb")


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


def _change(client: Any, stage: Stage, expression: str, **names: str) -> None:  # noqa: ANN401 - DynamoDB's client
    client.update_item(
        TableName=f"posthorn-{stage.name}-webhooks",
        Key={"pk": {"S": f"wh_{'_'.join(names.values())}"}, "sk": {"S": "webhook"}},
        UpdateExpression=expression,
        ConditionExpression="attribute_not_exists(#version) OR #version > :x",
        ExpressionAttributeNames={"#version": "version", **names},
        ExpressionAttributeValues={":x": {"N": "0"}},
    )


@pytest.mark.parametrize("attribute", ["health", "slot_at", "version", "disabled"])
def test_the_deliver_function_may_write_how_a_webhook_does(worker: Any, stage: Stage, attribute: str) -> None:  # noqa: ANN401 - as above
    _change(worker, stage, "SET #given = :x", **{"#given": attribute})


@pytest.mark.parametrize("attribute", ["webhook", "owner_id", "sealed", "data_key", "id", "kind"])
def test_the_deliver_function_may_not_write_where_a_webhook_leads(worker: Any, stage: Stage, attribute: str) -> None:  # noqa: ANN401 - as above
    with pytest.raises(ClientError, match="AccessDenied"):
        _change(worker, stage, "SET #given = :x", **{"#given": attribute})
    with pytest.raises(ClientError, match="AccessDenied"):
        _change(worker, stage, f"SET health = :x, {attribute} = :x")


def _send(client: Any, stage: Stage, queue: str) -> None:  # noqa: ANN401 - SQS's client
    url = stage.outputs[f"{queue}QueueURL"]
    client.send_message(QueueUrl=url, MessageBody='{"notificationType":"modelDeleted"}')


def test_a_producer_may_send_on_the_queue_of_event_sources_and_not_as_the_service(stage: Stage) -> None:
    """What `docs/guides/sources.md` gives a producer in the same account: `sqs:SendMessage` on `NotificationsQueueArn`."""
    right = {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": stage.outputs["NotificationsQueueArn"]}
    producer = _client(user(stage.account, "a-producer", {"send": {"Version": "2012-10-17", "Statement": [right]}}), "sqs")
    _send(producer, stage, "Notifications")
    for queue in ("Accepted", "Deliveries", "SlowDeliveries", "Background"):
        with pytest.raises(ClientError, match="AccessDenied"):
            _send(producer, stage, queue)


@pytest.mark.parametrize("function", ["Notify", "Deliver", "DeliverSlow", "Schedule", "ApiHandler"])
def test_the_service_sends_what_it_has_accepted_on_its_own_queue_alone(stage: Stage, function: str) -> None:
    sqs = _as(stage, function, "sqs")
    _send(sqs, stage, "Accepted")
    with pytest.raises(ClientError, match="AccessDenied"):
        _send(sqs, stage, "Notifications")
