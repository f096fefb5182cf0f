"""Turns HTTP responses into values or exceptions."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from posthorn.client import errors, raw_json

if TYPE_CHECKING:
    import requests

TEMPORARY: Final = frozenset({502, 503, 504})
"""The service, or a gateway in front of it, is unavailable for now."""
_REDIRECTS: Final = range(300, 400)


def retry_after_s(response: requests.Response) -> float:
    """The seconds to wait before the next request; 0 if the response does not say."""
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else 0.0


def is_rate_limited(response: requests.Response) -> bool:
    """Whether the request exceeded a rate limit per minute, and the response says when the next minute begins."""
    return response.status_code == HTTPStatus.TOO_MANY_REQUESTS and retry_after_s(response) > 0


def checked(response: requests.Response) -> requests.Response:
    """The response if it is a success; raise its error otherwise."""
    if response.ok and response.status_code not in _REDIRECTS:
        return response
    if response.status_code in _REDIRECTS:
        location = response.headers.get("Location")
        message = f"{response.url} redirects to {location!r}. Redirects are not followed: use the URL of the service itself."
        raise errors.UnexpectedResponseError(message)
    try:
        document = response.json()
        detail, elements = document["error"], document.get("errors", ())
        kind = errors.error_class(response.status_code, detail["code"])
        raise kind(response.status_code, detail, elements, retry_after_s(response))
    except (ValueError, KeyError, TypeError) as error:
        raise _not_from_the_service(response) from error


def _not_from_the_service(response: requests.Response) -> errors.PosthornError:
    """The error for a response that the service does not produce: it comes from a gateway or from another server."""
    message = f"{response.url} returned {response.status_code}, and not as a Posthorn service does. Check the URL."
    if response.status_code in TEMPORARY:
        return errors.ServerError(response.status_code, {"code": "unavailable", "message": message})
    return errors.UnexpectedResponseError(message)


def json_of(response: requests.Response) -> Any:  # noqa: ANN401 - any JSON
    """The JSON in a response; `None` if it has no body."""
    if not response.content:
        return None
    try:
        return raw_json.parse(response.content.decode())
    except ValueError as error:
        raise _not_from_the_service(response) from error
