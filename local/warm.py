"""Does at the start what the service would do at its first use, where Lambda's one call at a time in a process is not given.

The making of a botocore client is not safe for the API's threads; and what is imported before a fork is imported once.
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
    """Import what is behind the API, read the settings and make the clients."""
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        if not module.name.startswith(_API):
            importlib.import_module(module.name)
    process.current()
    first_calls(aws.client("dynamodb"), aws.client("sqs"))


def first_calls(dynamodb: DynamoDBClient, sqs: SQSClient) -> None:
    """Have clients read what they read at their first call; connections are closed, else what is forked would share them."""
    dynamodb.list_tables(Limit=1)
    sqs.list_queues(MaxResults=1)
    dynamodb.close()
    sqs.close()
