"""The depth of a notification: the number of deliveries that led to it.

Every request to a receiver contains its depth. If a receiver sends a notification in reaction and copies the header, it is
counted. A webhook that calls `POST /notifications` directly copies it automatically. A service in between that drops the
header starts again at 0.
"""

from __future__ import annotations

from typing import Final

from chalicelib.domain.errors import InvalidInput, NotificationLoop

HEADER: Final = "posthorn-depth"
_DIGITS_MAX: Final = 6


def parse(text: str | None) -> int:
    """The depth in a header or an attribute, 0 if there is none; raise `InvalidInput` if it is not a number."""
    given = "0" if text is None else text.strip()
    if not (given.isascii() and given.isdigit() and len(given) <= _DIGITS_MAX):
        message = f"{given[:50]!r} is not a depth: {HEADER} must be a whole number of at most {_DIGITS_MAX} digits."
        raise InvalidInput(message, {HEADER: "It is not a whole number."})
    return int(given)


def check(depth: int, depth_max: int) -> None:
    """Raise `NotificationLoop` if more deliveries led to a notification than the limit allows."""
    if depth > depth_max:
        message = (
            f"A chain of {depth} deliveries led to this notification. The limit is {depth_max} (NOTIFICATION_DEPTH_MAX). "
            "A webhook probably calls this service: change its URL, or narrow its notification types."
        )
        raise NotificationLoop(message)
