"""What the log says of an attempt, and what it never says."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from chalicelib.adapters.logs import JsonFormatter
from chalicelib.delivery.deliver import ReceivedAttempt
from chalicelib.domain.delivery import signing
from chalicelib.domain.delivery.attempt import FailureCause, Response
from chalicelib.domain.webhooks.authentication import OAuth2Authentication
from testbed.fakes.service import FakeAdapters, service_on
from tests.delivery.granting import TOKEN_URL, granting
from tests.domain.samples import attempt, webhook

if TYPE_CHECKING:
    from testbed.fakes.sender import Answer

SECRET_URL = "https://hooks.example/services/T0/very-secret?token=hush"


def _lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [JsonFormatter().format(record) for record in caplog.records]


@pytest.mark.parametrize("answer", [200, 500, 410, FailureCause.TIMEOUT, FailureCause.BLOCKED_ADDRESS])
def test_an_attempt_makes_one_wide_line_without_a_secret(caplog: pytest.LogCaptureFixture, answer: Answer) -> None:
    caplog.set_level(logging.DEBUG)
    world = FakeAdapters()
    mine = replace(
        webhook(1),
        url=SECRET_URL,
        secrets=(signing.new_secret(b"s" * 32),),
        headers=(("x-key", "header-hush"),),
        authentication=OAuth2Authentication(TOKEN_URL, "client", "client-hush"),
    )
    world.webhooks.create(mine)
    world.sender.answers[TOKEN_URL] = granting("granted-hush")
    world.sender.answers[SECRET_URL] = answer
    service_on(world).deliver.batch([ReceivedAttempt("m-1", attempt(1), 1)])

    [line] = [json.loads(line) for line in _lines(caplog) if "delivery.attempted" in line]
    always = {"record_id", "notification_id", "notification_type", "outcome", "duration_ms"}
    of_failures = {"webhook_id", "delivery_id", "attempt_number", "trigger"}
    assert (of_failures <= line.keys(), of_failures.isdisjoint(line)) == (answer != 200, answer == 200)
    assert line.keys() >= always | ({"http_status"} if isinstance(answer, int) else set())
    assert ("failure_cause" in line) == (answer != 200)
    assert None not in line.values()
    assert isinstance(answer, int) or line["response_bytes"] == 0
    everything = "\n".join(_lines(caplog))
    assert "very-secret" not in everything
    assert "hush" not in everything
    assert mine.secrets[0].value not in everything


def test_a_token_that_is_not_to_be_had_makes_a_line_without_what_its_server_wrote(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    world = FakeAdapters()
    world.webhooks.create(webhook(1, authentication=OAuth2Authentication(TOKEN_URL, "client", "client-hush")))
    world.sender.answers[TOKEN_URL] = Response(401, (), b"bad secret: client-hush")
    service_on(world).deliver.batch([ReceivedAttempt("m-1", attempt(1), 1)])
    everything = "\n".join(_lines(caplog))
    assert "the token server answered 401" in everything
    assert "hush" not in everything
