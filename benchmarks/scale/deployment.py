"""A deployment to measure: the real use cases and adapters, tables on an engine, and queues that only count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config

from chalicelib.adapters import aws, sqs
from chalicelib.adapters.clock import SystemClock
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
from chalicelib.adapters.dynamodb.table import Table
from chalicelib.adapters.dynamodb.waiting import DynamoWaiting
from chalicelib.adapters.dynamodb.webhooks import DynamoWebhooks
from chalicelib.adapters.queue_depths import SqsDepths
from chalicelib.adapters.redelivery import SqsRedelivery
from chalicelib.composition.adapters import AwsAdapters
from chalicelib.composition.process import Process
from chalicelib.domain.directory.users import Caller, Role, User
from chalicelib.settings import Settings
from testbed.engines import provisioning
from testbed.engines.counting import Requests

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from benchmarks.scale.queues import Queues

_PATIENT: Final = aws.CONFIG.merge(Config(read_timeout=120))
"""On a busy machine the engine is slow. A repeated request would be counted twice."""


ADMIN: Final = Caller("u-admin", Role.ADMIN)
LONG_AGO: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of one deployment, on the engine at `url`."""

    url: str
    client: DynamoDBClient
    places: dict[str, str]


def tables(url: str, stage: str) -> Tables:
    """Create the tables of a stage."""
    client: DynamoDBClient = provisioning.Provisioner(url, None).client("dynamodb", config=_PATIENT)
    return Tables(url, client, provisioning.tables(client, stage))


class NoWaitClock(SystemClock):
    """The system clock, without waits."""

    def sleep(self, seconds: float) -> None:
        """Return at once."""


def _adapters(settings: Settings, kept: Tables, owned: Tables, queues: Queues) -> AwsAdapters:
    """The real adapters. Webhooks and directory may be on another engine than the history, one with transactions."""
    clock = NoWaitClock()
    return AwsAdapters(
        settings,
        clock=clock,
        webhooks=DynamoWebhooks(
            owned.client, owned.places["WEBHOOKS_TABLE"], directory_table=owned.places["DIRECTORY_TABLE"]
        ),
        notification_types=DynamoNotificationTypes(
            owned.client, owned.places["WEBHOOKS_TABLE"], directory_table=owned.places["DIRECTORY_TABLE"]
        ),
        directory=DynamoDirectory(owned.client, owned.places["DIRECTORY_TABLE"]),
        audit=DynamoAudit(owned.client, owned.places["DIRECTORY_TABLE"], clock, settings.audit_days),
        history=DynamoHistory(kept.client, kept.places["HISTORY_TABLE"], clock, settings.history_days),
        stats=DynamoStats(kept.client, kept.places["HISTORY_TABLE"]),
        claims=DynamoClaims(kept.client, kept.places["NOTIFICATIONS_TABLE"]),
        counters=DynamoCounters(kept.client, kept.places["NOTIFICATIONS_TABLE"]),
        locks=DynamoLocks(kept.client, kept.places["NOTIFICATIONS_TABLE"]),
        held=DynamoNotifications(kept.client, kept.places["NOTIFICATIONS_TABLE"], clock),
        waiting=DynamoWaiting(kept.client, kept.places["HISTORY_TABLE"]),
        recoveries=_Recoveries(
            kept.client, kept.places["NOTIFICATIONS_TABLE"], directory_table=kept.places["DIRECTORY_TABLE"]
        ),
        **_queues(queues),
    )


class _StepByStep(Table):
    """A table on an engine without transactions: their steps are executed one after the other."""

    def transact(self, steps: Sequence[Any]) -> None:
        for step in steps:
            if "Put" in step:  # else it is a condition on the directory, which is on another engine
                self.client.put_item(**step["Put"])


class _Recoveries(DynamoRecoveries):
    def __init__(self, client: DynamoDBClient, table: str, *, directory_table: str) -> None:
        super().__init__(client, table, directory_table=directory_table)
        self._table = _StepByStep(client, table)


def _queues(queues: Queues) -> dict[str, Any]:
    client, places = queues.client, queues.places
    lanes = {"fast_url": places["DELIVERIES_QUEUE_URL"], "slow_url": places["SLOW_DELIVERIES_QUEUE_URL"]}
    return {
        "deliveries": sqs.deliveries(client, **lanes),
        "accepted": sqs.accepted(client, places["ACCEPTED_QUEUE_URL"]),
        "redelivery": SqsRedelivery(client, places.values()),
        "background": sqs.background(client, places["BACKGROUND_QUEUE_URL"]),
        "dead_letters": sqs.SqsDeadLetters(client),
        "queue_depths": SqsDepths(client, queues.places),
    }


@dataclass(frozen=True)
class Deployment:
    """The service, its tables and queues, and the count of its requests."""

    service: Process
    tables: Tables
    queues: Queues
    requests: Requests


def deployed(kept: Tables, queues: Queues, settings: Mapping[str, str], owned: Tables | None = None) -> Deployment:
    """Compose the service on those tables. `settings` are variables that differ from the defaults."""
    read = Settings.from_environment({**kept.places, **queues.places, **settings})
    adapters = _adapters(read, kept, owned or kept, queues)
    if owned is not None:
        adapters.directory.put_user(_admin())
    clients = {id(each.client): each.client for each in (kept, owned or kept)}
    return Deployment(Process(adapters, read), kept, queues, Requests(*clients.values(), queues.client))


def _admin() -> User:
    """The user of `ADMIN`: writes have a condition on the user."""
    return User(id=ADMIN.user_id, name="Admin", role=ADMIN.role, groups=(), created_at=LONG_AGO, updated_at=LONG_AGO)
