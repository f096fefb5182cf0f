"""The implementations on which every contract suite runs: the fakes, and the adapters on any emulator of AWS."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from chalicelib.adapters import sqs
from chalicelib.adapters.dynamodb.audit import DynamoAudit
from chalicelib.adapters.dynamodb.claims import DynamoClaims
from chalicelib.adapters.dynamodb.counters import DynamoCounters
from chalicelib.adapters.dynamodb.directory import DynamoDirectory
from chalicelib.adapters.dynamodb.history import DynamoHistory
from chalicelib.adapters.dynamodb.locks import DynamoLocks
from chalicelib.adapters.dynamodb.notification_types import DynamoNotificationTypes
from chalicelib.adapters.dynamodb.notifications import DynamoNotifications
from chalicelib.adapters.dynamodb.recoveries import DynamoRecoveries
from chalicelib.adapters.dynamodb.stats import DynamoStats
from chalicelib.adapters.dynamodb.waiting import DynamoWaiting
from chalicelib.adapters.dynamodb.webhook_secrets import PLAIN
from chalicelib.adapters.dynamodb.webhooks import DynamoWebhooks
from chalicelib.adapters.queue_depths import SqsDepths
from chalicelib.adapters.redelivery import SqsRedelivery
from chalicelib.background import tasks
from chalicelib.codec import messages
from chalicelib.delivery.ports import DeliveryQueue, Enqueued, Lane, WaitingStore
from chalicelib.intake.ports import NotificationQueue, NotificationStore, NotificationTypes, QueuedNotification
from chalicelib.settings import Settings
from testbed.fakes import (
    FakeAccepted,
    FakeAudit,
    FakeBackground,
    FakeClaims,
    FakeClock,
    FakeCounters,
    FakeDeadLetters,
    FakeDeliveries,
    FakeDepths,
    FakeDirectory,
    FakeHistory,
    FakeLocks,
    FakeNotificationStore,
    FakeRecoveries,
    FakeRedelivery,
    FakeStats,
    FakeWaiting,
    FakeWebhooks,
)
from testbed.fakes.queues import DeadLetter

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_sqs import SQSClient

    from chalicelib.access.ports import AuditLog, Counters
    from chalicelib.adapters.dynamodb.webhook_secrets import SecretBox
    from chalicelib.background.ports import BackgroundQueue, Redelivery
    from chalicelib.directory.ports import Directory
    from chalicelib.fanout.ports import Locks
    from chalicelib.history.ports import HistoryStore, RecoveryStore, StatsStore
    from chalicelib.intake.ports import Claims
    from chalicelib.operations.ports import DeadLetters, QueueDepths
    from chalicelib.webhooks.ports import WebhookStore
    from testbed.engines.provisioning import Clients

SOURCE_ARN = "arn:aws:sqs:us-east-1:123456789012:{name}"


@dataclass(frozen=True)
class World:
    """The stores and queues of an implementation; `arrived` returns, by port, the messages on its queue."""

    clock: FakeClock
    webhooks: WebhookStore
    notification_types: NotificationTypes
    history: HistoryStore
    directory: Directory
    audit: AuditLog
    stats: StatsStore
    claims: Claims
    locks: Locks
    counters: Counters
    held: NotificationStore
    recoveries: RecoveryStore
    waiting: WaitingStore
    deliveries: DeliveryQueue
    accepted: NotificationQueue
    background: BackgroundQueue
    dead_letters: DeadLetters
    redelivery: Redelivery
    queue_depths: QueueDepths
    arrived: Callable[[str], list[Any]]
    source_arn: str


def fake_world() -> World:
    """The fakes."""
    clock, directory = FakeClock(), FakeDirectory()
    webhooks = FakeWebhooks(directory)
    queues = {
        "deliveries": FakeDeliveries(),
        "accepted": FakeAccepted(),
        "background": FakeBackground(),
        "dead_letters": FakeDeadLetters(),
        "redelivery": FakeRedelivery(),
    }
    stores: dict[str, Any] = {**queues}
    queue_depths: Any = FakeDepths(SimpleNamespace(**stores))
    history = FakeHistory(clock)
    return World(
        clock=clock,
        webhooks=webhooks,
        notification_types=webhooks.types,
        history=history,
        directory=directory,
        audit=FakeAudit(clock),
        stats=FakeStats(history),
        claims=FakeClaims(),
        locks=FakeLocks(),
        counters=FakeCounters(),
        held=FakeNotificationStore(clock),
        recoveries=FakeRecoveries(directory),
        waiting=FakeWaiting(),
        arrived=lambda name: stores[name].sent,
        queue_depths=queue_depths,
        source_arn=SOURCE_ARN.format(name="posthorn-accepted"),
        **stores,
    )


def aws_world(clients: Clients, box: SecretBox = PLAIN) -> World:
    """The adapters on an emulator; `box` encrypts the secrets of webhooks."""
    clock, places = FakeClock(), clients.places
    return World(
        clock=clock,
        webhooks=DynamoWebhooks(clients.dynamodb, places["WEBHOOKS_TABLE"], box, directory_table=places["DIRECTORY_TABLE"]),
        notification_types=DynamoNotificationTypes(
            clients.dynamodb, places["WEBHOOKS_TABLE"], directory_table=places["DIRECTORY_TABLE"]
        ),
        history=DynamoHistory(clients.dynamodb, places["HISTORY_TABLE"], clock, 30),
        directory=DynamoDirectory(clients.dynamodb, places["DIRECTORY_TABLE"]),
        audit=DynamoAudit(clients.dynamodb, places["DIRECTORY_TABLE"], clock, 400),
        stats=DynamoStats(clients.dynamodb, places["HISTORY_TABLE"]),
        claims=DynamoClaims(clients.dynamodb, places["NOTIFICATIONS_TABLE"]),
        locks=DynamoLocks(clients.dynamodb, places["NOTIFICATIONS_TABLE"]),
        counters=DynamoCounters(clients.dynamodb, places["NOTIFICATIONS_TABLE"]),
        held=DynamoNotifications(clients.dynamodb, places["NOTIFICATIONS_TABLE"], clock),
        recoveries=DynamoRecoveries(
            clients.dynamodb, places["NOTIFICATIONS_TABLE"], directory_table=places["DIRECTORY_TABLE"]
        ),
        waiting=DynamoWaiting(clients.dynamodb, places["HISTORY_TABLE"]),
        deliveries=sqs.deliveries(
            clients.sqs, fast_url=places["DELIVERIES_QUEUE_URL"], slow_url=places["SLOW_DELIVERIES_QUEUE_URL"]
        ),
        accepted=sqs.accepted(clients.sqs, places["ACCEPTED_QUEUE_URL"]),
        background=sqs.background(clients.sqs, places["BACKGROUND_QUEUE_URL"]),
        dead_letters=sqs.SqsDeadLetters(clients.sqs),
        redelivery=SqsRedelivery(clients.sqs, Settings.from_environment(places).queue_urls.values()),
        queue_depths=SqsDepths(clients.sqs, Settings.from_environment(places).queue_urls),
        arrived=lambda name: _ARRIVED[name](clients),
        source_arn=_source_arn(clients),
    )


def _source_arn(clients: Clients) -> str:
    name = clients.places["ACCEPTED_QUEUE_URL"].rpartition("/")[2]
    return SOURCE_ARN.format(name=name)


def received(client: SQSClient, url: str) -> list[Any]:
    """All messages that are visible on a queue."""
    found: list[Any] = []
    while True:
        answer = client.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=0,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["MessageGroupId"],
        )
        if not answer.get("Messages"):
            return found
        found += answer["Messages"]


def _attributes(message: Any) -> dict[str, str]:  # noqa: ANN401
    return {key: each["StringValue"] for key, each in message.get("MessageAttributes", {}).items()}


def _deliveries(clients: Clients) -> list[Enqueued]:
    urls = {Lane.FAST: clients.places["DELIVERIES_QUEUE_URL"], Lane.SLOW: clients.places["SLOW_DELIVERIES_QUEUE_URL"]}
    return [
        Enqueued(messages.attempt_from_text(each["Body"]), lane)
        for lane, url in urls.items()
        for each in received(clients.sqs, url)
    ]


def _accepted(clients: Clients) -> list[QueuedNotification]:
    found = received(clients.sqs, clients.places["ACCEPTED_QUEUE_URL"])
    return [QueuedNotification(each["Body"], _attributes(each)) for each in found]


def _dead_letters(clients: Clients) -> list[DeadLetter]:
    found = received(clients.sqs, clients.places["ACCEPTED_QUEUE_URL"] + sqs.DEAD_LETTERS)
    return [_dead_letter(each, _source_arn(clients)) for each in found]


def _dead_letter(message: Any, source_arn: str) -> DeadLetter:  # noqa: ANN401
    attributes = _attributes(message)
    return DeadLetter(source_arn, message["Body"], attributes.pop("reason"), attributes)


_ARRIVED: dict[str, Callable[[Clients], list[Any]]] = {
    "deliveries": _deliveries,
    "accepted": _accepted,
    "background": lambda clients: [
        tasks.from_text(each["Body"]) for each in received(clients.sqs, clients.places["BACKGROUND_QUEUE_URL"])
    ],
    "dead_letters": _dead_letters,
}


def delay_of(client: SQSClient, url: str) -> dict[str, str]:
    """The number of delayed messages, as the queue counts them."""
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
    return dict(json.loads(json.dumps(client.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"])))
