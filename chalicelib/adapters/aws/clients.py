"""The AWS clients of this process.

Only botocore is used. Importing boto3 too would add 50 ms to a cold start, and it is not needed here.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal, overload

import botocore.session
from botocore.config import Config

from chalicelib.adapters.aws import idle_connections

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

CONFIG: Final = Config(
    parameter_validation=False,  # it takes a tenth of a call's CPU; the contract suites run every call on an emulator
    user_agent="Posthorn/1",  # botocore composes its own for each request, which takes a twentieth of a call's CPU
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
    """The process's client of a service. It is thread-safe and respects ``AWS_ENDPOINT_URL``."""
    created = _session().create_client(service, config=CONFIG)
    idle_connections.watch(created)
    return created


def forget() -> None:
    """Drop the process's clients, so that the next ones use the environment of that time."""
    client.cache_clear()  # type: ignore[attr-defined] # mypy sees the overloads, not the cache
    _session.cache_clear()


@cache
def _session() -> botocore.session.Session:
    """The credentials and settings of the environment. Clients share the session, since it loads AWS's models once."""
    return botocore.session.Session()
