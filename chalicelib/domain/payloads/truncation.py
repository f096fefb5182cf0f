"""Truncates texts to what a receiver accepts, with an ellipsis at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.domain.payloads import raw_json

if TYPE_CHECKING:
    from collections.abc import Callable

ELLIPSIS: Final = "…"
_BEYOND_UTF16: Final = "\uffff"
_SLACK_ESCAPES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
"""The three escapes that Slack requires (docs.slack.dev/messaging/formatting-message-text)."""


def cut(text: str, room: int, size_of: Callable[[str], int]) -> str:
    """The whole text, or as many of its characters as fit into `room` together with an ellipsis.

    Args:
        text: the text. A character is never divided.
        room: how much fits, in the unit of `size_of`.
        size_of: the size of one character at the receiver.

    """
    end, used, room_before_ellipsis = 0, 0, room - size_of(ELLIPSIS)
    for character in text:
        used += size_of(character)
        if used > room:
            return text[:end] + ELLIPSIS
        end += used <= room_before_ellipsis
    return text


def utf16_units(character: str) -> int:
    """The UTF-16 code units of a character. Receivers count these or code points, and these are never fewer."""
    return 2 if character > _BEYOND_UTF16 else 1


def json_bytes(character: str) -> int:
    """The bytes that a character takes in a body, escaped as JSON requires, in UTF-8."""
    if " " <= character <= "~" and character not in '"\\':
        return 1
    return len(raw_json.quote(character).encode()) - 2


def slack_characters(character: str) -> int:
    """The characters that a character takes after it is escaped for Slack."""
    return len(_SLACK_ESCAPES.get(character, character))


def for_slack(text: str) -> str:
    """Escape what would start a link, a mention or an entity."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
