"""The wait that a receiver asks for, as it means it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.delivery import asked_wait
from chalicelib.domain.delivery.attempt import OutboundRequest, Response
from chalicelib.domain.delivery.schedule import RETRY_AFTER_MAX_S
from chalicelib.domain.payloads.formats import BodyFormat
from tests.domain.samples import NOON, exchange

_NOON_UNIX = int(NOON.timestamp())
_UNVERSIONED = "https://discord.com/api/webhooks/1/token"
_VERSIONED = "https://discord.com/api/v10/webhooks/1/token"


def _asked(
    headers: dict[str, str],
    body: bytes = b"",
    *,
    status: int = 429,
    url: str = "https://receiver.example/hook",
    body_format: BodyFormat = BodyFormat.SLACK,
) -> float | None:
    came = replace(
        exchange(), request=OutboundRequest(url, (), b"", 10), response=Response(status, tuple(headers.items()), body)
    )
    return asked_wait.seconds(came, body_format, NOON)


def _said(wait: Any) -> bytes:  # noqa: ANN401 - any value of JSON
    return json.dumps({"message": "You are being rate limited.", "retry_after": wait, "global": False}).encode()


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("60", 60),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60),
        (str(_NOON_UNIX + 60), 60),
        (str(_NOON_UNIX * 1_000 + 60_500), 60.5),
        (str(_NOON_UNIX - 1), None),
        (str(_NOON_UNIX), None),
        ("9999999999", RETRY_AFTER_MAX_S),
        ("1000000000", None),
        ("999999999", RETRY_AFTER_MAX_S),
    ],
)
def test_retry_after_is_seconds_a_date_or_a_unix_time(value: str, seconds: float | None) -> None:
    assert _asked({"Retry-After": value}) == seconds


@pytest.mark.parametrize("status", [301, 400, 408, 425, 500, 502, 504])
def test_retry_after_is_read_of_every_failure_and_the_others_are_not(status: int) -> None:
    others = {"X-RateLimit-Reset-After": "9"}
    assert _asked({"Retry-After": "60"}, status=status) == 60
    assert _asked(others, _said(9), status=status) is None


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"X-RateLimit-Reset-After": "6.457"}, b"", 6.457),
        ({"x-ratelimit-reset-after": " 2 "}, b"", 2),
        ({}, _said(6.457), 6.457),
        ({"Retry-After": "7", "X-RateLimit-Reset-After": "6.457"}, _said(9), 7),
        ({"X-RateLimit-Reset-After": "6.457"}, _said(9), 6.457),
        ({"Retry-After": "soon"}, _said(9), 9),
        ({"X-RateLimit-Reset-After": "1e9"}, b"", None),
        ({"X-RateLimit-Reset-After": "-1"}, b"", None),
        ({"X-RateLimit-Reset-After": "nan"}, b"", None),
        ({"X-RateLimit-Reset-After": "99999999"}, b"", RETRY_AFTER_MAX_S),
    ],
)
def test_without_a_retry_after_what_else_the_answer_says_counts(
    status: int, headers: dict[str, str], body: bytes, seconds: float | None
) -> None:
    assert _asked(headers, body, status=status) == seconds


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1]",
        b'"retry_after"',
        b"{}",
        _said(None),
        _said("9"),
        _said(True),  # noqa: FBT003 - a value of JSON
        _said(-1),
        _said({}),
        b'{"retry_after": NaN}',
        b'{"retry_after": 1e999}',
        b'{"retry_after": ' + b"9" * 5_000 + b"}",
        b'{"retry_after": ' + b"9" * 4_000 + b"}",
        b'{"a":' * 20_000,
        b'{"retry_after": 9}'[:-1],
        b'{"retry_after": "\xff"}',
    ],
)
def test_a_body_that_says_nothing_that_makes_sense_is_ignored(body: bytes) -> None:
    assert _asked({}, body) is None


@pytest.mark.parametrize(
    ("url", "seconds"),
    [
        (_UNVERSIONED, 6.5),
        ("https://discord.com/api/v6/webhooks/1/token", 6.5),
        ("https://discord.com/api/v7/webhooks/1/token", 6.5),
        ("https://discord.com/api/v8/webhooks/1/token", 6_500),
        (_VERSIONED, 6_500),
        ("https://proxy.example/for-discord", 6_500),
    ],
)
def test_discord_counts_milliseconds_in_urls_without_a_version_and_seconds_since_version_8(url: str, seconds: float) -> None:
    for headers, body in [({"Retry-After": "6500"}, b""), ({}, _said(6_500))]:
        assert _asked(headers, body, url=url, body_format=BodyFormat.DISCORD) == pytest.approx(seconds)


def test_discords_own_answer_is_read_as_it_is_meant() -> None:
    """As the unversioned URL gives it: the header and the body in milliseconds, the reset in seconds."""
    headers = {"Retry-After": "6457", "X-RateLimit-Reset-After": "6.457", "Content-Type": "application/json"}
    assert _asked(headers, _said(6_457), url=_UNVERSIONED, body_format=BodyFormat.DISCORD) == pytest.approx(6.457)


def test_of_what_discord_says_the_longest_wait_counts() -> None:
    """The header is that of the global limit, the reset that of the webhook's own."""
    headers = {"Retry-After": "65", "X-RateLimit-Reset-After": "1.5"}
    assert _asked(headers, _said(64.57), url=_VERSIONED, body_format=BodyFormat.DISCORD) == 65


def test_the_proxy_in_front_of_discord_counts_seconds() -> None:
    headers = {"Retry-After": "1200", "Content-Type": "text/html; charset=UTF-8"}
    assert _asked(headers, b"<html>", url=_UNVERSIONED, body_format=BodyFormat.DISCORD) == 1_200


@pytest.mark.parametrize("host", ["discord.com", "discordapp.com", "canary.discord.com", "ptb.discord.com"])
def test_discord_is_known_by_its_host_too(host: str) -> None:
    """A Discord URL that ends with ``/slack`` takes the Slack format."""
    assert _asked({"Retry-After": "6500"}, url=f"https://{host}/api/webhooks/1/token/slack") == 6.5


@pytest.mark.parametrize("host", ["notdiscord.com", "discord.com.example", "receiver.example"])
def test_others_count_seconds_whatever_their_path_is(host: str) -> None:
    assert _asked({"Retry-After": "6500"}, url=f"https://{host}/api/webhooks/1/token") == 6_500


def test_an_attempt_without_an_answer_asks_for_nothing() -> None:
    assert asked_wait.seconds(exchange(response=None), BodyFormat.SLACK, NOON) is None


@given(st.text(), st.text(), st.binary(), st.sampled_from(BodyFormat))
def test_no_answer_raises_or_goes_beyond_the_bounds(header: str, reset: str, body: bytes, body_format: BodyFormat) -> None:
    headers = {"Retry-After": header, "X-RateLimit-Reset-After": reset}
    wait_s = _asked(headers, b"{" + body, url=_UNVERSIONED, body_format=body_format)
    assert wait_s is None or 0 <= wait_s <= RETRY_AFTER_MAX_S
