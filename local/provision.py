"""Makes the tables and queues from the one declaration that the cloud's are made from, `infra/resources.json`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

DECLARATION: Final = Path(__file__).parent.parent / "infra" / "resources.json"
_NOT_FOR_LOCAL: Final = frozenset({"SqsManagedSseEnabled"})
"""Encryption at rest has no meaning here, and engines differ in whether they take it."""

Resources = dict[str, dict[str, Any]]


def provision(dynamodb_client: DynamoDBClient, sqs_client: SQSClient, stage: str = "local") -> dict[str, str]:
    """Make what is missing, and return the environment that tells `chalicelib.settings` where it all is."""
    resources = _declared(stage)
    environment = {
        _variable(logical_id): _make_table(dynamodb_client, properties)
        for logical_id, properties in resources["AWS::DynamoDB::Table"].items()
    }
    return environment | _make_queues(sqs_client, resources["AWS::SQS::Queue"])


def _declared(stage: str) -> Resources:
    """The properties of tables and queues: type → logical id → properties, with the stage filled in."""
    found: Resources = {"AWS::DynamoDB::Table": {}, "AWS::SQS::Queue": {}}
    for logical_id, resource in json.loads(DECLARATION.read_text("utf-8"))["Resources"].items():
        if resource.get("Type") in found:
            found[resource["Type"]][logical_id] = _resolved(resource["Properties"], stage)
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


def _make_queues(client: SQSClient, queues: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Make the dead-letter queues, then those that refer to them; return the addresses of the latter."""
    arns: dict[str, str] = {}
    environment: dict[str, str] = {}
    for logical_id, properties in sorted(queues.items(), key=lambda item: "RedrivePolicy" in item[1]):
        url = _make_queue(client, properties, arns)
        arns[logical_id] = client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        if "RedrivePolicy" in properties:
            environment[_variable(logical_id) + "_URL"] = url
    return environment


def _make_queue(client: SQSClient, properties: Mapping[str, Any], arns: Mapping[str, str]) -> str:
    """Make one queue, or give the address of the one that is there; return its address."""
    attributes = {
        key: _attribute(value, arns) for key, value in properties.items() if key not in {"QueueName", *_NOT_FOR_LOCAL}
    }
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
