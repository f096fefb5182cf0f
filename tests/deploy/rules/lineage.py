"""Recursive loop detection: the 17th invocation of a function in one chain is refused.

A refused batch stays on the queue. It is hidden for the visibility timeout, its receive count increases, and the queue's
redrive policy moves it to the dead-letter queue ("Lambda will stop the next invocation and sends the event to a
Dead-Letter Queue", aws.amazon.com/about-aws/whats-new/2023/07/aws-lambda-detects-recursive-loops-lambda-functions). What
passes through DynamoDB or EventBridge starts a new chain, since neither keeps the header ("Use Lambda recursive loop
detection to prevent infinite loops", docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html).
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any, Final

from ministack.services import lambda_svc, sqs

from testbed.aws.lineage import Lineage

_handle: Final = sqs.handle_request
_system_attributes: Final = sqs._build_send_sys_attrs
_run_batch: Final = lambda_svc._run_sqs_batch

_received: ContextVar[str] = ContextVar("_received", default="")
"""The trace header of the current request to SQS."""
_invoking: ContextVar[str] = ContextVar("_invoking", default="")
"""The trace header of the current invocation's batch."""


def install() -> None:
    """Store the header with messages, pass it to invocations, and count."""
    sqs.handle_request = _handle_request
    sqs._build_send_sys_attrs = _with_header
    lambda_svc._run_sqs_batch = _counted
    lambda_svc._xray_trace_id_for_invocation = _trace_id


async def _handle_request(method: str, path: str, headers: dict[str, str], *rest: object) -> tuple[Any, ...]:
    token = _received.set(headers.get("x-amzn-trace-id", ""))
    try:
        answer: tuple[Any, ...] = await _handle(method, path, headers, *rest)
        return answer
    finally:
        _received.reset(token)


def _with_header(now: float, given: dict[str, Any]) -> dict[str, Any]:
    """A message attribute takes precedence over the request's header, as in SQS."""
    attributes: dict[str, Any] = _system_attributes(now, given)
    if header := _received.get():
        attributes.setdefault("AWSTraceHeader", header)
    return attributes


def _counted(esm: dict[str, Any], function: object, event: object, batch: list[dict[str, Any]], *queue: object) -> None:
    name = esm["FunctionName"]
    chain = Lineage.of(each.get("sys", {}).get("AWSTraceHeader", "") for each in batch).invoked(name)
    if chain.is_loop(name) and lambda_svc._recursive_loop_drop(name, lambda_svc._functions[name], chain.count(name)):
        esm["LastProcessingResult"] = "FAILED"
        return
    _invoking.set(chain.header)  # the batch has a context of its own
    _run_batch(esm, function, event, batch, *queue)


def _trace_id(config: dict[str, Any], *_inbound: object) -> str:
    """`_X_AMZN_TRACE_ID` of an invocation, with tracing on or off."""
    return _invoking.get() or Lineage.new().invoked(config["FunctionName"]).header
