"""The usage of a deployment: requests of its clients, messages on its queues, log lines, invocations."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import botocore.session

from benchmarks.cost import logged
from benchmarks.cost.meter import DynamoMeter
from benchmarks.cost.usage import Kind, Usage
from chalicelib.adapters import aws
from chalicelib.adapters.dynamodb.values import size_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.cost.deployment import Deployment
    from benchmarks.cost.sender import InstantSender


@contextmanager
def metered(made: Deployment, usage: Usage) -> Iterator[None]:
    """Count the usage in the block."""
    made.calls.clear()
    made.queues.usage.clear()
    aside = botocore.session.Session().create_client("dynamodb", config=aws.CONFIG)
    meter = DynamoMeter(made.dynamodb, aside)
    with logged.counted(usage):
        yield
    usage.update(meter.usage)
    usage.update(made.queues.usage)
    usage.update(_stored(made, aside))


def _stored(made: Deployment, aside: object) -> Usage:
    """The stored bytes afterwards, with the 100 bytes that DynamoDB adds to each item."""
    stored = Usage()
    for table in (made.service.settings.history_table, made.service.settings.notifications_table):
        for item in aside.scan(TableName=table)["Items"]:  # type: ignore[attr-defined]
            stored.add(Kind.STORED_BYTES, table.rpartition("-")[2], size_bytes(item) + 100)
    return stored


def sum_up(made: Deployment, usage: Usage, sender: InstantSender) -> None:
    """Add the invocations, with the lines that Lambda and API Gateway log for each."""
    for call in made.calls:
        usage.add(Kind.INVOCATIONS, call.function)
        usage.add(Kind.ROUND_TRIPS, call.function, call.requests)
        for line in logged.PLATFORM:
            logged.count(usage, f"Lambda's own, {call.function}", len(line))
        if call.function == "APIHandler":
            usage.add(Kind.API_REQUESTS, "REST")
            logged.count(usage, "access log", logged.ACCESS_BYTES)
    usage.add(Kind.SENT_BYTES, "requests", sender.sent_bytes)
