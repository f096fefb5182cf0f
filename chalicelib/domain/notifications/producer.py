"""Who sent a notification: the namespace of its id.

Two producers that count (`1`, `2`, …) do not know of each other, so each has its own ids. Over HTTPS the producer is the
key's user. On the queue of event sources it is the `SenderId` that SQS itself sets on each message: of an IAM role
`AROA…:session`, of a user `AIDA…` (Amazon SQS API reference, "ReceiveMessage"). The sender chooses the session's name, so it
is ignored. All rules of EventBridge have one sender, and so have all topics of SNS.
"""

from __future__ import annotations

from typing import Final

SERVICE: Final = "posthorn"
"""The service itself, which notifies owners about their webhooks."""
UNKNOWN: Final = ""
"""For notifications that were accepted before there were namespaces."""


def of_user(user_id: str) -> str:
    """A user who sends over HTTPS."""
    return f"user|{user_id}"


def of_sender(sender_id: str) -> str:
    """An event source, by SQS's `SenderId`. An emulator that has none leaves it empty."""
    return f"sender|{sender_id.partition(':')[0]}"
