"""How long things take in the simulated account, each with its source.

All are constants. In reality they have tails (one in a hundred SQS hops takes 105 ms). These would be the same on both sides
of each comparison, and would only make the ratios better.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from testbed.account.virtual_time import VirtualTime

HOP_S: Final = 0.010
"""From a message on the queue to the handler's first line. SendMessage to handler was 13.7 ms at best and 16.2 ms in the
median (bitesizedserverless.com/bite/serverless-messaging-latency-compared, 2022); `SEND_S` is the other part of it."""
SEND_S: Final = 0.006
"""A SendMessageBatch."""
READ_S: Final = 0.004
"""A GetItem, a Query, a BatchGetItem: DynamoDB's "single-digit millisecond" (docs.aws.amazon.com/amazondynamodb)."""
WRITE_S: Final = 0.005
"""A PutItem, an UpdateItem, a BatchWriteItem."""
CORE_SHARE: Final = 512 / 1_769
"""The share of a core of a function with 512 MB (docs.aws.amazon.com/lambda: 1,769 MB are one)."""
NOTIFY_CPU_S: Final = 0.001 / CORE_SHARE
"""CPU of a notification: parsing, rendering, three to four requests to AWS."""
DELIVERY_CPU_S: Final = 0.0005 / CORE_SHARE
"""CPU of a delivery: the aim of the benchmark `delivery`."""
INVOCATION_CPU_S: Final = 0.001 / CORE_SHARE
"""CPU of a batch in addition to its deliveries: reading the event, requests to AWS."""
COLD_START_S: Final = 0.4
"""A cold start: 150 ms of CPU for INIT (`make bench-imports`), and the creation of the environment."""

_ITEMS_MAX: Final = {"write": 25, "get_many": 100, "send": 10}
"""The maximum of one request: BatchWriteItem, BatchGetItem, SendMessageBatch."""
_READS: Final = frozenset({"get", "get_many", "matching", "due", "unpurged", "names", "page"})


class Timed:
    """A port whose calls take as long as their requests to AWS, and take effect at the end."""

    def __init__(self, port: object, time: VirtualTime) -> None:
        self._port = port
        self._time = time

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the port has
        """The port's method, with its duration."""
        method = getattr(self._port, name)

        def call(*args: Any, **kwargs: Any) -> object:  # noqa: ANN401 - as the port has it
            self._time.sleep(_duration_s(name, args))
            return method(*args, **kwargs)

        self.__dict__[name] = call
        return call


def _duration_s(name: str, args: tuple[Any, ...]) -> float:
    each_s = READ_S if name in _READS else SEND_S if name == "send" else WRITE_S
    return each_s * (math.ceil(len(args[0]) / _ITEMS_MAX[name]) if name in _ITEMS_MAX else 1)
