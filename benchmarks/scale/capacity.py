"""Consumed capacity, as the engine reports it: dynalite's is correct for tables, but not for indexes."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient


class Capacity:
    """Adds up the capacity that a client's requests consume. It is thread-safe."""

    def __init__(self) -> None:
        self.units = 0.0
        self._lock = Lock()

    def ask(self, params: Mapping[str, Any], model: Any, **_: object) -> dict[str, Any]:  # noqa: ANN401 - botocore's
        """The parameters of a request, with a request for the consumed capacity."""
        is_reported = "ReturnConsumedCapacity" in model.input_shape.members
        return {**params, "ReturnConsumedCapacity": "TOTAL"} if is_reported else dict(params)

    def add(self, parsed: Mapping[str, Any], **_: object) -> None:
        """Add the capacity in a response."""
        reported = parsed.get("ConsumedCapacity", [])
        with self._lock:
            self.units += sum(each["CapacityUnits"] for each in (reported if isinstance(reported, list) else [reported]))


@contextmanager
def consumed(client: DynamoDBClient) -> Iterator[Capacity]:
    """Measure what a client's requests consume meanwhile: the sum of read and write units."""
    capacity = Capacity()
    events: Any = client.meta.events
    events.register("provide-client-params.dynamodb", capacity.ask)
    events.register("after-call.dynamodb", capacity.add)
    try:
        yield capacity
    finally:
        events.unregister("provide-client-params.dynamodb", capacity.ask)
        events.unregister("after-call.dynamodb", capacity.add)
