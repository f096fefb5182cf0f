"""Headers of an owner's own: what may be added to a request, and what would change its meaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import RefusedHeader
from chalicelib.domain.webhooks import headers

BAD = {
    "a CR in the value": ("x-a", "b\rc"),
    "an LF in the value": ("x-a", "b\nc: d"),
    "a CRLF in the value": ("x-a", "b\r\nhost: evil"),
    "a NUL in the value": ("x-a", "b\x00"),
    "a DEL in the value": ("x-a", "b\x7f"),
    "a space before the value": ("x-a", " b"),
    "a space behind the value": ("x-a", "b "),
    "a value that is not ASCII": ("x-a", "ü"),
    "a value with a line separator": ("x-a", "b\u2028c"),
    "a value with a lone surrogate": ("x-a", "\ud800"),
    "an empty value": ("x-a", ""),
    "a value of 4,097": ("x-a", "b" * 4_097),
    "a CR in the name": ("x\ra", "b"),
    "an LF in the name": ("x\na", "b"),
    "a NUL in the name": ("x\x00a", "b"),
    "a space in the name": ("x a", "b"),
    "a space behind the name": ("x-a ", "b"),
    "a colon in the name": ("x:a", "b"),
    "a name that is not ASCII": ("x-ü", "b"),
    "a Kelvin sign, which lowers to k": ("coo\u212aie", "b"),
    "an empty name": ("", "b"),
    "a name of 129": ("x" * 129, "b"),
    "host": ("Host", "evil.example"),
    "content-length": ("content-length", "0"),
    "transfer-encoding": ("Transfer-Encoding", "chunked"),
    "connection": ("connection", "close"),
    "keep-alive": ("keep-alive", "1"),
    "te": ("te", "trailers"),
    "trailer": ("trailer", "x"),
    "upgrade": ("upgrade", "h2c"),
    "expect": ("expect", "100-continue"),
    "proxy-authorization": ("Proxy-Authorization", "x"),
    "content-type": ("content-type", "text/html"),
    "content-encoding": ("content-encoding", "gzip"),
    "webhook-id": ("Webhook-Id", "msg_1"),
    "webhook-signature": ("webhook-signature", "v1,x"),
    "webhook-anything": ("webhook-x", "y"),
    "x-forwarded-for": ("X-Forwarded-For", "127.0.0.1"),
    "cookie": ("cookie", "a=b"),
}


@pytest.mark.hostile
@pytest.mark.parametrize(("name", "value"), BAD.values(), ids=BAD.keys())
def test_a_header_that_would_change_the_request_is_refused(name: str, value: str) -> None:
    with pytest.raises(RefusedHeader) as caught:
        headers.validated({name: value})
    assert f"headers.{name}" in caught.value.fields


def test_good_headers_are_kept_with_their_names_in_lower_case() -> None:
    given_ = {"Authorization": "Bearer a.b-c", "X-Team": "data\tscience, 1"}
    assert headers.validated(given_) == (("authorization", "Bearer a.b-c"), ("x-team", "data\tscience, 1"))


def test_a_name_that_stands_twice_is_refused() -> None:
    with pytest.raises(RefusedHeader, match="differ only in case"):
        headers.validated({"X-A": "1", "x-a": "2"})


def test_more_than_twenty_headers_are_refused() -> None:
    with pytest.raises(RefusedHeader, match="20"):
        headers.validated({f"x-{number}": "1" for number in range(21)})


def test_twenty_headers_are_taken() -> None:
    assert len(headers.validated({f"x-{number}": "1" for number in range(20)})) == 20


def test_a_value_never_stands_in_the_error() -> None:
    with pytest.raises(RefusedHeader) as caught:
        headers.validated({"x-a": "secret\n"})
    assert "secret" not in f"{caught.value.message}{caught.value.fields}"


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=4))
def test_whatever_passes_stands_on_one_line_of_ascii(sent: dict[str, str]) -> None:
    try:
        checked = headers.validated(sent)
    except RefusedHeader:
        return
    assert all(f"{name}{value}".isascii() and not set(f"{name}{value}") & set("\r\n\x00") for name, value in checked)
