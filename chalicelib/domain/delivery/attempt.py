"""An attempt, from the queue to its outcome: pending → sent → succeeded or failed.

Each state is a type: an attempt that was not sent has no outcome, and one without an outcome cannot be recorded.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from chalicelib.domain.delivery.hops import NONE as NO_HOPS
from chalicelib.domain.delivery.hops import Hops
from chalicelib.domain.ids import RecordId

Headers = tuple[tuple[str, str], ...]


class Trigger(StrEnum):
    """Why an attempt is made."""

    NOTIFICATION = "notification"
    """The first attempt of a delivery."""
    SCHEDULE = "schedule"
    """The automatic retry after a failure."""
    RETRY = "retry"
    """A person asked for a retry."""
    TEST = "test"
    """A person tests the webhook."""
    RECOVERY = "recovery"
    """A person asked for all deliveries of a time range."""

    @property
    def is_awaited(self) -> bool:
        """Whether a person waits for this one attempt: it is made at once, even if the circuit is open, and not retried."""
        return self in {Trigger.RETRY, Trigger.TEST}


class FailureCause(StrEnum):
    """Why an attempt failed: a closed set."""

    STATUS = "status"
    """A response came, and it is not 2xx, or its body reports a failure (`chalicelib.domain.delivery.verdicts`)."""
    GONE = "gone"
    """410: the webhook is disabled."""
    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    BLOCKED_ADDRESS = "blockedAddress"
    """The host is a name, or resolves to an address, that may not be called. The next attempt resolves it again."""
    BAD_RESPONSE = "badResponse"
    """The response is not HTTP, or breaks off in its headers, or they are too large."""
    RENDERING = "rendering"
    """The webhook's filter or transform failed for the notification: there is nothing to send."""
    AUTHORIZATION = "authorization"
    """The access token that the request needs could not be fetched."""
    BAD_REQUEST = "badRequest"
    """The request could not be made from the webhook's URL and headers."""

    @property
    def is_final(self) -> bool:
        """Whether an automatic retry makes no sense."""
        return self in {FailureCause.GONE, FailureCause.RENDERING}


class Outcome(StrEnum):
    """How an attempt ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Why the fan-out chose a webhook for a notification: enough to match it again after the webhook was changed.

    `version` is the webhook's. `document` is the notification as filters see it, if it is short and not in the body.
    """

    version: int
    action_by: str | None = None
    target_user: str | None = None
    target_group: str | None = None
    is_catalogued: bool = True
    document: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingAttempt:
    """An attempt that is to be made: all that the worker needs, as it is queued.

    `record_id` was fixed when the attempt was queued, so a message that comes twice is recognised. `slot_at` is the slot
    that a rate limit has reserved. `problem` says why there is nothing to send: a failure of rendering. `hops` counts how
    often it was put back: after that there may be two copies. `depth` is how many deliveries led to the notification.
    `chosen` is ``None`` if a person asked for it by a record: it is sent even if the webhook has changed.
    `content_type` is the body's, ``None`` for JSON's. It belongs to the format in which the body was rendered, which the
    owner may change before the body is sent.
    """

    record_id: RecordId
    delivery_id: str
    notification_id: str
    notification_type: str
    attempt_number: int
    trigger: Trigger
    body: str
    retry_of: str | None = None
    slot_at: datetime | None = None
    problem: str | None = None
    hops: Hops = NO_HOPS
    depth: int = 0
    chosen: Chosen | None = None
    content_type: str | None = None

    @property
    def webhook_id(self) -> str:
        """The webhook that it is for."""
        return self.record_id.webhook_id

    def put_back(self, now: datetime) -> PendingAttempt:
        """The same attempt, unsent, as it goes back to a queue or to the table."""
        return replace(self, hops=self.hops.next(now))


@dataclass(frozen=True, slots=True)
class OutboundRequest:
    """One POST, ready to be sent: these bytes are the ones signed, sent and stored.

    `may_reach_private` is the webhook's. `has_secret_body` says that the body may hold a secret. Neither is stored.
    """

    url: str
    headers: Headers
    body: bytes
    deadline_s: float
    may_reach_private: bool = field(default=False, compare=False)
    has_secret_body: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Response:
    """A receiver's response, as far as it was read."""

    status: int
    headers: Headers
    body: bytes
    is_truncated: bool = False

    @property
    def size_bytes(self) -> int:
        """About the memory that it takes: the body and the headers."""
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)

    def header(self, name: str) -> str | None:
        """The first value under `name`, in any case."""
        return next((value for key, value in self.headers if key.lower() == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its result: a response, or a failure.

    A response counts when its headers are complete: its status decides, even if the body breaks off. `detail` says what
    failed, or is wrong with the body. `is_timed_out` is set if a response that counts used all the time; it is not stored.
    """

    request: OutboundRequest
    started_at: datetime
    duration_ms: int
    response: Response | None = None
    failure: FailureCause | None = None
    detail: str = ""
    is_timed_out: bool = field(default=False, compare=False)

    def judge(self) -> tuple[FailureCause | None, str]:
        """The failure's cause (``None`` for success) and a sentence about the outcome."""
        if self.failure is not None:
            return self.failure, self.detail
        if self.response is None:
            return FailureCause.BAD_RESPONSE, "There was no answer."
        cause, sentence = _judge_status(self.response.status)
        return cause, f"{sentence} {self.detail}".rstrip()


_STATUS_MAX: Final = 599


def _judge_status(status: int) -> tuple[FailureCause | None, str]:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None, f"The receiver answered {status}."
    if status == HTTPStatus.GONE:
        return FailureCause.GONE, "The receiver answered 410: it wants no more."
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return FailureCause.STATUS, f"The receiver answered {status}; redirects are not followed."
    if HTTPStatus.BAD_REQUEST <= status <= _STATUS_MAX:
        return FailureCause.STATUS, f"The receiver answered {status}."
    return FailureCause.BAD_RESPONSE, f"The receiver answered {status}, which ends no HTTP exchange."
