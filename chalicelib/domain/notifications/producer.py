"""The producer of a notification, which is the namespace of its id.

Two producers may both number their notifications `1`, `2`, …, so each has its own ids. Over HTTPS the producer is the user
of the API key. On the queue of event sources it is the `SenderId` that SQS itself adds to each message: `AROA…:session` for
an IAM role, `AIDA…` for a user (Amazon SQS API reference, "ReceiveMessage"). The sender can choose the session's name, so it
is ignored. All rules of EventBridge have one sender, and so have all topics of SNS.
"""

from __future__ import annotations

from typing import Final

SERVICE: Final = "posthorn"
"""The service itself, which notifies owners about their webhooks."""
UNKNOWN: Final = ""
"""For notifications that were accepted before producers had namespaces."""


def of_user(user_id: str) -> str:
    """The producer for a user who sends over HTTPS."""
    return f"user|{user_id}"


def of_sender(sender_id: str) -> str:
    """The producer for an event source, from SQS's `SenderId`. It is empty if the SQS emulator has none."""
    return f"sender|{sender_id.partition(':')[0]}"
