"""Texts cut to what a receiver takes: an ellipsis at the end says that there was more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.domain.payloads import raw_json

if TYPE_CHECKING:
    from collections.abc import Callable

ELLIPSIS: Final = "…"
_BEYOND_UTF16: Final = "\uffff"
_SLACK_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""The three that Slack asks for (docs.slack.dev/messaging/formatting-message-text)."""


def cut(text: str, room: int, size_of: Callable[[str], int]) -> str:
    """The text whole, or as many of its characters as fit into `room` with an ellipsis behind them.

    Args:
        text: what is to fit; a character is never divided.
        room: how much fits, in the unit of `size_of`.
        size_of: what one character takes at the receiver.

    """
    end, used, room_before_ellipsis = 0, 0, room - size_of(ELLIPSIS)
    for character in text:
        used += size_of(character)
        if used > room:
            return text[:end] + ELLIPSIS
        end += used <= room_before_ellipsis
    return text


def utf16_units(character: str) -> int:
    """What a character counts where strings are UTF-16: the larger of the two ways in which receivers count."""
    return 2 if character > _BEYOND_UTF16 else 1


def json_bytes(character: str) -> int:
    """The bytes that a character takes in a body: escaped as JSON asks, in UTF-8."""
    if " " <= character <= "~" and character not in '"\\':
        return 1
    return len(raw_json.quote(character).encode()) - 2


def slack_characters(character: str) -> int:
    """What a character counts once it is escaped for Slack."""
    return len(_SLACK_ESCAPES.get(character, character))


def for_slack(text: str) -> str:
    """Escape what would begin a link, a mention or an entity."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
