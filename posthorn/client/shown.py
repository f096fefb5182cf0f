"""What the service answers with.

The names are those of the wire, in camelCase: what a page of the documentation or of the console shows is what a program
gets, and a key that a newer service adds breaks no older client. `tests/client` holds these types against the service's
OpenAPI document. Times are ISO 8601 in UTC, as in ``2021-10-15T15:22:10.079Z``.
"""

from typing import Any, Literal, NotRequired, TypedDict

ActionType = Literal["triggered", "received"]
AuditAction = Literal[
    "webhookCreated",
    "webhookChanged",
    "webhookPaused",
    "webhookEnabled",
    "webhookDisabled",
    "webhookRotated",
    "webhookDeleted",
    "userCreated",
    "userChanged",
    "userDeleted",
    "keyMade",
    "keyRevoked",
]
BodyFormat = Literal["slack", "standard", "discord", "teams", "googlechat", "mattermost"]
Circuit = Literal["closed", "open", "halfOpen"]
FailureCause = Literal[
    "status",
    "gone",
    "timeout",
    "dns",
    "connect",
    "tls",
    "blockedAddress",
    "badResponse",
    "authorization",
    "rendering",
    "badRequest",
]
Outcome = Literal["succeeded", "failed"]
RecoveryState = Literal["running", "done", "stopped", "failed"]
Right = Literal["send", "read", "all"]
Role = Literal["user", "admin"]
Trigger = Literal["notification", "schedule", "retry", "test", "recovery"]
RecoveryWanted = Literal["failed", "missing", "all"]
WebhookStatus = Literal["enabled", "paused", "disabled"]

ShownHeaders = dict[str, str | list[str]]
"""Header name → value; only ``set-cookie``, which must not be joined, has an array."""


class ErrorDetail(TypedDict):
    """What is wrong: for programs, for people, and where."""

    code: str
    message: str
    fields: NotRequired[dict[str, str]]


class ElementError(ErrorDetail):
    """What is wrong with one of several elements."""

    index: int


class WebhookHealth(TypedDict):
    """How a webhook has been doing lately."""

    circuit: Circuit
    consecutiveFailures: int
    failingSince: str | None
    nextProbeAt: str | None
    retryAfter: str | None
    isSlow: bool


_Global = TypedDict("_Global", {"global": bool})  # a keyword of Python: no class can declare it


class Webhook(_Global):
    """A webhook; `url` is masked for whoever does not own it."""

    id: str
    url: str
    name: str
    actionType: ActionType | None
    notificationType: list[str]
    createdBy: int | str
    createdAt: str
    updatedAt: str
    status: WebhookStatus
    disabledReason: str | None
    version: int
    timeoutSeconds: float | None
    retrySchedule: list[int] | None
    rateLimitPerSecond: float | None
    retentionDays: int | None
    headers: dict[str, bool]
    authentication: dict[str, str | bool] | None
    format: BodyFormat
    filter: str | None
    transform: str | None
    publicKey: str | None
    health: WebhookHealth


class WebhookWithSecret(Webhook):
    """A webhook with the secret that signs its requests: shown when it is made or rotated, never again."""

    secret: str


class WebhooksCreated(TypedDict):
    """What became of several webhooks."""

    createdWebhooks: list[WebhookWithSecret]
    errors: list[ElementError]


class Preview(TypedDict):
    """What would become of a notification."""

    matches: bool
    passesFilter: bool
    sends: bool
    body: str | None
    headers: dict[str, str] | None
    problem: str | None


class SentRequest(TypedDict):
    """The request as it left."""

    method: Literal["POST"]
    url: str
    headers: ShownHeaders
    body: str
    bodyEncoding: NotRequired[Literal["base64"]]


class ReceivedAnswer(TypedDict):
    """The answer as far as it was read."""

    status: int
    headers: ShownHeaders
    body: str
    bodyEncoding: NotRequired[Literal["base64"]]
    isTruncated: bool


class RecordSummary(TypedDict):
    """One attempt without what was sent and answered."""

    id: str
    webhookId: str
    deliveryId: str
    notificationId: str
    notificationType: str
    attemptNumber: int
    trigger: Trigger
    retryOf: str | None
    outcome: Outcome
    failureCause: FailureCause | None
    message: str
    httpStatusCode: int | None
    createdAt: str
    startedAt: str
    durationMs: int
    nextAttemptAt: str | None
    isExpunged: bool
    requestBytes: int
    responseBytes: int


class Record(RecordSummary):
    """One attempt, whole, or what is left of one that was expunged."""

    request: SentRequest
    response: ReceivedAnswer | None


class PendingTest(TypedDict):
    """The record that an attempt will have once it has been made."""

    id: str


class Retry(PendingTest):
    """An attempt that was asked for, and the record that it repeats."""

    retryOf: str


class Recovery(TypedDict):
    """How far a recovery is."""

    id: str
    webhookId: str
    only: RecoveryWanted
    since: str
    until: str
    state: RecoveryState
    progress: float
    enqueued: int
    examined: int
    startedAt: str
    updatedAt: str


class ResponseTimes(TypedDict):
    """Percentiles in milliseconds."""

    p50: float
    p95: float
    p99: float


class Tally(TypedDict):
    """What came of some attempts; `failed` is by cause."""

    succeeded: int
    failed: dict[str, int]
    responseTimeMs: ResponseTimes | None


class HourTally(Tally):
    """One hour, named by its beginning."""

    hour: str


class Stats(TypedDict):
    """The hours that are counted, oldest first."""

    since: str
    until: str
    isComplete: bool
    totals: Tally
    hours: list[HourTally]


class Accepted(TypedDict):
    """A notification that was taken."""

    index: int
    id: str
    deliverAt: NotRequired[str]


class NotificationsTaken(TypedDict):
    """What became of one or several notifications."""

    accepted: list[Accepted]
    errors: list[ElementError]


class Action(TypedDict):
    """A notification type, as it is listed."""

    name: str
    description: str | None
    template: str | None
    hasSchema: bool
    isCustom: bool


class ActionWithSchema(Action):
    """A notification type with its schema."""

    schema: dict[str, Any] | None


class User(TypedDict):
    """A user."""

    id: int | str
    name: str
    role: Role
    groups: list[int | str]
    enabled: bool
    createdAt: str
    updatedAt: str


class Key(TypedDict):
    """An API key without itself."""

    id: str
    name: str
    rights: list[Right]
    createdAt: str
    lastUsedOn: str | None
    expiresAt: str | None


class OwnKey(Key):
    """A key of the caller's own."""

    current: bool


class KeyWithSecret(Key):
    """A key that was just made: shown here, once."""

    key: str


Change = TypedDict("Change", {"from": Any, "to": Any})  # `from` is a keyword of Python, too
"""What a field was and what it is."""


class AuditLine(TypedDict):
    """Who changed what."""

    id: str
    at: str
    actor: int | str
    action: AuditAction
    webhookId: str | None
    userId: int | str | None
    keyId: str | None
    changes: dict[str, Change]


class Me(User):
    """The user whose key it is, and what the key may do."""

    rights: list[Right]


class Queue(TypedDict):
    """How many messages are on a queue, and on its dead-letter queue, about."""

    name: str
    waiting: int
    inFlight: int
    delayed: int
    deadLetters: int


class Health(TypedDict):
    """That the service answers."""

    status: Literal["ok"]
