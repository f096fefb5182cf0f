"""Tasks of the background queue, and their message format: a JSON object that names its kind."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar, Final

from chalicelib.codec.codec import Codec
from chalicelib.codec.messages import RECORD
from chalicelib.domain.delivery.hops import NONE as NO_HOPS
from chalicelib.domain.delivery.hops import Hops
from chalicelib.domain.history.records import HistoryRecord
from chalicelib.domain.webhooks.webhook import Webhook


@dataclass(frozen=True, slots=True)
class PurgeHistory:
    """Remove the history of a deleted webhook."""

    TAG: ClassVar = "purge"

    webhook: Webhook


@dataclass(frozen=True, slots=True)
class StepRecovery:
    """Run the next step of a recovery."""

    TAG: ClassVar = "recovery"

    recovery_id: str


@dataclass(frozen=True, slots=True)
class WriteRecord:
    """Write a history record that the table refused before."""

    TAG: ClassVar = "record"

    record: HistoryRecord


@dataclass(frozen=True, slots=True)
class ReleaseDeliveries:
    """Release the waiting deliveries of a webhook, if it is time."""

    TAG: ClassVar = "release"

    webhook_id: str


@dataclass(frozen=True, slots=True)
class FollowOwner:
    """Update the webhooks of a user after a change of the user, or delete them if the user was deleted.

    `since` is the time of the change, `after` the webhook after which to continue. The last look finds webhooks that the
    index did not have yet at the first look, since it is eventually consistent.
    """

    TAG: ClassVar = "owner"

    user_id: str
    since: datetime
    after: str | None = None
    is_last_look: bool = False


Work = PurgeHistory | StepRecovery | WriteRecord | ReleaseDeliveries | FollowOwner
"""What a task does."""


@dataclass(frozen=True, slots=True)
class Task:
    """A message of the background queue. It is delivered after `delay_s` (0 to 900 whole seconds)."""

    work: Work
    hops: Hops = NO_HOPS
    delay_s: int = 0


_CODEC: Final = Codec({HistoryRecord: RECORD}, {Task: {"delay_s": 0}})


def to_text(task: Task) -> str:
    """The text of a task's message. It never contains a webhook's secrets."""
    match task.work:
        case PurgeHistory(webhook):
            return _CODEC.to_text(replace(task, work=PurgeHistory(webhook.without_secrets())))
        case _:
            return _CODEC.to_text(task)


def from_text(text: str) -> Task:
    """The reverse of `to_text`; raise `InvalidInput` if a text is not a task."""
    return _CODEC.from_json(Task, text)
