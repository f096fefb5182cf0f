"""Does at the start what the service does at its first use in Lambda.

To create a botocore client is not thread-safe, and the API has threads. And modules imported before a fork are imported
once.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

import chalicelib
from chalicelib.adapters import aws
from chalicelib.composition import process

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

_API = "chalicelib.api"


def warm() -> None:
    """Import all modules except the API's, read the settings, and create the clients."""
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        if not module.name.startswith(_API):
            importlib.import_module(module.name)
    process.current()
    first_calls(aws.client("dynamodb"), aws.client("sqs"))


def first_calls(dynamodb: DynamoDBClient, sqs: SQSClient) -> None:
    """Have clients load what they load at their first call. Close the connections, or the forks would share them."""
    dynamodb.list_tables(Limit=1)
    sqs.list_queues(MaxResults=1)
    dynamodb.close()
    sqs.close()
