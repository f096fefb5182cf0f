"""Bodies as text, in the charset that they are declared in."""

from __future__ import annotations

import encodings
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.delivery import charsets

PAGES = {
    "ISO-8859-1": ("latin-1", "Zugriff verweigert für diesen Schlüssel"),
    "latin1": ("cp1252", "Zugriff „verweigert“, 5 €"),
    "iso-8859-2": ("iso8859-2", "Přístup odepřen"),
    "ISO-8859-15": ("iso8859-15", "5 €, où"),
    "windows-1251": ("cp1251", "Доступ запрещён"),
    "koi8-r": ("koi8-r", "Доступ запрещён"),
    "utf-16": ("utf-16", "Zugriff für 日本"),
    "UTF-16LE": ("utf-16-le", "Zugriff für 日本"),
    "utf-16be": ("utf-16-be", "\ufeffZugriff für 日本"),
    "Shift_JIS": ("shift_jis", "アクセスが拒否されました"),
    "windows-31j": ("cp932", "①アクセスが拒否されました"),
    "EUC-JP": ("euc_jp", "アクセスが拒否されました"),
    "iso-2022-jp": ("iso2022_jp", "アクセスが拒否されました"),
    "gb2312": ("gbk", "访问被拒绝"),
    "GB18030": ("gb18030", "访问被拒绝"),
    "Big5": ("big5", "存取被拒"),
    "euc-kr": ("euc_kr", "접근이 거부되었습니다"),
    "utf-8": ("utf-8", "Zugriff für 日本"),
}


@pytest.mark.parametrize(("label", "page"), PAGES.items(), ids=PAGES.keys())
def test_a_page_is_read_in_the_charset_that_it_is_declared_in(label: str, page: tuple[str, str]) -> None:
    codec, text = page
    assert charsets.text_of(text.encode(codec), f"text/html; charset={label}") == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    "content_type",
    ['text/html; charset="iso-8859-1"', "text/html;charset=ISO-8859-1", "TEXT/HTML; Level=1; Charset = 'latin1' ; x=y"],
)
def test_a_charset_is_found_however_it_is_written(content_type: str) -> None:
    assert charsets.text_of(b"f\xfcr", content_type) == "für"


@pytest.mark.parametrize(
    "content_type", [None, "text/html", "text/html; charset=", "text/html; charset=x-unknown", "charset"]
)
def test_without_a_known_charset_it_is_utf_8_or_none(content_type: str | None) -> None:
    assert charsets.text_of("für".encode(), content_type) == "für"
    assert charsets.text_of(b"f\xfcr", content_type) is None


def test_what_is_not_in_its_declared_charset_is_read_as_utf_8() -> None:
    assert charsets.text_of("für".encode(), "text/html; charset=utf-16") == "für"


@pytest.mark.parametrize(
    "label", ["zip", "zlib", "rot13", "hex", "base64", "unicode_escape", "idna", "punycode", "utf-7", "bz2"]
)
def test_no_label_makes_anything_else_of_a_body_than_text(label: str) -> None:
    assert charsets.text_of(b"6869 +AGE- \\x41", f"text/html; charset={label}") == "6869 +AGE- \\x41"


def test_labels_that_nobody_knows_take_no_memory() -> None:
    """Python remembers each name of a codec that it was asked for, known or not."""
    before = len(vars(encodings)["_cache"])
    for number in range(50):
        charsets.text_of(b"a", f"text/html; charset=x-{number}")
    assert len(vars(encodings)["_cache"]) <= before + 1


@pytest.mark.parametrize(
    "body", [gzip.compress(b"x" * 1_000, mtime=0), b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", bytes(range(256))]
)
def test_what_is_compressed_or_an_image_is_no_text_whatever_is_declared(body: bytes) -> None:
    assert charsets.text_of(body, "text/html; charset=iso-8859-1") is None


@pytest.mark.parametrize(
    ("codec", "label"), [("utf-8", ""), ("utf-8", "utf-8"), ("utf-16-le", "utf-16le"), ("shift_jis", "sjis")]
)
def test_a_body_that_is_cut_in_a_character_is_text_up_to_it(codec: str, label: str) -> None:
    cut = "拒否さ".encode(codec)[:-1]
    assert charsets.text_of(cut, f"text/plain; charset={label}", is_cut=True) == "拒否"
    assert charsets.text_of(cut, f"text/plain; charset={label}") is None


def test_a_cut_does_not_make_text_of_what_is_none() -> None:
    assert charsets.text_of(b"a\xff\xffb", is_cut=True) is None


@given(st.binary(max_size=200), st.sampled_from([*PAGES, "none", ""]), st.booleans())
def test_no_bytes_are_more_than_one_json_string(body: bytes, label: str, is_cut: bool) -> None:  # noqa: FBT001 - drawn
    text = charsets.text_of(body, f"text/html; charset={label}", is_cut=is_cut)
    assert text is None or text.encode() is not None
