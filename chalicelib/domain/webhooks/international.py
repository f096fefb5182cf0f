"""Hosts' names outside ASCII, read as browsers read them: UTS 46, non-transitional (unicode.org/reports/tr46).

The standard library reads them by IDNA 2003, with the Unicode of 2002: for some characters that is another host, and most
scripts of later versions it refuses or passes on unchecked.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
_PREFIX: Final = "xn--"
_JOINERS: Final = frozenset("\u200c\u200d")


class NotAName(ValueError):
    """A text that cannot be a host's name."""


def to_ascii(name: str) -> str:
    """A name with a character outside ASCII, as the DNS has it; raise `NotAName` if it cannot be one.

    What results is ASCII in lower case, and may still be no name: an address, or something with a slash in it. Joiners,
    which nobody can see, are refused, and so is what this Python's Unicode does not know.
    """
    # Its tables take 40 ms to load, which no URL in ASCII is to wait for.
    import idna  # noqa: PLC0415

    if not _JOINERS.isdisjoint(name):
        raise NotAName
    try:
        labels = idna.uts46_remap(name, std3_rules=False).split(".")
        is_bidirectional = any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for label in labels for each in label)
        for label in filter(None, labels):
            idna.check_initial_combiner(label)
            # One label that is read from the right makes the whole name one, and each label has to fit in (RFC 5893, 2).
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
