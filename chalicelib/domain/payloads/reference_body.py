"""The body of the reference API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from chalicelib.domain.payloads import raw_json

if TYPE_CHECKING:
    from chalicelib.domain.notifications.notification import Notification

_BEGINNING: Final = re.compile(r"<(?=[^<\s])")
"""Where Slack may find a mention or a link. A row of ``<`` is neither, and escaped it would be too long for a message."""


def reference_body(notification: Notification, sentence: str) -> str:
    """The body of the reference page, key by key: a text for people, and the notification as a JSON string.

    Slack would also interpret ``<!channel>`` or ``<https://…|label>`` in the attachment's text. In JSON, ``<`` is always in
    a string. There JSON's own escape means the same to every parser, and nothing to Slack.
    """
    summary = _BEGINNING.sub(r"\\u003c", notification.summary())
    text, summary = raw_json.quote(sentence), raw_json.quote(summary)
    return f'{{"text":{text},"attachments":[{{"text":{summary}}}]}}'
