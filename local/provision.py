"""Makes the tables and queues from the one declaration that the cloud's are made from, `infra/template`."""

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
"""Encryption, backups and guards have no meaning here, and engines differ in whether they take them."""

Resources = dict[str, dict[str, Any]]
_declaration: Final = cache(declaration)


def provision(dynamodb_client: DynamoDBClient, sqs_client: SQSClient, stage: str = "local") -> dict[str, str]:
    """Make what is missing, and return the environment that tells `chalicelib.settings` where it all is."""
    return tables(dynamodb_client, stage) | queues(sqs_client, stage)


def tables(client: DynamoDBClient, stage: str) -> dict[str, str]:
    """Make the tables that are missing, and return the part of the environment that tells their names."""
    declared = _declared(stage)["AWS::DynamoDB::Table"]
    return {_variable(logical_id): _make_table(client, properties) for logical_id, properties in declared.items()}


def queues(client: SQSClient, stage: str) -> dict[str, str]:
    """Make the queues that are missing, and return the part of the environment that tells their addresses."""
    return _make_queues(client, _declared(stage)["AWS::SQS::Queue"])


def _declared(stage: str) -> Resources:
    """The properties of tables and queues: type → logical id → properties, with the stage filled in."""
    found: Resources = {"AWS::DynamoDB::Table": {}, "AWS::SQS::Queue": {}}
    for logical_id, resource in _declaration()["Resources"].items():
        if resource.get("Type") in found:
            declared = {key: each for key, each in resource["Properties"].items() if key not in _NOT_FOR_LOCAL}
            found[resource["Type"]][logical_id] = _resolved(declared, stage)
    return found


def _resolved(value: Any, stage: str) -> Any:  # noqa: ANN401 - any JSON value
    """The value with every `Fn::Sub` of the stage worked out."""
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
    """Make one table, and have its items expire; give one that is there the indexes that it lacks. Return its name."""
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
    """Add the indexes that were declared since the table was made, one at a time, as DynamoDB asks."""
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
    """Make the dead-letter queues, then those that refer to them; return the addresses of the latter."""
    arns: dict[str, str] = {}
    environment: dict[str, str] = {}
    for logical_id, properties in sorted(declared.items(), key=lambda item: "RedrivePolicy" in item[1]):
        url = _make_queue(client, properties, arns)
        arns[logical_id] = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        if "RedrivePolicy" in properties:
            environment[_variable(logical_id) + "_URL"] = url
    return environment


def _make_queue(client: SQSClient, properties: Mapping[str, Any], arns: Mapping[str, str]) -> str:
    """Make one queue, or give the address of the one that is there; return its address."""
    attributes = {key: _attribute(value, arns) for key, value in properties.items() if key != "QueueName"}
    try:
        return client.create_queue(QueueName=properties["QueueName"], Attributes=attributes)["QueueUrl"]  # type: ignore[arg-type]
    except client.exceptions.QueueNameExists:
        url = client.get_queue_url(QueueName=properties["QueueName"])["QueueUrl"]
        client.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # type: ignore[arg-type]
        return url


def _attribute(value: Any, arns: Mapping[str, str]) -> str:  # noqa: ANN401 - any JSON value
    """A property as SQS's own API wants it: a string, a document as JSON, a queue's `Fn::GetAtt` as its ARN."""
    if not isinstance(value, dict):
        return str(value)
    return json.dumps({key: arns[each["Fn::GetAtt"][0]] if isinstance(each, dict) else each for key, each in value.items()})
