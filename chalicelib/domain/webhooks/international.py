"""Host names outside ASCII, parsed as browsers do: UTS 46, non-transitional (unicode.org/reports/tr46).

The standard library uses IDNA 2003, with the Unicode of 2002. For some characters that gives another host, and most scripts
of later versions are refused or passed on unchecked.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
_PREFIX: Final = "xn--"
_JOINERS: Final = frozenset("\u200c\u200d")


class NotAName(ValueError):
    """The text cannot be a host name."""


def to_ascii(name: str) -> str:
    """A name with a character outside ASCII, as in the DNS; raise `NotAName` if it cannot be one.

    The result is ASCII in lower case, and may still not be a name: an address, or a text with a slash. Invisible joiners are
    refused, and so are characters that this Python's Unicode does not know.
    """
    # Its tables take 40 ms to load. URLs in ASCII do not pay for that.
    import idna  # noqa: PLC0415

    if not _JOINERS.isdisjoint(name):
        raise NotAName
    try:
        labels = idna.uts46_remap(name, std3_rules=False).split(".")
        is_bidirectional = any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for label in labels for each in label)
        for label in filter(None, labels):
            idna.check_initial_combiner(label)
            # If one label is right-to-left, the whole name is, and each label must match that (RFC 5893, 2).
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
