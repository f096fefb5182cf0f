"""Texts that are cut to what a receiver takes."""

from __future__ import annotations

import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.payloads import raw_json, truncation

ANY_TEXT = st.text(st.characters(exclude_categories=()))
TEXT = st.text(st.characters(codec="utf-8"))
SIZES = [len, truncation.utf16_units, truncation.json_bytes, truncation.slack_characters]


def _size(text: str, size_of: object) -> int:
    assert callable(size_of)
    return sum(size_of(each) for each in text)


@pytest.mark.parametrize(
    ("text", "room", "cut"),
    [("", 3, ""), ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("😀😀", 2, "😀😀"), ("😀😀😀", 2, "😀…")],
)
def test_what_fits_is_whole_and_what_does_not_ends_in_an_ellipsis(text: str, room: int, cut: str) -> None:
    assert truncation.cut(text, room, len) == cut


@pytest.mark.parametrize(("room", "cut"), [(6, "😀😀😀"), (5, "😀😀…"), (4, "😀…"), (3, "😀…"), (2, "…")])
def test_a_surrogate_pair_is_never_divided(room: int, cut: str) -> None:
    assert truncation.cut("😀😀😀", room, truncation.utf16_units) == cut


@pytest.mark.parametrize(("room", "cut"), [(10, "&&"), (9, "&…"), (6, "&…"), (5, "…")])
def test_an_entity_is_never_divided(room: int, cut: str) -> None:
    assert truncation.cut("&&", room, truncation.slack_characters) == cut


@pytest.mark.parametrize("size_of", SIZES)
@given(text=ANY_TEXT, room=st.integers(3, 40))
def test_a_cut_never_exceeds_the_room_and_wastes_less_than_a_character(text: str, room: int, size_of: object) -> None:
    assert callable(size_of)
    cut = truncation.cut(text, room, size_of)
    if _size(text, size_of) <= room:
        assert cut == text
        return
    kept = cut.removesuffix("…")
    assert text.startswith(kept)
    assert _size(cut, size_of) <= room
    assert _size(cut, size_of) + size_of(text[len(kept)]) > room


@given(ANY_TEXT)
def test_the_bytes_of_characters_are_those_of_the_body(text: str) -> None:
    assert _size(text, truncation.json_bytes) == sum(len(raw_json.quote(each).encode()) - 2 for each in text)


@given(TEXT)
def test_the_units_of_characters_are_those_of_utf16(text: str) -> None:
    assert _size(text, truncation.utf16_units) == len(text.encode("utf-16-le")) // 2


@given(TEXT)
def test_what_is_escaped_for_slack_reads_as_before(text: str) -> None:
    escaped = truncation.for_slack(text)
    assert not {"<", ">"} & set(escaped)
    assert len(escaped) == _size(text, truncation.slack_characters)
    assert escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


def test_slacks_entities_are_those_of_html() -> None:
    assert html.unescape(truncation.for_slack("<!channel> & <@U1>")) == "<!channel> & <@U1>"
    assert json.loads(raw_json.quote(truncation.for_slack("<!channel>"))) == "&lt;!channel&gt;"
