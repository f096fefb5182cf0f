"""The rate limits in HTTP.

The headers are those of draft-ietf-httpapi-ratelimit-headers-06, the last version with one header for each number: more
clients read it than the structured fields of later versions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import RateLimited

if TYPE_CHECKING:
    from chalice.app import Response

    from chalicelib.domain.directory.rate_limit import Balance

LIMIT: Final = "RateLimit-Limit"
REMAINING: Final = "RateLimit-Remaining"
RESET: Final = "RateLimit-Reset"
HEADERS: Final = (LIMIT, REMAINING, RESET)


def require(balance: Balance | None) -> None:
    """Raise `RateLimited` if the request exceeds the limit."""
    if balance is not None and balance.is_exceeded:
        message = (
            f"This key or its user may make {balance.limit:,} requests a minute (REQUESTS_PER_KEY_PER_MINUTE_MAX, "
            f"REQUESTS_PER_USER_PER_MINUTE_MAX). Try again in {balance.reset_s} s."
        )
        raise RateLimited(message, balance.reset_s)


def with_headers(response: Response, balance: Balance | None) -> Response:
    """The response with the headers of the rate limit."""
    if balance is not None:
        numbers = (balance.limit, balance.remaining, balance.reset_s)
        response.headers.update(zip(HEADERS, map(str, numbers), strict=True))
    return response
