"""The bytes in CloudWatch Logs: the service's own lines, and the lines of Lambda and API Gateway for each call."""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from benchmarks.cost.usage import Kind, Usage
from chalicelib.adapters.logs import JsonFormatter

if TYPE_CHECKING:
    from collections.abc import Iterator

EVENT_BYTES: Final = 26
"""CloudWatch Logs counts this many for each event, in addition to its text (docs.aws.amazon.com, PutLogEvents)."""
_ID: Final = "79b4f56e-95b1-4643-9700-2807f4e68189"
PLATFORM: Final = tuple(
    json.dumps(line, separators=(",", ":"))
    for line in (
        {
            "time": "2026-03-01T12:00:00.046Z",
            "type": "platform.start",
            "record": {"requestId": _ID, "version": "$LATEST"},
        },
        {
            "time": "2026-03-01T12:00:00.300Z",
            "type": "platform.report",
            "record": {
                "requestId": _ID,
                "metrics": {"durationMs": 253.123, "billedDurationMs": 254, "memorySizeMB": 512, "maxMemoryUsedMB": 112},
                "status": "success",
            },
        },
    )
)
"""Lambda's lines for one invocation, in its JSON format at the level INFO (docs.aws.amazon.com/lambda,
"Working with Lambda function logs"): there is no END line in it."""
ACCESS_BYTES: Final = 330
"""A line of API Gateway's access log in the format of `infra/template/api.json`, filled in."""


class _Counting(logging.Handler):
    def __init__(self, usage: Usage) -> None:
        super().__init__()
        self._usage = usage
        self.setFormatter(JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        count(self._usage, record.getMessage(), len(self.format(record).encode()))


def count(usage: Usage, event: str, size_bytes: int) -> None:
    """Add one event."""
    usage.add(Kind.LOG_BYTES, event, size_bytes + EVENT_BYTES)


@contextmanager
def counted(usage: Usage) -> Iterator[None]:
    """Count the service's own lines, without printing them."""
    root = logging.getLogger("chalicelib")
    before, level, propagates = root.handlers[:], root.level, root.propagate
    root.handlers[:], root.propagate = [_Counting(usage)], False
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.handlers[:], root.propagate = before, propagates
        root.setLevel(level)
