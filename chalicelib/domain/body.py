"""The body that a receiver gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain import verbatim

if TYPE_CHECKING:
    from chalicelib.domain.notification import Notification


def reference_body(notification: Notification, sentence: str) -> str:
    """The reference page's body, key for key: a text for people, and the notification as a JSON string."""
    text, summary = verbatim.quote(sentence), verbatim.quote(notification.summary())
    return f'{{"text":{text},"attachments":[{{"text":{summary}}}]}}'
