"""The AWS clients of this process.

botocore alone is used: importing boto3 as well costs a cold start 50 ms and gives nothing that is needed here.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, overload

import botocore.session
from botocore.config import Config

from chalicelib.adapters.aws import kept

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

CONFIG: Final = Config(
    parameter_validation=False,  # a tenth of a call's CPU; the contract suites run every call through an engine
    user_agent="Posthorn/1",  # the one that botocore makes up anew for each request is a twentieth of a call's CPU
    connect_timeout=2,
    read_timeout=5,
    tcp_keepalive=True,
    retries={"mode": "standard", "total_max_attempts": 4},
)


@overload
def client(service: Literal["dynamodb"]) -> DynamoDBClient: ...
@overload
def client(service: Literal["sqs"]) -> SQSClient: ...
@overload
def client(service: Literal["kms"]) -> Any: ...  # noqa: ANN401 - no stubs: two of its operations are used
@cache
def client(service: str) -> Any:
    """The process's client of a service; it may be used by several threads, and follows ``AWS_ENDPOINT_URL``."""
    made = _session().create_client(service, config=CONFIG)
    kept.watch(made)
    return made


def forget() -> None:
    """Drop the process's clients, so that the next ones are made from the environment as it is then."""
    client.cache_clear()  # type: ignore[attr-defined] # mypy sees the overloads, not the cache
    _session.cache_clear()


@cache
def _session() -> botocore.session.Session:
    """The environment's credentials and settings; clients share it, since it reads the models of AWS once."""
    return botocore.session.Session()
