"""How an exchange is judged."""

from __future__ import annotations

import pytest

from chalicelib.domain.delivery.attempt import FailureCause, Response
from tests.domain.samples import broken, exchange

SUCCESSES = [200, 201, 202, 204, 226, 299]
REDIRECTS = [300, 301, 302, 303, 304, 307, 308, 399]
FAILURES = [400, 401, 403, 404, 408, 409, 418, 422, 425, 429, 499, 500, 501, 502, 503, 504, 599]
NO_STATUS = [-1, 0, 99, 100, 101, 103, 199, 600, 999, 2_000]


@pytest.mark.parametrize("status", SUCCESSES)
def test_2xx_is_a_success(status: int) -> None:
    assert exchange(status).judge() == (None, f"The receiver answered {status}.")


@pytest.mark.parametrize("status", REDIRECTS)
def test_3xx_is_a_failure_that_is_not_followed(status: int) -> None:
    assert exchange(status).judge() == (FailureCause.STATUS, f"The receiver answered {status}; redirects are not followed.")


@pytest.mark.parametrize("status", FAILURES)
def test_4xx_and_5xx_are_failures(status: int) -> None:
    assert exchange(status).judge() == (FailureCause.STATUS, f"The receiver answered {status}.")


def test_410_is_a_cause_of_its_own() -> None:
    assert exchange(410).judge() == (FailureCause.GONE, "The receiver answered 410: it wants no more.")


@pytest.mark.parametrize("status", NO_STATUS)
def test_a_status_that_ends_no_exchange_is_a_bad_response(status: int) -> None:
    cause, message = exchange(status).judge()
    assert cause is FailureCause.BAD_RESPONSE
    assert str(status) in message


@pytest.mark.parametrize("cause", list(FailureCause))
def test_a_failure_on_the_way_is_told_as_it_was(cause: FailureCause) -> None:
    assert broken(cause).judge() == (cause, "It went wrong.")


@pytest.mark.parametrize(
    ("status", "cause"),
    [(204, None), (302, FailureCause.STATUS), (404, FailureCause.STATUS), (410, FailureCause.GONE)],
)
def test_what_is_wrong_with_a_body_is_said_behind_the_verdict_and_does_not_change_it(
    status: int, cause: FailureCause | None
) -> None:
    told = exchange(status, detail="Its body is incomplete: it did not end within 10 s.").judge()
    assert told[0] is cause
    assert told[1].startswith(f"The receiver answered {status}")
    assert told[1].endswith(" Its body is incomplete: it did not end within 10 s.")


def test_an_answer_that_does_not_count_is_a_failure_whatever_its_status() -> None:
    half = exchange(200, failure=FailureCause.BAD_RESPONSE, detail="It broke off.")
    assert half.judge() == (FailureCause.BAD_RESPONSE, "It broke off.")


def test_neither_answer_nor_failure_is_a_failure() -> None:
    assert exchange(response=None).judge()[0] is FailureCause.BAD_RESPONSE


@pytest.mark.parametrize(
    ("cause", "is_final"),
    [(cause, cause in {FailureCause.GONE, FailureCause.RENDERING}) for cause in FailureCause],
)
def test_only_what_cannot_change_by_itself_is_final(cause: FailureCause, *, is_final: bool) -> None:
    assert cause.is_final is is_final


def test_the_first_header_of_a_name_is_found_in_any_case() -> None:
    answer = Response(429, (("X-A", "1"), ("Retry-After", "5"), ("RETRY-AFTER", "9")), b"")
    assert answer.header("retry-after") == "5"
    assert answer.header("retry") is None
