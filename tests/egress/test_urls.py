"""The one parser: what it refuses, and that what it lets through means one thing only."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInput, RefusedUrl
from chalicelib.domain.webhooks import urls

MALFORMED = {
    "two parsers that disagree": "http://127.0.0.1\\@8.8.8.8/",
    "a backslash in the path": "https://example.com/a\\b",
    "a tab": "https://exam\tple.com/",
    "a line end": "https://example.com/\r\nX: y",
    "a leading space": " https://example.com/",
    "a trailing line end": "https://example.com/\n",
    "a space in the path": "https://example.com/a b",
    "a NUL": "https://example.com/\x00",
    "an escape character": "https://exam\x1bple.com/",
    "a C1 control character": "https://example.com/\x85",
    "a no-break space": "https://example.com/\xa0",
    "a zero-width space": "https://exam\u200bple.com/",
    "a right-to-left override": "https://example.com/\u202egnp.exe",
    "a soft hyphen": "https://exa\xadmple.com/",
    "a lone surrogate": "https://example.com/\ud800",
    "a bracketed IPv4": "http://[127.0.0.1]/",
    "a bracketed name": "http://[localhost]/",
    "an empty bracket": "http://[]/",
    "an open bracket": "http://[::1/",
    "a bracket in the middle": "http://a[::1]/",
    "something behind the bracket": "http://[::1]a/",
    "an IPv6 without brackets": "http://::1/",
    "an IPv6 with a zone": "http://[fe80::1%eth0]/",
    "an IPv6 with an encoded zone": "http://[fe80::1%25eth0]/",
    "an IPvFuture": "http://[v1.fe80::a]/",
    "a percent-encoded host": "http://%31%32%37.0.0.1/",
    "a percent-encoded dot": "http://127%2e0.0.1/",
    "a percent-encoded slash": "http://example.com%2f@127.0.0.1/".replace("@", "."),
    "an empty host": "https:///path",
    "only a port": "https://:443/",
    "an empty label": "https://a..b/",
    "a leading dot": "https://.example.com/",
    "a label of 64": f"https://{'a' * 64}.com/",
    "a host of 254": f"https://{'a.' * 126}ab/",
    "a hyphen at the start of a label": "https://-a.com/",
    "port 0": "https://example.com:0/",
    "port 65536": "https://example.com:65536/",
    "a negative port": "https://example.com:-1/",
    "an empty port": "https://example.com:/",
    "a port of letters": "https://example.com:http/",
    "a port of other digits": "https://example.com:٤٤٣/",
    "a signed port": "https://example.com:+443/",
    "two ports": "https://example.com:80:80/",
    "no scheme": "example.com/hook",
    "no slashes": "https:example.com",
    "one slash": "https:/example.com",
    "an empty text": "",
    "a fragment": "https://example.com/#a",
    "a fragment that hides a host": "http://8.8.8.8#@127.0.0.1/",
    "an IPv4 number too large": "http://4294967296/",
    "an IPv4 with five parts": "http://1.2.3.4.5/",
    "an IPv4 part too large": "http://1.2.3.256/",
    "an octal that is none": "http://09.0.0.1/",
    "a name that ends in a number": "http://example.1/",
    "a zero-width joiner": "https://a\u200db.example/",
    "a label that begins with a combining mark": "https://\u0301a.example/",
    "a label that is read from both sides": "https://aאb.example/",
    "a number beside a label that is read from the right": "https://1a.א.example/",
    "an encoded label with more in it": "https://xn--ü.example/",
    "a character that maps to a semicolon": "https://a\u037eb.example/",
    "254 characters outside ASCII": f"https://{'ü' * 254}/",
    "a fraction that becomes a slash": "https://exa\u2100mple.com/",
    "a full-width percent sign": "http://\uff05.com/",
    "an at sign in disguise": "http://a\uff20127.0.0.1/",
    "2,049 characters": "https://example.com/".ljust(2_049, "a"),
}
REFUSED = {
    "credentials": "https://user:password@example.com/",
    "a user": "https://user@example.com/",
    "an empty user": "https://@[::1]:9876",
    "two at signs": "http://a@8.8.8.8@127.0.0.1/",
    "a trailing dot": "http://localhost./",
    "a trailing dot before a port": "http://localhost.:80/",
    "an ideographic trailing dot": "http://localhost\u3002/",
    "a file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:11211/_stats",
    "ftp": "ftp://example.com/",
    "a dict server": "dict://127.0.0.1:11211/stats",
    "a scheme that begins like http": "httpx://example.com/",
    "a web socket": "wss://example.com/",
}


@pytest.mark.hostile
@pytest.mark.parametrize("url", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_url_is_invalid(url: str) -> None:
    with pytest.raises(InvalidInput):
        urls.parse(url)


@pytest.mark.hostile
@pytest.mark.parametrize("url", REFUSED.values(), ids=REFUSED.keys())
def test_a_well_formed_url_that_is_never_called_is_refused(url: str) -> None:
    with pytest.raises(RefusedUrl):
        urls.parse(url)


def test_http_is_refused_where_the_operator_says_so() -> None:
    with pytest.raises(RefusedUrl, match="https"):
        urls.parse("http://example.com/", allow_http=False)


@pytest.mark.hostile
@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0X7F.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("①②⑦.⓪.⓪.①", "127.0.0.1"),
        ("１２７。０。０。１", "127.0.0.1"),  # noqa: RUF001 - full-width digits are the subject
        ("0", "0.0.0.0"),
        ("2852039166", "169.254.169.254"),
        ("0xa9fea9fe", "169.254.169.254"),
        ("0251.0376.0251.0376", "169.254.169.254"),
        ("134744072", "8.8.8.8"),
        ("[::ffff:7f00:1]", "::ffff:7f00:1"),
        ("[0:0:0:0:0:0:0:1]", "::1"),
    ],
)
def test_an_odd_spelling_of_an_address_is_read_as_that_address(host: str, address: str) -> None:
    read = urls.parse(f"http://{host}/")
    assert (read.host.replace("::ffff:127.0.0.1", "::ffff:7f00:1"), urls.is_literal(read.host)) == (address, True)


@pytest.mark.parametrize(
    ("url", "origin", "target"),
    [
        ("https://example.com", "https://example.com:443", "/"),
        ("HTTPS://EXAMPLE.com/A", "https://example.com:443", "/A"),
        ("http://example.com:8080/a?b=c", "http://example.com:8080", "/a?b=c"),
        ("https://example.com?b=c", "https://example.com:443", "/?b=c"),
        ("https://example.com/a/../b/./c//d", "https://example.com:443", "/a/../b/./c//d"),
        ("https://example.com/%7e%2F%0d%0a", "https://example.com:443", "/%7e%2F%0d%0a"),
        ("https://example.com/é?ü=@:;,'\"<>{}|^`", "https://example.com:443", "/%C3%A9?%C3%BC=@:;,'\"<>{}|^`"),
        ("https://bücher.example/", "https://xn--bcher-kva.example:443", "/"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example:443", "/"),
        ("https://straße.example/", "https://xn--strae-oqa.example:443", "/"),
        ("https://STRASSE.example/", "https://strasse.example:443", "/"),
        ("https://βόλος.example/", "https://xn--nxasmm1c.example:443", "/"),
        ("https://ÖBB.at/", "https://xn--bb-eka.at:443", "/"),
        ("https://日本語。ＪＰ/", "https://xn--wgv71a119e.jp:443", "/"),  # noqa: RUF001 - full-width letters are the subject
        ("https://√.com/", "https://xn--19g.com:443", "/"),
        ("https://i❤.ws/", "https://xn--i-7iq.ws:443", "/"),
        ("https://\u13a0\u13a1.example/", "https://xn--58dc.example:443", "/"),
        ("https://a\ufe00b.example/", "https://ab.example:443", "/"),
        ("https://א1.example/", "https://xn--1-zhc.example:443", "/"),
        ("https://a_b.example/", "https://a_b.example:443", "/"),
        ("https://[2606:4700:0::1111]:8443/a", "https://[2606:4700::1111]:8443", "/a"),
        ("https://8.8.8.8/", "https://8.8.8.8:443", "/"),
        ("https://example.com/@a:b", "https://example.com:443", "/@a:b"),
        ("https://1.example.com/", "https://1.example.com:443", "/"),
    ],
)
def test_a_good_url_is_cut_into_its_parts_and_its_path_is_kept(url: str, origin: str, target: str) -> None:
    read = urls.parse(url)
    assert (read.origin, read.target) == (origin, target)


def test_a_url_of_the_greatest_length_is_read() -> None:
    assert len(urls.parse("https://example.com/".ljust(2_048, "a")).target) == 2_029


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://hooks.example.com/services/T0/B0/secret?token=secret", "https://hooks.example.com/…"),
        ("http://[::1]:8080/secret", "http://[::1]:8080/…"),
        ("https://user:secret@example.com/", "(a malformed URL)"),
        ("secret", "(a malformed URL)"),
    ],
)
def test_a_masked_url_shows_neither_path_nor_query(url: str, shown: str) -> None:
    assert urls.masked(url) == shown


def test_an_error_never_repeats_the_url() -> None:
    with pytest.raises(InvalidInput) as caught:
        urls.parse("https://example.com/secret#secret")
    assert "secret" not in f"{caught.value.message}{caught.value.fields}"


@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=80), st.sampled_from(["", "http://", "https://", "https://a"])
)
def test_any_text_is_read_or_refused_and_what_is_read_is_plain(text: str, start: str) -> None:
    try:
        read = urls.parse(start + text)
    except (InvalidInput, RefusedUrl):
        return
    again = urlsplit(read.origin + read.target)
    assert (again.scheme, again.hostname, again.port) == (read.scheme, read.host, read.port)
    assert read.target.isascii()
    assert read.target.isprintable()
    assert urls.parse(read.origin + read.target) == read
