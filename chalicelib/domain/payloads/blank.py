"""Texts with nothing in them to see. Chats refuse them: Slack's answer is ``no_text``, for one."""

from __future__ import annotations

from typing import Final

_SEEN_AS_NOTHING: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Hangul's fillers and Braille's blank pattern: printable by their category, and drawn as nothing."""


def is_blank(text: str) -> bool:
    """Whether a text has white space, control and format characters (such as a zero-width space) only, or nothing at all."""
    return not any(each.isprintable() and not each.isspace() and each not in _SEEN_AS_NOTHING for each in text)
