"""Escapes producers' texts, so that a chat shows them unchanged.

A text comes from the sender of a notification, and the names in it from other people. It must not become a mention, a link
whose label differs from its target, or other markup. Each chat has its own escapes:

- Slack: ``&``, ``<`` and ``>`` as entities (docs.slack.dev/messaging/formatting-message-text). See `truncation.for_slack`.
- Discord: a backslash before each special character. ``allowed_mentions`` prevents mentions from notifying anybody
  (discord.com/developers/docs/resources/message, "Allowed Mentions Object").
- Mattermost: Markdown (CommonMark 0.31, 2.4 "Backslash escapes", 2.5 "Entity and numeric character references"). Before its
  server reads Markdown, it rewrites Slack's ``<url|label>`` and ``<!channel>`` at each raw ``<``
  (docs.mattermost.com/developers/integrate/slash-commands/slack). It has no escape for ``@all``, ``@channel`` and ``@here``.
- Google Chat: there is no escape (developers.google.com/workspace/chat/format-messages).
- Teams: a text in a `TextRun` is not parsed as Markdown (learn.microsoft.com/adaptive-cards/authoring-cards/text-features).

A plain URL is not changed. Every chat makes it a link whose label is the URL itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from chalicelib.domain.payloads import truncation

if TYPE_CHECKING:
    from collections.abc import Callable

_URL: Final = re.compile(r"(https?://[A-Za-z0-9./?=&%#:,+!$'_~-]+)")
"""The beginning of a URL, up to the first character that could end it or start other markup. The rest is escaped."""
_MARKS: Final = re.compile(r"[\\`*_~|\[\]<>#]")
_AT_A_LINES_START: Final = re.compile(r"(?m)^(\s*)([-+=])|^(\s*\d{1,9})([.)])")
_ESCAPED: Final = frozenset("\\`*_~|[]<>#-+=.)")

_MATTERMOST: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "@\N{ZERO WIDTH SPACE}"}
"""A zero-width space breaks a mention, since the server splits words at it."""
_MATTERMOST_MARKS: Final = re.compile(r"[\\`*_~|\[\]#]|[&<>@]")
_GOOGLE_CHAT: Final = str.maketrans("<>", "\u2039\u203a")
"""Links and mentions begin with ``<``. Single quotation marks replace ``<`` and ``>``."""


def for_discord(text: str) -> str:
    """Escape a text for Discord's `content`."""
    return _outside_urls(text, lambda part: _lines(_MARKS.sub(_backslash, part)))


def discord_units(character: str) -> int:
    """The most that a character can count after it is escaped for Discord."""
    return truncation.utf16_units(character) + (character in _ESCAPED)


def for_mattermost(text: str) -> str:
    """Escape a text for Mattermost's `text`."""
    return _outside_urls(text, lambda part: _lines(_MATTERMOST_MARKS.sub(_for_mattermost, part)))


def mattermost_characters(character: str) -> int:
    """The most that a character can count after it is escaped for Mattermost."""
    return len(_MATTERMOST.get(character, character)) + (character in _ESCAPED and character not in _MATTERMOST)


def for_google_chat(text: str) -> str:
    """Replace what Google Chat's `text` would interpret."""
    return text.translate(_GOOGLE_CHAT)


def google_chat_bytes(character: str) -> int:
    """The bytes that a character takes in a body after it is replaced for Google Chat."""
    return truncation.json_bytes(for_google_chat(character))


def _outside_urls(text: str, escaped: Callable[[str], str]) -> str:
    """Escape the text between URLs. A backslash in a URL would change its target."""
    return "".join(part if number % 2 else escaped(part) for number, part in enumerate(_URL.split(text)))


def _lines(text: str) -> str:
    """Escape what would start a list or a heading."""
    return _AT_A_LINES_START.sub(lambda match: rf"{match[1] or match[3] or ''}\{match[2] or match[4]}", text)


def _backslash(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def _for_mattermost(match: re.Match[str]) -> str:
    return _MATTERMOST.get(match[0]) or _backslash(match)
