from __future__ import annotations

import json
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS
from infra.declaration import declaration
from local.provision import provision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoDBClient]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        yield boto3.client("dynamodb", region_name="us-east-1")


@pytest.fixture
def sqs(dynamodb: DynamoDBClient) -> SQSClient:  # noqa: ARG001 - it is the mock that is wanted
    return boto3.client("sqs", region_name="us-east-1")


def test_the_environment_holds_every_place_that_a_deployment_has_to_fill_in(
    dynamodb: DynamoDBClient, sqs: SQSClient
) -> None:
    assert set(provision(dynamodb, sqs)) == set(ENVIRONMENT_OF_LOCATIONS)


def test_every_declared_table_and_queue_is_made(dynamodb: DynamoDBClient, sqs: SQSClient) -> None:
    provision(dynamodb, sqs)

    declared = [resource.get("Type") for resource in declaration()["Resources"].values()]
    assert len(dynamodb.list_tables()["TableNames"]) == declared.count("AWS::DynamoDB::Table")
    assert len(sqs.list_queues()["QueueUrls"]) == declared.count("AWS::SQS::Queue")


def test_making_it_all_again_changes_nothing(dynamodb: DynamoDBClient, sqs: SQSClient) -> None:
    assert provision(dynamodb, sqs) == provision(dynamodb, sqs)


def test_the_stage_is_in_the_names(dynamodb: DynamoDBClient, sqs: SQSClient) -> None:
    environment = provision(dynamodb, sqs, "blue")

    assert environment["HISTORY_TABLE"] == "posthorn-blue-history"
    assert environment["BACKGROUND_QUEUE_URL"].endswith("/posthorn-blue-background")


def test_items_expire_where_the_declaration_says_so(dynamodb: DynamoDBClient, sqs: SQSClient) -> None:
    environment = provision(dynamodb, sqs)

    expiry = dynamodb.describe_time_to_live(TableName=environment["HISTORY_TABLE"])["TimeToLiveDescription"]
    assert (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == ("ENABLED", "expires_at")


def test_indexes_are_made_as_declared(dynamodb: DynamoDBClient, sqs: SQSClient) -> None:
    environment = provision(dynamodb, sqs)

    made = dynamodb.describe_table(TableName=environment["WEBHOOKS_TABLE"])["Table"]["GlobalSecondaryIndexes"]
    assert {index["IndexName"] for index in made} == {"by_owner", "all"}


def test_a_table_of_an_older_run_gets_the_indexes_that_it_lacks_and_keeps_its_items(
    dynamodb: DynamoDBClient, sqs: SQSClient
) -> None:
    table = provision(dynamodb, sqs)["HISTORY_TABLE"]
    for name in ("delivery", "failed"):
        dynamodb.update_table(TableName=table, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": name}}])
    key = {"webhook_id": {"S": "wh_1"}, "sort": {"S": "1"}}
    dynamodb.put_item(TableName=table, Item={**key, "delivery_of": {"S": "msg_1"}})

    provision(dynamodb, sqs)

    indexes = dynamodb.describe_table(TableName=table)["Table"]["GlobalSecondaryIndexes"]
    assert {index["IndexName"] for index in indexes} == {"due", "failed", "delivery"}
    found = dynamodb.query(
        TableName=table,
        IndexName="delivery",
        KeyConditionExpression="delivery_of = :of",
        ExpressionAttributeValues={":of": {"S": "msg_1"}},
    )
    assert [{name: item[name] for name in key} for item in found["Items"]] == [key]


def test_a_queue_leads_to_its_dead_letters(dynamodb: DynamoDBClient, sqs: SQSClient) -> None:
    environment = provision(dynamodb, sqs)

    url = environment["NOTIFICATIONS_QUEUE_URL"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]
    policy = json.loads(attributes["RedrivePolicy"])
    assert policy["deadLetterTargetArn"].endswith(":posthorn-local-notifications-dead-letters")
    assert policy["maxReceiveCount"] == 30


def test_a_queue_that_was_made_under_other_settings_gets_the_declared_ones(dynamodb: DynamoDBClient, sqs: SQSClient) -> None:
    sqs.create_queue(QueueName="posthorn-local-background", Attributes={"VisibilityTimeout": "7"})

    url = provision(dynamodb, sqs)["BACKGROUND_QUEUE_URL"]

    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "420"
