"""The limit of 6 MB: an invocation whose event or response is larger fails.

"Lambda quotas", docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: invocation payload, request and response,
6 MB each, synchronous. The size of the response is that of the JSON that Lambda's Python runtime writes: not escaped to
ASCII since 3.12 (aws/aws-lambda-python-runtime-interface-client, lambda_runtime_marshaller.py). Then API Gateway returns
502.
"""

from __future__ import annotations

import json
from typing import Any, Final

from ministack.services import lambda_svc

from testbed.aws.limits import ANSWER_BYTES_MAX, EVENT_BYTES_MAX

_execute: Final = lambda_svc._execute_function_warm


def install() -> None:
    """Measure each invocation."""
    lambda_svc._execute_function_warm = _measured


def _measured(function: dict[str, Any], event: object, request_id: str) -> dict[str, Any]:
    if _bytes(event, separators=(",", ":")) > EVENT_BYTES_MAX:
        return _failed("RequestTooLargeException", f"Request must be smaller than {EVENT_BYTES_MAX} bytes")
    result: dict[str, Any] = _execute(function, event, request_id)
    if not result.get("error") and _bytes(result.get("body")) > ANSWER_BYTES_MAX:
        message = f"Response payload size exceeded maximum allowed payload size ({ANSWER_BYTES_MAX} bytes)."
        return _failed("Function.ResponseSizeTooLarge", message) | {"log": result.get("log", "")}
    return result


def _bytes(value: object, **options: Any) -> int:  # noqa: ANN401 - json's
    return len(json.dumps(value, ensure_ascii=False, **options).encode("utf-8", "surrogatepass"))


def _failed(kind: str, message: str) -> dict[str, Any]:
    return {"error": True, "body": {"errorType": kind, "errorMessage": message}, "log": message}
