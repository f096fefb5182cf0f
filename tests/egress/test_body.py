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
    assert (is_wanting_more, len(reader.kept)) == (False, 65_536)
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
    assert content.startswith(reader.kept)
    assert reader.is_truncated == (len(coded) > cap or len(content) > cap)
    assert reader.is_truncated or reader.kept == content


@given(st.binary(max_size=2_000), st.sampled_from(["gzip", "deflate", "x-gzip", "br", "gzip, gzip"]))
def test_no_bytes_make_the_reader_raise_or_keep_too_much(content: bytes, coding: str) -> None:
    reader = BodyReader(100, coding)
    reader.feed(content)
    assert len(reader.kept) <= 100
