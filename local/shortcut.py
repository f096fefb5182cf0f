"""Takes requests for DynamoDB and SQS straight to those services, past what ministack looks at for all the others.

It knows these insides of ministack, whose version is therefore exact: what `app.app` does for such a request. That is to set
whose it is, to call `handle_request` of the service's module, and to name the answer's type.
"""

from __future__ import annotations

import logging
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from ministack.core import responses, router
from ministack.services import dynamodb, sqs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

logger = logging.getLogger(__name__)

SERVICES: Final = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs"}
"""By the head of `X-Amz-Target`."""
_MODULES: Final = {"dynamodb": dynamodb, "sqs": sqs}
_CONTENT_TYPE: Final = "application/x-amz-json-1.0"
"""Both services speak it; ministack would load botocore's models to know."""
_FAILED: Final = b'{"__type": "InternalError"}'


def shortened(application: Application) -> Application:
    """The same application, by a shorter way for the two services."""

    async def shortcut(scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's
        headers = dict(scope.get("headers", ()))
        service = SERVICES.get(headers.get(b"x-amz-target", b"").partition(b".")[0].decode("latin-1"))
        if service is None or b"content-encoding" in headers:
            await application(scope, receive, send)
            return
        await _serve(
            service,
            scope,
            {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()},
            receive,
            send,
        )

    return shortcut


async def _serve(
    service: str,
    scope: dict[str, Any],
    headers: dict[str, str],
    receive: Any,  # noqa: ANN401 - ASGI's
    send: Any,  # noqa: ANN401 - ASGI's
) -> None:
    responses.set_request_account_id(router.extract_access_key_id(headers))
    responses.set_request_region(router.extract_region(headers))
    body = (await receive())["body"]
    status, shown, content = await _answered(service, scope, headers, body)
    shown |= {"Content-Type": _CONTENT_TYPE, "x-amzn-requestid": str(uuid.uuid4())}
    lines = [(name.encode("latin-1"), str(value).encode("latin-1")) for name, value in shown.items()]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": content if isinstance(content, bytes) else content.encode()})


async def _answered(
    service: str, scope: dict[str, Any], headers: dict[str, str], body: bytes
) -> tuple[int, dict[str, str], Any]:
    try:
        status, shown, content = await _MODULES[service].handle_request(scope["method"], scope["path"], headers, body, {})
    except Exception:  # ministack answers so, too
        logger.exception("engine: a request to %s failed", service)
        return HTTPStatus.INTERNAL_SERVER_ERROR, {}, _FAILED
    return status, shown, content
