"""CORS: lets web pages of one other origin call the API, if the operator has set it.

Keys are sent in a header and never in a cookie, so a page has no more rights than the key that it was given
(fetch.spec.whatwg.org, "CORS protocol"). The console has the API's own origin and does not need CORS.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from chalice.app import Response

if TYPE_CHECKING:
    from chalice.app import Request

_PREFLIGHT: Final = "OPTIONS"
_SENT: Final = "Authorization, Content-Type, If-Match"
_READ: Final = "ETag, Link, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"
_REMEMBERED_S: Final = 7_200
"""Chromium caches a preflight no longer than this."""


def allowed(request: Request | None, response: Response, origin: str) -> Response:
    """The response with CORS headers; a preflight gets a response of its own."""
    headers: dict[str, Any] = {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": _READ,
        "Vary": "Origin",
    }
    if request is not None and request.method == _PREFLIGHT:
        headers |= {
            "Access-Control-Allow-Methods": response.headers.get("Allow", ""),
            "Access-Control-Allow-Headers": _SENT,
            "Access-Control-Max-Age": str(_REMEMBERED_S),
        }
        return Response("", headers, int(HTTPStatus.NO_CONTENT))
    response.headers.update(headers)
    return response
