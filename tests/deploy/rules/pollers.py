"""Event source mappings that read SQS as Lambda's pollers do.

- At first five batches at once, and up to 300 more a minute while messages wait ("Configuring scaling behavior for SQS
  event source mappings", docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html). ministack goes to the limit
  immediately.
- Batches as large as BatchSize, if there is a window. ministack never takes more than ten. A batch is sent when it is full,
  when its window ends, or when it reaches 6 MB ("How Lambda processes records from stream and queue-based event sources",
  docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html). Messages that do not fit stay on the queue, and
  their receive count does not change.
"""

from __future__ import annotations

import json
import time
from itertools import islice
from typing import Any, Final

from ministack.services import lambda_svc, sqs

from testbed.aws.limits import (
    EVENT_BYTES_MAX,
    MESSAGES_WITHOUT_WINDOW_MAX,
    POLLERS_AT_FIRST,
    POLLERS_MAX,
    POLLERS_MORE_A_MINUTE,
)

_RECORD_BYTES: Final = 1_000
"""The size of a record in addition to its body: ids, the receipt handle, attributes, the queue's ARN, a trace header."""

_grown: Final[dict[str, tuple[float, float]]] = {}
"""For each mapping, the number of its pollers, and since when by the monotonic clock."""


def install() -> None:
    """Replace ministack's limit, and how it reads queues."""
    lambda_svc._sqs_esm_concurrency = _pollers
    sqs._receive_messages_for_esm = _batch


def _pollers(esm: dict[str, Any], function: dict[str, Any], config: dict[str, Any], queue: dict[str, Any]) -> int:
    reserved = lambda_svc._reserved_concurrency(function, config)
    declared = (esm.get("ScalingConfig") or {}).get("MaximumConcurrency") or POLLERS_MAX
    ceiling = min(int(declared), POLLERS_MAX if reserved is None else reserved)
    now_s = time.monotonic()
    count, since_s = _grown.get(esm["UUID"], (float(POLLERS_AT_FIRST), now_s))
    if _has_visible(queue):
        count = min(count + (now_s - since_s) * POLLERS_MORE_A_MINUTE / 60, float(POLLERS_MAX))
    elif not lambda_svc._esm_inflight.get(esm["UUID"], 0):
        count = float(POLLERS_AT_FIRST)
    _grown[esm["UUID"]] = count, now_s
    return min(int(count), ceiling)


def _has_visible(queue: dict[str, Any]) -> bool:
    now = time.time()
    return any(each.get("visible_at", 0) <= now for each in queue["messages"])


def _batch(queue_url: str, count_max: int) -> list[dict[str, Any]]:
    """The messages of the next batch; none yet if its window has not ended."""
    with sqs._queues_lock:
        queue = sqs._get_q(queue_url)
        sqs._expire_retained(queue)
        sqs._dlq_sweep(queue)
        window_s = _window_s(queue["attributes"]["QueueArn"])
        now = time.time()
        most = int(count_max) if window_s else min(int(count_max), MESSAGES_WITHOUT_WINDOW_MAX)
        visible = list(islice((each for each in queue["messages"] if each.get("visible_at", 0) <= now), most))
        fitting = _fitting(visible)
        is_full = len(visible) == most or fitting < len(visible)
        if not visible or not (is_full or visible[0]["visible_at"] + window_s <= now):
            return []
        taken: list[dict[str, Any]] = sqs._collect_msgs(
            queue, fitting, int(queue["attributes"].get("VisibilityTimeout", "30"))
        )
        return taken


def _window_s(queue_arn: str) -> float:
    """The window of the mapping that reads the queue."""
    windows = (
        float(esm.get("MaximumBatchingWindowInSeconds") or 0)
        for _, _, esm in lambda_svc._iter_all_esms()
        if esm.get("EventSourceArn") == queue_arn
    )
    return max(windows, default=0)


def _fitting(messages: list[dict[str, Any]]) -> int:
    """How many of the messages fit into an event of 6 MB."""
    size = 0
    for number, message in enumerate(messages):
        quoted = (message["body"], message.get("message_attributes") or {})
        size += _RECORD_BYTES + len(json.dumps(quoted, ensure_ascii=False).encode())
        if size > EVENT_BYTES_MAX:
            return number
    return len(messages)
