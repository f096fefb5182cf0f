from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import times

AT = datetime(2021, 10, 15, 15, 22, 10, tzinfo=UTC)
MIDNIGHT = datetime(2017, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2021-10-15T15:22:10Z", AT),
        ("2021-10-15T15:22:10z", AT),
        ("2021-10-15t15:22:10z", AT),
        ("2021-10-15 15:22:10Z", AT),
        ("2021-10-15t17:22:10+02:00", AT),
        ("2021-10-15T15:22:10.079z", AT + timedelta(milliseconds=79)),
        ("20211015T152210Z", AT),
        ("2021-10-15T15:22:10.123460Z", AT + timedelta(microseconds=123_460)),
        ("2021-10-15T15:22:10.235960+00:00", AT + timedelta(microseconds=235_960)),
    ],
)
def test_all_of_rfc_3339_is_read(text: str, at: datetime) -> None:
    assert times.parse(text) == at


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_python_writes_is_read(at: datetime) -> None:
    assert times.parse(at.isoformat()) == at


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2016-12-31T23:59:60Z", MIDNIGHT),
        ("2016-12-31t23:59:60z", MIDNIGHT),
        ("2016-12-31T15:59:60-08:00", MIDNIGHT),
        ("2016-12-31T23:59:60.5Z", MIDNIGHT + timedelta(milliseconds=500)),
        ("20161231T235960Z", MIDNIGHT),
    ],
)
def test_a_leap_second_is_the_second_after_it(text: str, at: datetime) -> None:
    """RFC 3339, 5.8, has the second and the third as examples of one leap second."""
    assert times.parse(text) == at


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "nonsense",
        "2021-10-15",
        "2021-10-15T15:22:10",
        "2021-10-15T15:22:60Z",
        "2016-12-31T23:58:60Z",
        "2016-12-31T23:59:61Z",
        "2016-12-31T23:59:600Z",
        "2016-12-31T23:60:00Z",
        "2016-12-31T23:59:60",
        "9999-12-31T23:59:60Z",
        "0001-01-01T00:00:00+01:00",
        "2021-10-60T15:22:10Z",
    ],
)
def test_what_is_no_time_with_a_zone_is_none(text: str) -> None:
    assert times.parse(text) is None
