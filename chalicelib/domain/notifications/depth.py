"""How many deliveries led to a notification, one after the other.

Every request to a receiver says its depth. A receiver that sends a notification in reaction, and hands the header on, has
it counted; one that leads straight back to `POST /notifications` hands it on by itself. A service in between that drops the
header begins again at 0.
"""

from __future__ import annotations

from typing import Final

from chalicelib.domain.errors import InvalidInput, NotificationLoop

HEADER: Final = "posthorn-depth"
_DIGITS_MAX: Final = 6


def parse(text: str | None) -> int:
    """The depth in a header or an attribute, 0 if there is none; raise `InvalidInput` for what is no depth."""
    given = "0" if text is None else text.strip()
    if not (given.isascii() and given.isdigit() and len(given) <= _DIGITS_MAX):
        message = f"{given[:50]!r} is no depth: {HEADER} is a whole number of at most {_DIGITS_MAX} digits."
        raise InvalidInput(message, {HEADER: "It is no whole number."})
    return int(given)


def check(depth: int, depth_max: int) -> None:
    """Raise `NotificationLoop` for a notification that more deliveries led to than are allowed."""
    if depth > depth_max:
        message = (
            f"{depth} deliveries led to this notification, one after the other; {depth_max} may (NOTIFICATION_DEPTH_MAX). "
            "A webhook probably leads back to this service: change its URL, or narrow its notification types."
        )
        raise NotificationLoop(message)
