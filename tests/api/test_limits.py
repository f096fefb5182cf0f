"""Every answer of every route fits Lambda's 6 MB, whatever is in it."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from chalicelib.api import sizes
from chalicelib.composition import process
from chalicelib.settings import Settings
from tests.api import lambdas, promises, worst
from tests.api.town import SETTINGS
from tests.api.worst import CONTROL, QUOTE, WorstTown
from tests.api.worst_calls import CALLS
from tests.domain.samples import recorded

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def town() -> Iterator[WorstTown]:
    made = WorstTown()
    with process.using(made.service):
        yield made


@pytest.mark.parametrize("route", CALLS, ids=" ".join)
def test_the_largest_answer_of_a_route_fits(
    town: WorstTown, route: tuple[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    CALLS[route](town)
    assert not {"answer.too_large", "request.failed"} & {each.msg for each in caplog.records}


def test_the_largest_answer_of_a_test_fits(
    town: WorstTown, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The worker makes the attempt while the API waits."""
    webhook_id = town.webhook_of(town.anna)

    def deliver(seconds: float) -> None:
        town.world.clock.advance(seconds)
        town.world.history.write([recorded(each.attempt, worst.an_exchange()) for each in town.world.deliveries.sent])

    monkeypatch.setattr(town.world.clock, "sleep", deliver)
    given = f'{{"notification":{worst.a_notification()}}}'
    assert town.anna.post_text(f"/webhooks/{webhook_id}/test", given).status == 200
    assert "answer.too_large" not in caplog.text


def test_no_route_is_left_out() -> None:
    assert set(promises.operations()) == CALLS.keys() | {("post", "/webhooks/{webhook_id}/test")}


def test_the_settings_of_these_tests_are_the_largest_that_an_operator_can_choose() -> None:
    for each in fields(Settings):
        value = getattr(worst.LARGEST, each.name)
        assert value in {getattr(SETTINGS, each.name), each.metadata.get("bounds", (None, None))[1]}


def test_an_answer_that_nobody_foresaw_is_an_error_that_says_so(
    town: WorstTown, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sizes, "BODY_BYTES_MAX", 1_000)
    answer = town.anna.get("/webhooks/actions")
    assert (answer.status, "answer.too_large" in caplog.text) == (500, True)


@pytest.mark.parametrize("text", ["", "a", QUOTE, "\\", CONTROL, "\n", "é", "😀", "\x7f", "a" * 7])
def test_a_body_weighs_what_lambda_counts(text: str) -> None:
    assert sizes.quoted(text) == lambdas.bytes_of({"body": text}) - lambdas.bytes_of({"body": ""}) + 2
