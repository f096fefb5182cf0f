"""The outcome of an exchange: some receivers answer 200, and report a failure in the body."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.payloads.formats import BodyFormat

if TYPE_CHECKING:
    from chalicelib.domain.delivery.attempt import Exchange, Response

_TEAMS_ERROR: Final = re.compile(rb"HTTP error ([1-5][0-9]{2})", re.IGNORECASE)
"""A Teams connector's error in the body of a 200 (learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors)."""
_TEAMS_FAILURE: Final = b"Webhook message delivery failed"
_MEANINGS: Final = {
    b"429": "it is throttled, so too much was sent at once",
    b"413": "the message is too large",
    b"403": "the connector is switched off, or may not post",
    b"404": "the connector or its channel is gone",
}


def of(exchange: Exchange, body_format: BodyFormat) -> tuple[FailureCause | None, str]:
    """The failure's cause (``None`` for success) and a sentence about the outcome."""
    cause, message = exchange.judge()
    if cause is not None or exchange.response is None or body_format is not BodyFormat.TEAMS:
        return cause, message
    problem = _teams_problem(exchange.response)
    return (None, message) if problem is None else (FailureCause.STATUS, problem)


def _teams_problem(response: Response) -> str | None:
    error = _TEAMS_ERROR.search(response.body)
    if error is not None:
        meaning = f": {_MEANINGS[error[1]]}" if error[1] in _MEANINGS else ""
        return f"Teams answered {response.status}, and in the body HTTP error {error[1].decode()}{meaning}."
    if _TEAMS_FAILURE.lower() in response.body.lower():
        return f"Teams answered {response.status}, and in the body that the delivery failed."
    return None
