"""The Adaptive Card for Microsoft Teams (learn.microsoft.com/adaptive-cards), within the limits of a message."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.payloads import truncation

if TYPE_CHECKING:
    from chalicelib.domain.notifications.notification import Notification

BODY_BYTES_MAX: Final = 28 * 1_000
"""Microsoft speaks of 28 KB for a whole message, and does not say of which KB."""
SENTENCE_BYTES_MAX: Final = 14_000
FACTS_MAX: Final = 20
FACT_NAME_BYTES_MAX: Final = 100
FACT_VALUE_BYTES_MAX: Final = 400
"""A sentence and facts of these sizes always fit into a message."""


def card(notification: Notification, sentence: str) -> dict[str, Any]:
    """An Adaptive Card of the sentence and, below it, what the metadata says in so many words.

    Every text is a `TextRun`: a `TextBlock` and the facts of a `FactSet` are read as Markdown.
    """
    text = truncation.cut(sentence, SENTENCE_BYTES_MAX, truncation.json_bytes)
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
                _run(f"{truncation.cut(key, FACT_NAME_BYTES_MAX, truncation.json_bytes)}: ") | {"weight": "Bolder"},
                _run(truncation.cut(_words(value), FACT_VALUE_BYTES_MAX, truncation.json_bytes)),
            ],
        }
        for key, value in scalars[:FACTS_MAX]
    ]


def _run(text: str) -> dict[str, str]:
    return {"type": "TextRun", "text": text}


def _words(value: str) -> str:
    """A scalar as people read it: a string without its quotes, anything else as it was written."""
    return str(json.loads(value)) if value.startswith('"') else value
