"""The table from errors to HTTP statuses, and the format of error responses."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from chalicelib.api import answers
from chalicelib.domain import errors as domain
from chalicelib.domain.errors import PosthornError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalice.app import Request, Response

log = logging.getLogger(__name__)

RETRY_AFTER_S: Final = 5
FIELDS_MAX: Final = 20
"""A body can have more invalid fields than anybody reads."""
FIELD_NAME_LENGTH_MAX: Final = 200
PROBLEM_LENGTH_MAX: Final = 500
MESSAGE_LENGTH_MAX: Final = 1_000
"""A message may quote long input."""


class UnsupportedMediaType(PosthornError):
    """The body is not declared as JSON, or is encoded."""

    code = "unsupported_media_type"


STATUSES: Final[Mapping[type[PosthornError], HTTPStatus]] = MappingProxyType({
    domain.InvalidInput: HTTPStatus.BAD_REQUEST,
    domain.UnknownNotificationType: HTTPStatus.BAD_REQUEST,
    domain.InvalidCursor: HTTPStatus.BAD_REQUEST,
    domain.NotAuthenticated: HTTPStatus.UNAUTHORIZED,
    domain.Forbidden: HTTPStatus.FORBIDDEN,
    domain.NotFound: HTTPStatus.NOT_FOUND,
    domain.WebhookNotFound: HTTPStatus.NOT_FOUND,
    domain.RecordNotFound: HTTPStatus.NOT_FOUND,
    domain.RecoveryNotFound: HTTPStatus.NOT_FOUND,
    domain.UserNotFound: HTTPStatus.NOT_FOUND,
    domain.KeyNotFound: HTTPStatus.NOT_FOUND,
    domain.NotificationTypeNotFound: HTTPStatus.NOT_FOUND,
    domain.Conflict: HTTPStatus.CONFLICT,
    domain.WebhookPaused: HTTPStatus.CONFLICT,
    domain.WebhookDisabled: HTTPStatus.CONFLICT,
    domain.RecordExpunged: HTTPStatus.CONFLICT,
    domain.AnotherTestRunning: HTTPStatus.CONFLICT,
    domain.RecoveryRunning: HTTPStatus.CONFLICT,
    domain.NotificationIdTaken: HTTPStatus.CONFLICT,
    domain.VersionConflict: HTTPStatus.CONFLICT,
    domain.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    domain.SchemaViolation: HTTPStatus.UNPROCESSABLE_ENTITY,
    domain.RefusedUrl: HTTPStatus.UNPROCESSABLE_ENTITY,
    domain.RefusedHeader: HTTPStatus.UNPROCESSABLE_ENTITY,
    domain.InvalidExpression: HTTPStatus.UNPROCESSABLE_ENTITY,
    domain.NotificationLoop: HTTPStatus.UNPROCESSABLE_ENTITY,
    domain.LimitReached: HTTPStatus.TOO_MANY_REQUESTS,
    domain.RateLimited: HTTPStatus.TOO_MANY_REQUESTS,
    domain.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
})  # fmt: skip
"""Every error in `chalicelib.domain.errors`, and those of the API."""

_HEADERS: Final[Mapping[HTTPStatus, Mapping[str, str]]] = MappingProxyType({
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": "Bearer"},
    HTTPStatus.SERVICE_UNAVAILABLE: {"Retry-After": str(RETRY_AFTER_S)},
})  # fmt: skip

_CHALICE_CODES: Final[Mapping[HTTPStatus, str]] = MappingProxyType({
    HTTPStatus.BAD_REQUEST: domain.InvalidInput.code,
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: UnsupportedMediaType.code,
})  # fmt: skip


def status_of(error: PosthornError) -> HTTPStatus:
    """The status of the error's class, or of its nearest base class."""
    rows = (STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    return next(rows, HTTPStatus.INTERNAL_SERVER_ERROR)


def headers_of(status: HTTPStatus) -> dict[str, str]:
    """The headers of an error with this status."""
    return dict(_HEADERS.get(status, {}))


def detail(code: str, message: str, fields: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The members of an error. `fields` is left out if it is empty, and shortened if it is long."""
    shown = list((fields or {}).items())[:FIELDS_MAX]
    rest = (
        {"fields": {name[:FIELD_NAME_LENGTH_MAX]: problem[:PROBLEM_LENGTH_MAX] for name, problem in shown}} if shown else {}
    )
    return {"code": code, "message": message[:MESSAGE_LENGTH_MAX], **rest}


def answer(status: HTTPStatus, code: str, message: str, fields: Mapping[str, str] | None = None) -> Response:
    """An error response: ``{"error": {"code", "message", "fields"?}}``."""
    body = json.dumps({"error": detail(code, message, fields)})
    return answers.json_text(status, body, headers_of(status))


def answer_to(error: PosthornError) -> Response:
    """The response for an error of the domain."""
    response = answer(status_of(error), error.code, error.message, error.fields)
    if isinstance(error, domain.RateLimited):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def answer_to_unexpected(error: Exception, request: Request | None) -> Response:
    """The response for an unexpected error. It has an id by which the traceback is found in the log."""
    request_id = _request_id(request)
    route = request.path if request is not None else None
    log.error("request.failed", exc_info=error, extra={"request_id": request_id, "route": route})
    message = f"The service failed unexpectedly. Please report it with the request id {request_id}."
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", message)


def answer_too_large(request: Request | None) -> Response:
    """The response in place of one that is too large for Lambda: a 500 with a message, instead of a 502 without one.

    This should not happen: pages end early, and single objects have limits.
    """
    request_id, route = _request_id(request), request.path if request is not None else None
    log.error("answer.too_large", extra={"request_id": request_id, "route": route})
    message = f"The response does not fit into 6 MB. Request less, or report this with the request id {request_id}."
    return answer(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", message)


def reshaped(request: Request | None, response: Response) -> Response:
    """An error response of Chalice itself, in the service's format; its headers (``Allow``) stay."""
    status = HTTPStatus(response.status_code)
    code = _CHALICE_CODES.get(status, "internal_error")
    method = request.method if request is not None else "This"
    message = f"{method}: {status.phrase.lower()}."
    if "Allow" in response.headers:
        message = f"{method} is not allowed here. Use {response.headers['Allow']}."
    ours = answer(status, code, message)
    ours.headers.update(response.headers)
    return ours


def _request_id(request: Request | None) -> str:
    """API Gateway's request id, or else Lambda's."""
    if request is None:
        return "unknown"
    return str(request.context.get("requestId") or getattr(request.lambda_context, "aws_request_id", "unknown"))
