"""Tasks of the background queue, and their message format: a JSON object that names its kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chalicelib.codec import fields, messages, plain
from chalicelib.domain.delivery.hops import NONE as NO_HOPS
from chalicelib.domain.delivery.hops import Hops
from chalicelib.domain.errors import InvalidInput

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.codec.fields import Fields
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.webhook import Webhook


@dataclass(frozen=True, slots=True)
class PurgeHistory:
    """Remove the history of a deleted webhook."""

    webhook: Webhook


@dataclass(frozen=True, slots=True)
class StepRecovery:
    """Run the next step of a recovery."""

    recovery_id: str


@dataclass(frozen=True, slots=True)
class WriteRecord:
    """Write a history record that the table refused before."""

    record: HistoryRecord


@dataclass(frozen=True, slots=True)
class ReleaseDeliveries:
    """Release the waiting deliveries of a webhook, if it is time."""

    webhook_id: str


@dataclass(frozen=True, slots=True)
class FollowOwner:
    """Update the webhooks of a user after a change of the user, or delete them if the user was deleted.

    `since` is the time of the change, `after` the webhook after which to continue. The last look finds webhooks that the
    index did not have yet at the first look, since it is eventually consistent.
    """

    user_id: str
    since: datetime
    after: str | None = None
    is_last_look: bool = False


Work = PurgeHistory | StepRecovery | WriteRecord | ReleaseDeliveries | FollowOwner
"""What a task does."""

_PURGE: Final = "purge"
_RECOVERY: Final = "recovery"
_RECORD: Final = "record"
_RELEASE: Final = "release"
_OWNER: Final = "owner"


@dataclass(frozen=True, slots=True)
class Task:
    """A message of the background queue. It is delivered after `delay_s` (0 to 900 whole seconds)."""

    work: Work
    hops: Hops = NO_HOPS
    delay_s: int = 0


def to_text(task: Task) -> str:
    """The text of a task's message. It never contains a webhook's secrets."""
    hops = plain.from_hops(task.hops)
    match task.work:
        case PurgeHistory(webhook):
            return fields.dumps({"task": _PURGE, **hops, "webhook": messages.webhook_to_text(webhook.without_secrets())})
        case StepRecovery(recovery_id):
            return fields.dumps({"task": _RECOVERY, **hops, "recovery_id": recovery_id})
        case WriteRecord(record):
            return fields.dumps({"task": _RECORD, **hops, "record": messages.record_to_text(record)})
        case ReleaseDeliveries(webhook_id):
            return fields.dumps({"task": _RELEASE, **hops, "webhook_id": webhook_id})
        case FollowOwner(user_id, since, after, is_last_look):
            own = {"user_id": user_id, "since": fields.moment(since), "after": after, "is_last_look": is_last_look}
            return fields.dumps({"task": _OWNER, **hops, **own})


def from_text(text: str) -> Task:
    """The reverse of `to_text`; raise `InvalidInput` if a text is not a task."""
    members = fields.loads(text)
    return Task(_work(members), plain.to_hops(members))


def _work(members: Fields) -> Work:
    kind = members.text("task")
    match kind:
        case "purge":
            return PurgeHistory(messages.webhook_from_text(members.text("webhook")))
        case "recovery":
            return StepRecovery(members.text("recovery_id"))
        case "record":
            return WriteRecord(messages.record_from_text(members.text("record")))
        case "release":
            return ReleaseDeliveries(members.text("webhook_id"))
        case "owner":
            after = members.optional("after", members.text)
            return FollowOwner(members.text("user_id"), members.time("since"), after, members.flag("is_last_look"))
    message = f"The message is not valid: there is no task {kind[:50]!r}."
    raise InvalidInput(message, {"task": f"one of {_PURGE}, {_RECOVERY}, {_RECORD}, {_RELEASE}, {_OWNER} is expected"})
