"""Internationalized host names, converted as browsers do: UTS 46, non-transitional (unicode.org/reports/tr46).

The standard library uses IDNA 2003, with the Unicode of 2002. For some characters that gives another host, and it refuses
most scripts of later versions or does not check them.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
_PREFIX: Final = "xn--"
_JOINERS: Final = frozenset("\u200c\u200d")


class NotAName(ValueError):
    """A text that cannot be a host name."""


def to_ascii(name: str) -> str:
    """Convert a name that is not ASCII to the form that DNS uses; raise `NotAName` if that is not possible.

    The result is ASCII in lower case. It may still not be a name: it can be an address, or have a slash in it. Joiners,
    which are invisible, are refused, and so are characters that this Python's Unicode does not know.
    """
    # Loading its tables takes 40 ms, which URLs in ASCII do not need.
    import idna  # noqa: PLC0415

    if not _JOINERS.isdisjoint(name):
        raise NotAName
    try:
        labels = idna.uts46_remap(name, std3_rules=False).split(".")
        is_bidirectional = any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for label in labels for each in label)
        for label in filter(None, labels):
            idna.check_initial_combiner(label)
            # One right-to-left label makes the whole name bidirectional, and every label has to comply (RFC 5893, 2).
            idna.check_bidi(label, check_ltr=is_bidirectional)
    except UnicodeError as error:
        raise NotAName from error
    return ".".join(map(_encoded, labels))


def _encoded(label: str) -> str:
    if label.isascii():
        return label
    if label.startswith(_PREFIX):
        raise NotAName
    return _PREFIX + label.encode("punycode").decode()
