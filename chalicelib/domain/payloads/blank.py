"""Recognises texts without a visible character, which chats refuse. Slack, for example, answers ``no_text``."""

from __future__ import annotations

from typing import Final

_SEEN_AS_NOTHING: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Hangul fillers and the Braille blank pattern: printable by their category, but invisible."""


def is_blank(text: str) -> bool:
    """Whether a text is empty, or has only white space, control and format characters (such as a zero-width space)."""
    return not any(each.isprintable() and not each.isspace() and each not in _SEEN_AS_NOTHING for each in text)
