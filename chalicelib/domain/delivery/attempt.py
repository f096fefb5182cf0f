"""An attempt, from the queue to its outcome: pending → sent → succeeded or failed.

Each state is a type, so that what was not sent cannot be judged, and what was not judged cannot be recorded.
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
    """The automatic next one, after a failure."""
    RETRY = "retry"
    """A person asked for it again."""
    TEST = "test"
    """A person tries the webhook out."""
    RECOVERY = "recovery"
    """A person asked for all of a span of time."""

    @property
    def is_awaited(self) -> bool:
        """Whether a person waits for this one attempt: it is made at once whatever the circuit says, and not repeated."""
        return self in {Trigger.RETRY, Trigger.TEST}


class FailureCause(StrEnum):
    """Why an attempt failed: a closed set."""

    STATUS = "status"
    """An answer came, and it is not 2xx."""
    GONE = "gone"
    """410: the receiver wants no more."""
    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    BLOCKED_ADDRESS = "blockedAddress"
    """The host is a name, or leads to an address, that may not be called. It is looked up again at the next attempt."""
    BAD_RESPONSE = "badResponse"
    """What came is no HTTP answer, or breaks off in its headers, or they are out of bounds."""
    RENDERING = "rendering"
    """The webhook's own filter or transform made nothing of the notification that could be sent."""
    AUTHORIZATION = "authorization"
    """The token that the request needs was not to be had."""
    BAD_REQUEST = "badRequest"
    """The request could not be made from the webhook as it stands."""

    @property
    def is_final(self) -> bool:
        """Whether a later attempt by itself makes no sense."""
        return self in {FailureCause.GONE, FailureCause.RENDERING}


class Outcome(StrEnum):
    """How an attempt ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """By what the fan-out chose a webhook for a notification: enough to ask again after the webhook was changed.

    `version` is the webhook's at that time. `document` is the notification as filters see it, if the body does not show it
    and it is short.
    """

    version: int
    action_by: str | None = None
    target_user: str | None = None
    target_group: str | None = None
    is_catalogued: bool = True
    document: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingAttempt:
    """An attempt that is owed: all that the worker needs, as it travels on the queue.

    `record_id` was minted when the attempt was queued, so that a message that comes twice is recognised. `slot_at` is the
    place in time that a rate limit has reserved for it. `problem` says why there is nothing to send: then it is recorded as
    a failure of rendering, and nothing leaves. `hops` counts how often it was put back unsent: once it was, there may be two
    copies of it. `depth` is how many deliveries led to the notification. `chosen` is ``None`` for what a person
    asked for by a record: it is sent whatever the webhook wants by now.
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

    @property
    def webhook_id(self) -> str:
        """The webhook that it is for."""
        return self.record_id.webhook_id

    def put_back(self, now: datetime) -> PendingAttempt:
        """The same attempt, unsent, on its way back to a queue or to the table of those that wait."""
        return replace(self, hops=self.hops.next(now))


@dataclass(frozen=True, slots=True)
class OutboundRequest:
    """One POST, ready to leave: these bytes are the ones signed, sent and kept.

    `may_reach_private` is the webhook's, and `has_secret_body` says that the body may hold a secret, as a header may. Both
    are for the sender, and are not kept.
    """

    url: str
    headers: Headers
    body: bytes
    deadline_s: float
    may_reach_private: bool = field(default=False, compare=False)
    has_secret_body: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Response:
    """What a receiver answered, as far as it was read."""

    status: int
    headers: Headers
    body: bytes
    is_truncated: bool = False

    @property
    def size_bytes(self) -> int:
        """What it takes to hold it, about: the body and the headers."""
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)

    def header(self, name: str) -> str | None:
        """The first value under `name`, in any case."""
        return next((value for key, value in self.headers if key.lower() == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and what came of it: an answer, or a failure on the way.

    An answer counts once its headers are complete: then the receiver has decided, and its status is the verdict, however its
    body ends. `detail` says what the failure was, or what is wrong with the body of an answer that counts. `is_timed_out` is
    set if an answer that counts used all the time; it is for the batch, and is not kept.
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
