"""Middleware: error responses of Chalice itself, security headers, CORS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.api import answers, cors, errors, sizes
from chalicelib.composition import process
from chalicelib.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Request, Response


def shaped(request: Request | None, get_response: Callable[[Request | None], Response]) -> Response:
    """Give Chalice's own errors (405, 415…) the service's format, and every response the security headers."""
    try:
        response = get_response(request)
    except Exception as error:  # noqa: BLE001 - callers see nothing of the exception; it is logged with its traceback
        response = errors.answer_to_unexpected(error, request)
    if isinstance(response.body, dict):
        response = errors.reshaped(request, response)
    if not sizes.fits(response.body):
        response = errors.answer_too_large(request)
    if origin := _cors_origin():
        response = cors.allowed(request, response, origin)
    response.headers = {**answers.SECURITY_HEADERS, **response.headers}
    return response


def _cors_origin() -> str:
    """The allowed origin, if any. If the settings are invalid there is none, and the view has reported that."""
    try:
        return process.current().settings.cors_origin
    except SettingsError:
        return ""
