"""The shapes in which receivers want their bodies.

What is too long is cut at the receiver's limit, and never refused: half a message is worth more than none. A producer's text
is shown as it is: `chalicelib.domain.payloads.escaping` says how for each chat.
"""

from __future__ import annotations

import json
from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.payloads import escaping, raw_json, truncation
from chalicelib.domain.payloads.reference_body import reference_body

if TYPE_CHECKING:
    from chalicelib.domain.notifications.notification import Notification

SLACK_TEXT_MAX: Final = 40_000
"""Characters of `text`, escapes included; Slack cuts what is longer (docs.slack.dev/reference/methods/chat.postMessage)."""
DISCORD_CONTENT_MAX: Final = 2_000
"""Characters of `content` (discord.com/developers/docs/resources/webhook#execute-webhook); here UTF-16 counts."""
TEAMS_BODY_BYTES_MAX: Final = 28 * 1_000
"""Microsoft speaks of 28 KB for a whole message, and does not say of which KB."""
TEAMS_SENTENCE_BYTES_MAX: Final = 14_000
TEAMS_FACTS_MAX: Final = 20
TEAMS_FACT_NAME_BYTES_MAX: Final = 100
TEAMS_FACT_VALUE_BYTES_MAX: Final = 400
"""So many such facts and such a sentence fit into a message, whatever is in them."""
GOOGLE_CHAT_BODY_BYTES_MAX: Final = 32_000
"""Bytes of a message (developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages)."""
MATTERMOST_TEXT_MAX: Final = 16_383
"""Characters of a post (docs.mattermost.com/developers/integrate/webhooks/incoming); the server splits what is longer."""
_GOOGLE_CHAT_FRAME_BYTES: Final = len('{"text":""}')


class BodyFormat(StrEnum):
    """For whom a body is made."""

    SLACK = "slack"
    """The reference page's body, key for key, for Slack."""
    STANDARD = "standard"
    """The payload that the Standard Webhooks specification recommends: type, timestamp, data."""
    DISCORD = "discord"
    TEAMS = "teams"
    """An Adaptive Card, for Workflows."""
    GOOGLE_CHAT = "googlechat"
    MATTERMOST = "mattermost"


def body(body_format: BodyFormat, notification: Notification, sentence: str) -> str:
    """The body that a receiver of this format gets.

    Args:
        body_format: whose.
        notification: what happened.
        sentence: the text for people.

    """
    match body_format:
        case BodyFormat.SLACK:
            text = truncation.cut(sentence, SLACK_TEXT_MAX, truncation.slack_characters)
            return reference_body(notification, truncation.for_slack(text))
        case BodyFormat.STANDARD:
            return _standard(notification)
        case BodyFormat.DISCORD:
            content = escaping.for_discord(truncation.cut(sentence, DISCORD_CONTENT_MAX, escaping.discord_units))
            return _dumped({"content": content, "allowed_mentions": {"parse": []}})
        case BodyFormat.TEAMS:
            return _dumped({"type": "message", "attachments": [_card(notification, sentence)]})
        case BodyFormat.GOOGLE_CHAT:
            room = GOOGLE_CHAT_BODY_BYTES_MAX - _GOOGLE_CHAT_FRAME_BYTES
            return _dumped({"text": escaping.for_google_chat(truncation.cut(sentence, room, escaping.google_chat_bytes))})
        case BodyFormat.MATTERMOST:
            text = truncation.cut(sentence, MATTERMOST_TEXT_MAX, escaping.mattermost_characters)
            return _dumped({"text": escaping.for_mattermost(text)})


def _standard(notification: Notification) -> str:
    """Type, timestamp and data (standard-webhooks.md, "Payload structure"); the data as the producer wrote it."""
    kind = raw_json.quote(notification.notification_type)
    timestamp = notification.accepted_at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    data = ",".join(f"{raw_json.quote(key)}:{value}" for key, value in notification.members.items())
    return raw_json.carriable(f'{{"type":{kind},"timestamp":"{timestamp}","data":{{{data}}}}}')


def _card(notification: Notification, sentence: str) -> dict[str, Any]:
    """An Adaptive Card of the sentence and, below it, what the metadata says in so many words.

    Every text is a `TextRun`: a `TextBlock` and the facts of a `FactSet` are read as Markdown.
    """
    text = truncation.cut(sentence, TEAMS_SENTENCE_BYTES_MAX, truncation.json_bytes)
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "RichTextBlock", "inlines": [_run(text)]}, *_facts(notification)],
    }
    return {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}


def _facts(notification: Notification) -> list[dict[str, Any]]:
    """The members that are words or numbers, a line each; objects, arrays and nulls say nothing on a card."""
    scalars = [(key, value) for key, value in notification.members.items() if value[0] not in "[{" and value != "null"]
    return [
        {
            "type": "RichTextBlock",
            "spacing": "Small",
            "inlines": [
                _run(f"{truncation.cut(key, TEAMS_FACT_NAME_BYTES_MAX, truncation.json_bytes)}: ") | {"weight": "Bolder"},
                _run(truncation.cut(_words(value), TEAMS_FACT_VALUE_BYTES_MAX, truncation.json_bytes)),
            ],
        }
        for key, value in scalars[:TEAMS_FACTS_MAX]
    ]


def _run(text: str) -> dict[str, str]:
    return {"type": "TextRun", "text": text}


def _words(value: str) -> str:
    """A scalar as people read it: a string without its quotes, anything else as it was written."""
    return str(json.loads(value)) if value.startswith('"') else value


def _dumped(value: dict[str, Any]) -> str:
    return raw_json.carriable(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
