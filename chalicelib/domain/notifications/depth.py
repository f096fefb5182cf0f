"""The depth of a notification: how many deliveries in a row led to it.

Every request to a receiver has its depth in a header. A receiver that sends a notification in reaction copies the header, so
that the depth is counted. A webhook that points straight at `POST /notifications` copies it by itself. A service in between
that drops the header starts again at 0.
"""

from __future__ import annotations

from typing import Final

from chalicelib.domain.errors import InvalidInput, NotificationLoop

HEADER: Final = "posthorn-depth"
_DIGITS_MAX: Final = 6


def parse(text: str | None) -> int:
    """The depth in a header or a message attribute, 0 if it is absent; raise `InvalidInput` if it is not a depth."""
    digits = "0" if text is None else text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS_MAX):
        message = f"{digits[:50]!r} is not a depth: {HEADER} must be a whole number of at most {_DIGITS_MAX} digits."
        raise InvalidInput(message, {HEADER: f"a whole number of at most {_DIGITS_MAX} digits is expected"})
    return int(digits)


def check(depth: int, depth_max: int) -> None:
    """Raise `NotificationLoop` if more deliveries led to the notification than are allowed."""
    if depth > depth_max:
        message = (
            f"{depth} deliveries in a row led to this notification; {depth_max} are allowed (NOTIFICATION_DEPTH_MAX). "
            "A webhook probably sends back to this service: change its URL, or narrow its notification types."
        )
        raise NotificationLoop(message)
