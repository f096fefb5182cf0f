"""What stands around the application: Chalice's own refusals are given the service's shape here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.api import answers, cors, errors, sizes
from chalicelib.composition import process
from chalicelib.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice.app import Request, Response


def shaped(request: Request | None, get_response: Callable[[Request | None], Response]) -> Response:
    """Give Chalice's own refusals (405, 415…) the service's shape, and every answer the security headers."""
    try:
        response = get_response(request)
    except Exception as error:  # noqa: BLE001 - nothing of it may reach a caller; it is logged with its trace
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
    """The origin that may call the API, if any. If the settings are bad there is none, and the view has answered so."""
    try:
        return process.current().settings.cors_origin
    except SettingsError:
        return ""
