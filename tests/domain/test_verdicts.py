"""Success as each receiver means it."""

from __future__ import annotations

import pytest

from chalicelib.domain.delivery import verdicts
from chalicelib.domain.delivery.attempt import FailureCause, Response
from chalicelib.domain.payloads.formats import BodyFormat
from tests.domain.samples import broken, exchange

OTHERS = [each for each in BodyFormat if each is not BodyFormat.TEAMS]
THROTTLED = b"Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x"


def _answer(status: int, body: bytes) -> Response:
    return Response(status, (), body)


def test_teams_says_200_and_means_that_it_throttles() -> None:
    cause, message = verdicts.of(exchange(response=_answer(200, THROTTLED)), BodyFormat.TEAMS)
    assert cause is FailureCause.STATUS
    assert message == "Teams answered 200, and in the body HTTP error 429: it is throttled, so too much was sent at once."


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"... returned HTTP error 413 with", "the message is too large"),
        (b"... returned HTTP error 500 with", "HTTP error 500."),
        (b"webhook message delivery failed with error: x", "that the delivery failed"),
    ],
)
def test_teams_says_200_and_means_a_failure(body: bytes, said: str) -> None:
    cause, message = verdicts.of(exchange(response=_answer(200, body)), BodyFormat.TEAMS)
    assert cause is FailureCause.STATUS
    assert said in message


@pytest.mark.parametrize(("status", "body"), [(200, b"1"), (202, b""), (200, b"HTTP error"), (200, b"\xff")])
def test_teams_says_it_well(status: int, body: bytes) -> None:
    assert verdicts.of(exchange(response=_answer(status, body)), BodyFormat.TEAMS)[0] is None


@pytest.mark.parametrize("body_format", OTHERS)
def test_to_others_the_status_is_all(body_format: BodyFormat) -> None:
    came = exchange(response=_answer(200, THROTTLED))
    assert verdicts.of(came, body_format) == came.judge()


@pytest.mark.parametrize("body_format", BodyFormat)
def test_discords_204_is_a_success_and_a_failure_stays_one(body_format: BodyFormat) -> None:
    assert verdicts.of(exchange(204), body_format)[0] is None
    assert verdicts.of(exchange(410), body_format)[0] is FailureCause.GONE
    assert verdicts.of(broken(), body_format)[0] is FailureCause.TIMEOUT
