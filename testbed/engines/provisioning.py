"""Clients of an emulator, with new tables and queues that no earlier test has used."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import botocore.session

from chalicelib.adapters import aws
from local import provision

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.config import Config
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

_LOOK_S: Final = 0.001
_numbers = count(1)


@dataclass(frozen=True)
class Clients:
    """An engine's clients, and the names of the tables and the URLs of the queues that were created for them."""

    dynamodb: DynamoDBClient
    sqs: SQSClient
    places: dict[str, str]


@dataclass
class Places:
    """The tables or queues for the tests. They are created again if the last test used them."""

    make: Callable[[Any, str], dict[str, str]]
    made: dict[str, str] = field(default_factory=dict)
    is_used: bool = True

    def fresh(self, client: Any) -> dict[str, str]:  # noqa: ANN401 - either client
        """Names of unused tables or queues. It records whether the client uses them."""
        if self.is_used:
            self.made, self.is_used = self.make(client, f"contract-{os.getpid()}-{next(_numbers)}"), False
        client.meta.events.register_first("before-call", self._note, unique_id="places")
        return self.made

    def _note(self, **_: object) -> None:
        self.is_used = True


class Provisioner:
    """Makes clients, each with new tables and queues. ``None`` is AWS's own address, which moto intercepts.

    Tables have no TTL: the samples' time is in the past, and an engine with TTL would delete them.
    """

    def __init__(self, dynamodb_url: str | None, sqs_url: str | None) -> None:
        self._session = botocore.session.Session()
        self._session.set_credentials("test", "test")
        self._urls = {"dynamodb": dynamodb_url, "sqs": sqs_url}
        self._tables = Places(tables)
        self._queues = Places(provision.queues)

    def __call__(self) -> Clients:
        """Clients with unused tables and queues."""
        return self.again(Clients(self.client("dynamodb"), self.client("sqs"), {}))

    def again(self, clients: Clients) -> Clients:
        """The same clients with unused tables and queues."""
        places = self._tables.fresh(clients.dynamodb) | self._queues.fresh(clients.sqs)
        return replace(clients, places=places)

    def client(self, service: str, url: str | None = None, config: Config = aws.CONFIG) -> Any:  # noqa: ANN401 - either
        """A client of the emulator, or of a proxy in front of it at `url`."""
        client: Any = self._session.create_client(
            service, region_name="us-east-1", config=config, endpoint_url=url or self._urls[service]
        )
        client.meta.events.register("before-call.dynamodb.UpdateTimeToLive", _nothing_done)
        return client


def tables(client: Any, stage: str) -> dict[str, str]:  # noqa: ANN401 - a client of DynamoDB
    """Create the tables of a stage and wait until they can be used: dynalite responds before that, as AWS does."""
    made = provision.tables(client, stage)
    while any(client.describe_table(TableName=each)["Table"]["TableStatus"] != "ACTIVE" for each in made.values()):
        time.sleep(_LOOK_S)
    return made


def _nothing_done(**_: object) -> tuple[Any, dict[str, Any]]:
    """The response to a request that is not sent."""
    return type("Answer", (), {"status_code": 200}), {}
