"""The body that a receiver gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from chalicelib.domain.payloads import raw_json

if TYPE_CHECKING:
    from chalicelib.domain.notifications.notification import Notification

_BEGINNING: Final = re.compile(r"<(?=[^<\s])")
"""Where Slack may begin to read a mention or a link. A row of ``<`` begins none; escaped, it would not fit a message."""


def reference_body(notification: Notification, sentence: str) -> str:
    """The reference page's body, key for key: a text for people, and the notification as a JSON string.

    Slack would read ``<!channel>`` or ``<https://…|label>`` in the attachment's text too. In JSON a ``<`` is always
    in a string, where JSON's own escape means the same to every parser, and nothing to Slack.
    """
    summary = _BEGINNING.sub(r"\\u003c", notification.summary())
    text, summary = raw_json.quote(sentence), raw_json.quote(summary)
    return f'{{"text":{text},"attachments":[{{"text":{summary}}}]}}'
