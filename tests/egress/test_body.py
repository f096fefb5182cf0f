"""The body reader by itself: bounded however the bytes are cut, and whatever they expand to."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.adapters.egress.body import BodyReader


@pytest.mark.hostile
@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_in_one_chunk_is_not_expanded_beyond_the_cap(coding: str) -> None:
    coder = zlib.compressobj(wbits=31 if coding == "gzip" else 15)
    bomb = b"".join(coder.compress(bytes(1 << 20)) for _ in range(50)) + coder.flush()
    reader = BodyReader(65_536, coding)
    tracemalloc.start()
    is_wanting_more = reader.feed(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (is_wanting_more, len(reader.content)) == (False, 65_536)
    assert peak < 1 << 20


@given(st.binary(max_size=300), st.integers(0, 200), st.lists(st.integers(1, 40), min_size=1, max_size=30))
@pytest.mark.parametrize("coding", ["", "gzip", "deflate"])
def test_what_is_kept_is_the_beginning_of_the_content_however_it_is_cut(
    coding: str, content: bytes, cap: int, cuts: list[int]
) -> None:
    coded = {"": content, "gzip": gzip.compress(content), "deflate": zlib.compress(content)}[coding]
    reader = BodyReader(cap, coding)
    position = 0
    for cut in [*cuts, len(coded)]:
        chunk, position = coded[position : position + cut], position + cut
        if not reader.feed(chunk):
            break
    assert content.startswith(reader.content)
    assert reader.is_truncated == (len(coded) > cap or len(content) > cap)
    assert reader.is_truncated or reader.content == content


PARTS = (b"first " * 30, b"", b"second " * 30)
MEMBERS = b"".join(map(gzip.compress, PARTS))


def _read(coded: bytes, step: int, encoding: str = "gzip", cap: int = 65_536) -> BodyReader:
    reader = BodyReader(cap, encoding)
    for position in range(0, len(coded), step):
        if not reader.feed(coded[position : position + step]):
            break
    return reader


@pytest.mark.parametrize("step", [1, 2, 7, 10_000])
@pytest.mark.parametrize("encoding", ["gzip", "x-gzip"])
def test_all_members_of_a_gzip_body_are_read(encoding: str, step: int) -> None:
    reader = _read(MEMBERS, step, encoding)
    assert (reader.content, reader.is_truncated, reader.problem) == (b"".join(PARTS), False, None)


@pytest.mark.parametrize("step", [1, 10_000])
@pytest.mark.parametrize("padding", [b"\0" * 9, b"\x1f", b"\x1fx", b"rubbish"])
def test_what_follows_the_last_member_is_dropped(padding: bytes, step: int) -> None:
    reader = _read(MEMBERS + padding + MEMBERS * (padding[:2] != b"\x1f"), step)
    assert (reader.content, reader.problem) == (b"".join(PARTS), None)


@pytest.mark.parametrize("cap", [0, 1, 180, 200, 389])
def test_members_together_are_cut_at_the_cap(cap: int) -> None:
    reader = _read(MEMBERS, 10_000, cap=cap)
    assert (reader.content, reader.is_truncated) == (b"".join(PARTS)[:cap], True)


@pytest.mark.hostile
def test_members_without_content_are_bounded_by_what_comes() -> None:
    reader = _read(gzip.compress(b"") * 100_000, 16_384)
    assert (reader.content, reader.is_truncated) == (b"", True)


@pytest.mark.parametrize("step", [1, 50, 10_000])
@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_coding_that_breaks_is_expanded_as_far_as_it_goes(encoding: str, step: int) -> None:
    content = bytes(range(256)) * 40
    coded = gzip.compress(content) if encoding == "gzip" else zlib.compress(content)
    reader = _read(coded[:-4] + b"nono", step, encoding)
    assert (reader.content, reader.problem) == (content, f"its {encoding} compression is corrupt")


def test_a_second_member_that_is_broken_leaves_the_first() -> None:
    reader = _read(gzip.compress(b"whole") + b"\x1f\x8b" + b"\xff" * 20, 10_000)
    assert (reader.content, reader.problem) == (b"whole", "its gzip compression is corrupt")


def test_a_coding_that_ends_early_says_so() -> None:
    reader = _read(gzip.compress(b"x" * 1_000)[:-3], 10_000)
    assert (reader.content, reader.problem) == (b"x" * 1_000, "its gzip compression ends early")


@given(st.binary(max_size=300), st.binary(max_size=50), st.integers(0, 300))
def test_a_broken_member_never_makes_the_reader_raise_or_keep_too_much(content: bytes, noise: bytes, cut: int) -> None:
    reader = BodyReader(100, "gzip")
    reader.feed(gzip.compress(content)[:cut] + noise)
    assert len(reader.content) <= 100


@given(st.binary(max_size=2_000), st.sampled_from(["gzip", "deflate", "x-gzip", "br", "gzip, gzip"]))
def test_no_bytes_make_the_reader_raise_or_keep_too_much(content: bytes, coding: str) -> None:
    reader = BodyReader(100, coding)
    reader.feed(content)
    assert len(reader.content) <= 100
