"""Ids: a readable prefix and 26 characters of Crockford base32 that sort by time.

The layout is ULID's (github.com/ulid/spec): 48 bits of Unix milliseconds, 80 bits of entropy. If a repeated step must make
the same id again, the entropy is not random but a SHA-256 of what the id identifies.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PYTHONS_DIGITS: Final = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")
"""`int(text, 32)` reads base 32, but with other letters."""
ENTROPY_BYTES: Final = 10
LENGTH: Final = 26
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
"""The last time that `datetime` can hold. The layout itself lasts until the year 10889."""
_PART: Final = re.compile(rf"[0-7][{ALPHABET}]{{{LENGTH - 1}}}")

WEBHOOK: Final = "wh_"
DELIVERY: Final = "msg_"
RECORD: Final = "rec_"
NOTIFICATION: Final = "ntf_"
RECOVERY: Final = "rcv_"


def sortable(at: datetime, entropy: bytes) -> str:
    """Encode a time (to the millisecond) and 10 bytes as 26 characters that sort by time."""
    number = (milliseconds(at) << 80) | int.from_bytes(entropy[:ENTROPY_BYTES], "big")
    digits = []
    for _ in range(LENGTH):
        number, digit = divmod(number, 32)
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))


def derived(at: datetime, *parts: str) -> str:
    """Encode a time and a digest of `parts`. The same arguments always give the same id."""
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()
    return sortable(at, digest)


def time_of(part: str) -> datetime:
    """The time that 26 sortable characters encode."""
    return at_milliseconds(int(part.translate(_PYTHONS_DIGITS), 32) >> 80)


def floor_at(at: datetime) -> str:
    """The smallest sortable part of a millisecond, as a bound for range queries."""
    return sortable(at, b"\x00" * ENTROPY_BYTES)


def is_part(text: str) -> bool:
    """Whether `text` is a possible result of `sortable`."""
    return _PART.fullmatch(text) is not None


def is_id(prefix: str, text: str) -> bool:
    """Whether `text` is a well-formed id with that prefix."""
    return text.startswith(prefix) and is_part(text[len(prefix) :])


def milliseconds(at: datetime) -> int:
    """Whole Unix milliseconds, 0 for times before the epoch. Every `datetime` fits into the 48 bits of the layout."""
    return max((at - _EPOCH) // timedelta(milliseconds=1), 0)


def at_milliseconds(count: int) -> datetime:
    """The reverse of `milliseconds`. A count that is too large for `datetime` gives the last millisecond of its range."""
    return _EPOCH + timedelta(milliseconds=min(count, _LATEST_MS))


@dataclass(frozen=True, slots=True, order=True)
class RecordId:
    """The id of an attempt's record: the webhook, and the sort key within that webhook's history.

    The public form contains both, so a record is read with one GetItem.
    """

    webhook_id: str
    sort: str

    def __str__(self) -> str:
        """The public form: ``rec_<webhook part><sort part>``."""
        return f"{RECORD}{self.webhook_id.removeprefix(WEBHOOK)}{self.sort}"

    @classmethod
    def parse(cls, text: str) -> RecordId | None:
        """Parse the public form; ``None`` if `text` is not one."""
        parts = text.removeprefix(RECORD)
        webhook_part, sort = parts[:LENGTH], parts[LENGTH:]
        if not text.startswith(RECORD) or not (is_part(webhook_part) and is_part(sort)):
            return None
        return cls(f"{WEBHOOK}{webhook_part}", sort)
