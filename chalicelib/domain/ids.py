"""Ids: a readable prefix, then 26 characters of Crockford base32 that sort by time.

The layout is ULID's (github.com/ulid/spec): 48 bits of Unix milliseconds, 80 bits of entropy. An id that must be the same
when a step is repeated takes its entropy from a SHA-256 of its inputs, instead of from a random source.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PYTHONS_DIGITS: Final = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")
"""Python parses base 32 itself, with other letters."""
ENTROPY_BYTES: Final = 10
LENGTH: Final = 26
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS: Final = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
"""The end of Python's calendar. The layout would go on to the year 10889."""
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
    """Encode a time and the digest of `parts`: the same arguments always give the same id."""
    digest = hashlib.sha256("\x00".join(parts).encode("utf-8", "surrogatepass")).digest()
    return sortable(at, digest)


def time_of(part: str) -> datetime:
    """The time in 26 sortable characters."""
    return at_milliseconds(int(part.translate(_PYTHONS_DIGITS), 32) >> 80)


def floor_at(at: datetime) -> str:
    """The smallest sortable part of that millisecond: a bound for range queries."""
    return sortable(at, b"\x00" * ENTROPY_BYTES)


def is_part(text: str) -> bool:
    """Whether `text` can be a result of `sortable`."""
    return _PART.fullmatch(text) is not None


def is_id(prefix: str, text: str) -> bool:
    """Whether `text` is a well-formed id with that prefix."""
    return text.startswith(prefix) and is_part(text[len(prefix) :])


def milliseconds(at: datetime) -> int:
    """Whole Unix milliseconds, from the epoch on; the calendar ends within the 48 bits of the layout."""
    return max((at - _EPOCH) // timedelta(milliseconds=1), 0)


def at_milliseconds(count: int) -> datetime:
    """The reverse of `milliseconds`. A time after the end of the calendar is its end."""
    return _EPOCH + timedelta(milliseconds=min(count, _LATEST_MS))


@dataclass(frozen=True, slots=True, order=True)
class RecordId:
    """The id of an attempt's record: the webhook, and the position in that webhook's history.

    The public form contains both, so that a record is read with one GetItem.
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
