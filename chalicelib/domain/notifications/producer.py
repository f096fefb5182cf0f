"""Who sent a notification: the name space of its id.

Two producers that count (`1`, `2`, …) do not know of each other, so each has its own ids. Over HTTPS the producer is the
key's user. On the queue of event sources it is the `SenderId` that SQS itself writes on each message: of an IAM role
`AROA…:session`, of a user `AIDA…` (Amazon SQS API reference, "ReceiveMessage"). The session's name is the sender's to
choose, so it does not count. All rules of EventBridge have one sender, and so have all topics of SNS.
"""

from __future__ import annotations

from typing import Final

SERVICE: Final = "posthorn"
"""The service itself, which tells owners about their webhooks."""
UNKNOWN: Final = ""
"""What was accepted before producers had name spaces."""


def of_user(user_id: str) -> str:
    """A user who sends over HTTPS."""
    return f"user|{user_id}"


def of_sender(sender_id: str) -> str:
    """An event source, by SQS's `SenderId`; an engine that has none leaves it empty."""
    return f"sender|{sender_id.partition(':')[0]}"
