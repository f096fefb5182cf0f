"""The formats of request bodies: `_FORMATS` has a line for each, in the order of `BodyFormat`, which people see.

If a receiver reports failures in the body of a 2xx, `chalicelib.domain.delivery.verdicts` reads them. If it asks for a pause
in a unit of its own, `chalicelib.domain.delivery.asked_wait` does.

Text that is longer than the receiver's limit is cut, never refused: half a message is worth more than none. A chat shows a
producer's text as it is: `chalicelib.domain.payloads.escaping` escapes it for each chat.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.payloads import escaping, raw_json, teams_card, truncation
from chalicelib.domain.payloads.reference_body import reference_body

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.notifications.notification import Notification

SLACK_TEXT_MAX: Final = 40_000
"""Characters of `text`, escapes included; Slack cuts what is longer (docs.slack.dev/reference/methods/chat.postMessage)."""
DISCORD_CONTENT_MAX: Final = 2_000
"""Characters of `content` (discord.com/developers/docs/resources/webhook#execute-webhook); here UTF-16 counts."""
GOOGLE_CHAT_BODY_BYTES_MAX: Final = 32_000
"""Bytes of a message (developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages)."""
MATTERMOST_TEXT_MAX: Final = 16_383
"""Characters of a post (docs.mattermost.com/developers/integrate/webhooks/incoming); the server splits what is longer."""
JSON: Final = "application/json"
_GOOGLE_CHAT_FRAME_BYTES: Final = len('{"text":""}')


class BodyFormat(StrEnum):
    """Who a body is made for."""

    SLACK = "slack"
    """The reference page's body, key for key, for Slack."""
    STANDARD = "standard"
    """The payload that the Standard Webhooks specification recommends: type, timestamp, data."""
    DISCORD = "discord"
    TEAMS = "teams"
    """An Adaptive Card, for Workflows."""
    GOOGLE_CHAT = "googlechat"
    MATTERMOST = "mattermost"
    CLOUDEVENTS = "cloudevents"
    """A CloudEvent 1.0 in structured mode."""


@dataclass(frozen=True, slots=True)
class _Format:
    """How a body is rendered from a notification and its sentence, and its content type if that is not JSON's."""

    render: Callable[[Notification, str], str]
    content_type: str | None = None


def body(body_format: BodyFormat, notification: Notification, sentence: str) -> str:
    """Render the body that a receiver of this format gets; `sentence` is the text for people."""
    return _FORMATS[body_format].render(notification, sentence)


def content_type(body_format: BodyFormat) -> str | None:
    """Return the content type of this format's bodies; ``None`` for JSON's."""
    return _FORMATS[body_format].content_type


def _slack(notification: Notification, sentence: str) -> str:
    text = truncation.cut(sentence, SLACK_TEXT_MAX, truncation.slack_characters)
    return reference_body(notification, truncation.for_slack(text))


def _standard(notification: Notification, _sentence: str) -> str:
    """Type, timestamp and data (standard-webhooks.md, "Payload structure")."""
    kind = raw_json.quote(notification.notification_type)
    return raw_json.carriable(f'{{"type":{kind},"timestamp":"{_accepted(notification)}","data":{_data(notification)}}}')


def _cloudevent(notification: Notification, _sentence: str) -> str:
    """A CloudEvent 1.0 in structured mode (github.com/cloudevents/spec, `json-format.md`).

    An id is unique only among the notifications of its producer. So each producer has a `source`, and `source` and `id`
    together identify the event. It is a digest, because receivers must not learn who sends.
    """
    attributes = {
        "specversion": "1.0",
        "id": notification.id,
        "source": f"urn:posthorn:{hashlib.sha256(notification.producer.encode()).hexdigest()[:16]}",
        "type": notification.notification_type,
        "time": _accepted(notification),
        "datacontenttype": JSON,
    }
    return raw_json.carriable(f'{_dumped(attributes)[:-1]},"data":{_data(notification)}}}')


def _discord(_notification: Notification, sentence: str) -> str:
    content = escaping.for_discord(truncation.cut(sentence, DISCORD_CONTENT_MAX, escaping.discord_units))
    return _dumped({"content": content, "allowed_mentions": {"parse": []}})


def _teams(notification: Notification, sentence: str) -> str:
    return _dumped({"type": "message", "attachments": [teams_card.card(notification, sentence)]})


def _google_chat(_notification: Notification, sentence: str) -> str:
    bytes_max = GOOGLE_CHAT_BODY_BYTES_MAX - _GOOGLE_CHAT_FRAME_BYTES
    return _dumped({"text": escaping.for_google_chat(truncation.cut(sentence, bytes_max, escaping.google_chat_bytes))})


def _mattermost(_notification: Notification, sentence: str) -> str:
    text = truncation.cut(sentence, MATTERMOST_TEXT_MAX, escaping.mattermost_characters)
    return _dumped({"text": escaping.for_mattermost(text)})


def _accepted(notification: Notification) -> str:
    """The time of acceptance in RFC 3339, in UTC with milliseconds."""
    return notification.accepted_at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _data(notification: Notification) -> str:
    """The notification's members as a JSON object, each value as the producer wrote it."""
    return "{" + ",".join(f"{raw_json.quote(key)}:{value}" for key, value in notification.members.items()) + "}"


def _dumped(value: dict[str, Any]) -> str:
    return raw_json.carriable(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


_FORMATS: Final = {
    BodyFormat.SLACK: _Format(_slack),
    BodyFormat.STANDARD: _Format(_standard),
    BodyFormat.DISCORD: _Format(_discord),
    BodyFormat.TEAMS: _Format(_teams),
    BodyFormat.GOOGLE_CHAT: _Format(_google_chat),
    BodyFormat.MATTERMOST: _Format(_mattermost),
    BodyFormat.CLOUDEVENTS: _Format(_cloudevent, "application/cloudevents+json"),
}
