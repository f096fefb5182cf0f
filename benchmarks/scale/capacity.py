"""Consumed capacity, as the engine tells it of each request: dynalite's is right for tables, though not for indexes."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient


class Capacity:
    """Adds up what a client's requests consumed; several threads may make them."""

    def __init__(self) -> None:
        self.units = 0.0
        self._lock = Lock()

    def ask(self, params: Mapping[str, Any], model: Any, **_: object) -> dict[str, Any]:  # noqa: ANN401 - botocore's
        """The parameters of a request, that asks for the capacity."""
        is_told = "ReturnConsumedCapacity" in model.input_shape.members
        return {**params, "ReturnConsumedCapacity": "TOTAL"} if is_told else dict(params)

    def add(self, parsed: Mapping[str, Any], **_: object) -> None:
        """Take up what an answer tells."""
        told = parsed.get("ConsumedCapacity", [])
        with self._lock:
            self.units += sum(each["CapacityUnits"] for each in (told if isinstance(told, list) else [told]))


@contextmanager
def consumed(client: DynamoDBClient) -> Iterator[Capacity]:
    """What a client's requests consume meanwhile, reading and writing units together."""
    capacity = Capacity()
    events: Any = client.meta.events
    events.register("provide-client-params.dynamodb", capacity.ask)
    events.register("after-call.dynamodb", capacity.add)
    try:
        yield capacity
    finally:
        events.unregister("provide-client-params.dynamodb", capacity.ask)
        events.unregister("after-call.dynamodb", capacity.add)
