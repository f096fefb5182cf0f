"""Creates the tables and queues from the same declaration as in AWS, `infra/template`."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from infra.declaration import declaration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

_NOT_FOR_LOCAL: Final = frozenset(
    {
        "SqsManagedSseEnabled",
        "KmsMasterKeyId",
        "SSESpecification",
        "PointInTimeRecoverySpecification",
        "DeletionProtectionEnabled",
        "RedriveAllowPolicy",
        "Tags",
    }
)
"""Encryption, backups and protections have no meaning here, and not all engines accept them."""

Resources = dict[str, dict[str, Any]]
_declaration: Final = cache(declaration)


def provision(dynamodb_client: DynamoDBClient, sqs_client: SQSClient, stage: str = "local") -> dict[str, str]:
    """Create what is missing. Return the environment variables with their names and URLs, for `chalicelib.settings`."""
    return tables(dynamodb_client, stage) | queues(sqs_client, stage)


def tables(client: DynamoDBClient, stage: str) -> dict[str, str]:
    """Create missing tables. Return the variables with the names of all."""
    declared = _declared(stage)["AWS::DynamoDB::Table"]
    return {_variable(logical_id): _make_table(client, properties) for logical_id, properties in declared.items()}


def queues(client: SQSClient, stage: str) -> dict[str, str]:
    """Create missing queues. Return the variables with the URLs of all."""
    return _make_queues(client, _declared(stage)["AWS::SQS::Queue"])


def _declared(stage: str) -> Resources:
    """The properties of tables and queues: type → logical id → properties, with the stage substituted."""
    found: Resources = {"AWS::DynamoDB::Table": {}, "AWS::SQS::Queue": {}}
    for logical_id, resource in _declaration()["Resources"].items():
        if resource.get("Type") in found:
            declared = {key: each for key, each in resource["Properties"].items() if key not in _NOT_FOR_LOCAL}
            found[resource["Type"]][logical_id] = _resolved(declared, stage)
    return found


def _resolved(value: Any, stage: str) -> Any:  # noqa: ANN401 - any JSON value
    """The value with every `Fn::Sub` of the stage resolved."""
    if isinstance(value, list):
        return [_resolved(each, stage) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::Sub"}:
        return str(value["Fn::Sub"]).replace("${Stage}", stage)
    return {key: _resolved(each, stage) for key, each in value.items()}


def _variable(logical_id: str) -> str:
    """`SlowDeliveriesQueue` → `SLOW_DELIVERIES_QUEUE`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", logical_id).upper()


def _make_table(client: DynamoDBClient, properties: Mapping[str, Any]) -> str:
    """Create one table with its TTL, or add missing indexes to an existing one. Return its name."""
    name: str = properties["TableName"]
    request = {key: value for key, value in properties.items() if key != "TimeToLiveSpecification"}
    try:
        client.create_table(**request)
    except client.exceptions.ResourceInUseException:
        _add_indexes(client, properties)
        return name
    if "TimeToLiveSpecification" in properties:
        client.update_time_to_live(TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"])
    return name


def _add_indexes(client: DynamoDBClient, properties: Mapping[str, Any]) -> None:
    """Add the indexes that were declared after the table was created, one at a time, as DynamoDB requires."""
    table = client.describe_table(TableName=properties["TableName"])["Table"]
    known = {each["IndexName"] for each in table.get("GlobalSecondaryIndexes", [])}
    for index in properties.get("GlobalSecondaryIndexes", []):
        if index["IndexName"] not in known:
            client.update_table(
                TableName=properties["TableName"],
                AttributeDefinitions=properties["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[{"Create": index}],
            )


def _make_queues(client: SQSClient, declared: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Create the dead-letter queues, then the queues that refer to them. Return the URLs of the latter."""
    arns: dict[str, str] = {}
    environment: dict[str, str] = {}
    for logical_id, properties in sorted(declared.items(), key=lambda item: "RedrivePolicy" in item[1]):
        url = _make_queue(client, properties, arns)
        arns[logical_id] = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        if "RedrivePolicy" in properties:
            environment[_variable(logical_id) + "_URL"] = url
    return environment


def _make_queue(client: SQSClient, properties: Mapping[str, Any], arns: Mapping[str, str]) -> str:
    """Create one queue, or update an existing one. Return its URL."""
    attributes = {key: _attribute(value, arns) for key, value in properties.items() if key != "QueueName"}
    try:
        return client.create_queue(QueueName=properties["QueueName"], Attributes=attributes)["QueueUrl"]  # type: ignore[arg-type]
    except client.exceptions.QueueNameExists:
        url = client.get_queue_url(QueueName=properties["QueueName"])["QueueUrl"]
        client.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # type: ignore[arg-type]
        return url


def _attribute(value: Any, arns: Mapping[str, str]) -> str:  # noqa: ANN401 - any JSON value
    """A property as SQS's API requires it: a string; a document as JSON; a queue's `Fn::GetAtt` as its ARN."""
    if not isinstance(value, dict):
        return str(value)
    return json.dumps({key: arns[each["Fn::GetAtt"][0]] if isinstance(each, dict) else each for key, each in value.items()})
