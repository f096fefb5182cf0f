"""Ids that sort by time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import ids
from chalicelib.domain.ids import RecordId
from tests.domain.samples import NOON, at

moments = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants it so
entropies = st.binary(min_size=10, max_size=10)


def _millisecond(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@given(moments, entropies, moments, entropies)
def test_ids_sort_by_time_then_by_entropy(early: datetime, one: bytes, late: datetime, other: bytes) -> None:
    first, second = (_millisecond(early), one), (_millisecond(late), other)
    assert (first < second) == (ids.sortable(*first) < ids.sortable(*second))
    assert (first == second) == (ids.sortable(*first) == ids.sortable(*second))


@given(moments, entropies)
def test_the_time_is_read_back_to_the_millisecond(moment: datetime, entropy: bytes) -> None:
    part = ids.sortable(moment, entropy)
    assert ids.is_part(part)
    assert ids.time_of(part) == _millisecond(moment)
    assert ids.floor_at(moment) <= part < ids.floor_at(moment + timedelta(milliseconds=1)) or moment.year == 9999


def test_the_layout_is_ulids() -> None:
    assert ids.sortable(datetime(2016, 7, 30, 23, 54, 10, 259_000, UTC), b"\x00" * 10) == "01arz3ndek" + "0" * 16


def test_a_time_before_the_epoch_is_taken_for_the_epoch() -> None:
    assert ids.time_of(ids.sortable(datetime(1960, 1, 1, tzinfo=UTC), b"\x00" * 10)) == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_time_beyond_the_calendar_is_taken_for_its_end() -> None:
    assert ids.time_of("7" + "z" * 25) == datetime(9999, 12, 31, 23, 59, 59, 999_000, UTC)


def test_derived_ids_repeat_themselves_and_differ_by_every_part() -> None:
    ways: list[tuple[datetime, *tuple[str, ...]]] = [
        (NOON, "a", "bc"),
        (NOON, "ab", "c"),
        (NOON, "abc"),
        (at(1), "a", "bc"),
        (NOON, "a", "bc", ""),
    ]
    made = [ids.derived(moment, *parts) for moment, *parts in ways]
    assert made == [ids.derived(moment, *parts) for moment, *parts in ways]
    assert len(set(made)) == len(ways)


def test_derived_ids_can_be_made_of_half_a_surrogate_pair() -> None:
    assert ids.is_part(ids.derived(NOON, "\ud800"))


@given(moments, entropies, entropies)
def test_a_record_id_is_read_back_from_its_public_form(moment: datetime, one: bytes, other: bytes) -> None:
    record_id = RecordId(ids.WEBHOOK + ids.sortable(moment, one), ids.sortable(moment, other))
    assert RecordId.parse(str(record_id)) == record_id
    assert str(record_id).startswith("rec_")


PART = ids.sortable(NOON, b"0123456789")


@pytest.mark.parametrize(
    "text",
    [
        "", "rec_", PART, f"rec_{PART}", f"rec_{PART}{PART[:-1]}", f"rec_{PART}{PART}0", f"wh_{PART}{PART}",
        f"rec_{PART} {PART}", f"REC_{PART}{PART}", f"rec_{PART}{PART.upper()}", f"rec_{PART}{'u' * 26}",
        f"rec_8{PART[1:]}{PART}",
        f"rec_{PART}{PART}\n", f"rec_{PART}{'٣' * 26}", f"rec_rec_{PART}{PART}",
    ],
)  # fmt: skip
def test_what_is_no_record_id_is_not_read_as_one(text: str) -> None:
    assert RecordId.parse(text) is None


@pytest.mark.parametrize(
    ("text", "is_id"),
    [
        (f"wh_{PART}", True),
        (PART, False),
        (f"wh_{PART}\n", False),
        (f"msg_{PART}", False),
        (f"wh_wh_{PART}", False),
        ("wh_", False),
    ],
)
def test_an_id_has_its_prefix_and_its_length(text: str, *, is_id: bool) -> None:
    assert ids.is_id(ids.WEBHOOK, text) is is_id
