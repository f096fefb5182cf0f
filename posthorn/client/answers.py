"""Answers made into values, or into the errors that they are."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from posthorn.client import errors, raw_json

if TYPE_CHECKING:
    import requests

BUSY: Final = frozenset({502, 503, 504})
"""The service cannot for now, or what stands before it says so."""
_REDIRECTS: Final = range(300, 400)


def retry_after_s(answer: requests.Response) -> float:
    """The seconds for which the service wants to be left alone."""
    given = answer.headers.get("Retry-After", "")
    return float(given) if given.isascii() and given.isdigit() else 0.0


def is_rate_limited(answer: requests.Response) -> bool:
    """Whether the service has refused a request for its limits of a minute, and says when the next one begins."""
    return answer.status_code == HTTPStatus.TOO_MANY_REQUESTS and retry_after_s(answer) > 0


def checked(answer: requests.Response) -> requests.Response:
    """The answer, where it is no error; else raise it."""
    if answer.ok and answer.status_code not in _REDIRECTS:
        return answer
    if answer.status_code in _REDIRECTS:
        message = f"{answer.url} leads on to {answer.headers.get('Location')!r}: give the address of the service itself."
        raise errors.UnexpectedAnswer(message)
    try:
        told = answer.json()
        problem, others = told["error"], told.get("errors", ())
        kind = errors.kind_of(answer.status_code, problem["code"])
        raise kind(answer.status_code, problem, others, retry_after_s(answer))
    except (ValueError, KeyError, TypeError) as error:
        raise _unintelligible(answer) from error


def _unintelligible(answer: requests.Response) -> errors.PosthornClientError:
    """An error that the service has not shaped: a gateway's, or another server's."""
    message = f"{answer.url} answered {answer.status_code}, and not as a Posthorn service does. Is the address right?"
    if answer.status_code in BUSY:
        return errors.Unavailable(answer.status_code, {"code": "unavailable", "message": message})
    return errors.UnexpectedAnswer(message)


def value(answer: requests.Response) -> Any:  # noqa: ANN401 - any JSON
    """The JSON of an answer; `None` where there is none."""
    if not answer.content:
        return None
    try:
        return raw_json.values(answer.content.decode())
    except ValueError as error:
        raise _unintelligible(answer) from error
