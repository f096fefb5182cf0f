"""Bodies of responses as text, in the charset that they declare."""

from __future__ import annotations

import codecs
import re
from typing import Final

_DECLARED: Final = re.compile(r""";\s*charset\s*=\s*["']?([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_BYTE_ORDER_MARK: Final = "\ufeff"
_BINARY: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
"""Control characters that no text has: such a body is an image, or compressed, even if it declares a charset."""

_CODECS: Final = {
    label: codec
    for codec, labels in {
        "cp1252": "ascii us-ascii iso-8859-1 iso8859-1 latin1 latin-1 l1 windows-1252 cp1252",
        "cp1254": "iso-8859-9 iso8859-9 latin5 windows-1254 cp1254",
        "cp874": "iso-8859-11 tis-620 windows-874 cp874",
        "iso8859-2": "iso-8859-2 iso8859-2 latin2",
        "iso8859-3": "iso-8859-3 iso8859-3 latin3",
        "iso8859-4": "iso-8859-4 iso8859-4 latin4",
        "iso8859-5": "iso-8859-5 iso8859-5 cyrillic",
        "iso8859-6": "iso-8859-6 iso8859-6 arabic",
        "iso8859-7": "iso-8859-7 iso8859-7 greek",
        "iso8859-8": "iso-8859-8 iso8859-8 iso-8859-8-i hebrew",
        "iso8859-10": "iso-8859-10 iso8859-10 latin6",
        "iso8859-13": "iso-8859-13 iso8859-13",
        "iso8859-14": "iso-8859-14 iso8859-14",
        "iso8859-15": "iso-8859-15 iso8859-15 latin-9 latin9",
        "iso8859-16": "iso-8859-16 iso8859-16",
        "cp1250": "windows-1250 cp1250",
        "cp1251": "windows-1251 cp1251",
        "cp1253": "windows-1253 cp1253",
        "cp1255": "windows-1255 cp1255",
        "cp1256": "windows-1256 cp1256",
        "cp1257": "windows-1257 cp1257",
        "cp1258": "windows-1258 cp1258",
        "cp866": "ibm866 cp866",
        "koi8-r": "koi8-r koi8",
        "koi8-u": "koi8-u",
        "mac-roman": "macintosh x-mac-roman",
        "utf-16": "utf-16",
        "utf-16-le": "utf-16le",
        "utf-16-be": "utf-16be",
        "cp932": "shift-jis shift_jis sjis x-sjis ms_kanji windows-31j cp932",
        "euc_jp": "euc-jp x-euc-jp",
        "iso2022_jp": "iso-2022-jp",
        "gb18030": "gb18030 gbk x-gbk gb2312 gb_2312-80 cp936",
        "big5hkscs": "big5 big5-hkscs x-x-big5",
        "cp949": "euc-kr ks_c_5601-1987 korean windows-949 cp949",
    }.items()
    for label in labels.split()
}
"""Labels that receivers write, to Python's codecs; ISO 8859-1 means Windows-1252 (encoding.spec.whatwg.org, 4.2).

A list of our own: `codecs.lookup` would take "zip" and "rot13" as well, and remember each label that it does not know.
"""


def text_of(body: bytes, content_type: str | None = None, *, is_cut: bool = False) -> str | None:
    """A body as text; ``None`` if it is none.

    Args:
        body: what came.
        content_type: the header of that name. Without a charset in it, or with one that is unknown or wrong, UTF-8 is tried.
        is_cut: whether there was more of it, so that its last character may be there in part; that part is left out.

    """
    declared = _DECLARED.search(content_type or "")
    codec = _CODECS.get(declared[1].lower()) if declared is not None else None
    text = _decoded(body, codec, is_cut=is_cut) if codec is not None else None
    if text is not None and _BINARY.search(text) is None:
        return text.removeprefix(_BYTE_ORDER_MARK)
    return _decoded(body, "utf-8", is_cut=is_cut)


def _decoded(body: bytes, codec: str, *, is_cut: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(codec)().decode(body, final=not is_cut)
    except UnicodeError:
        return None
