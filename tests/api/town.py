"""The setup of the API's tests: a service on fakes, with an admin and two users."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from chalicelib.background.tasks import FollowOwner
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import (
    Exchange,
    FailureCause,
    Headers,
    OutboundRequest,
    PendingAttempt,
    Response,
    Trigger,
)
from chalicelib.domain.delivery.schedule import AttemptSchedule
from chalicelib.domain.directory.users import Caller, Role
from chalicelib.domain.history import records
from chalicelib.domain.history.recovery import Wanted
from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS, Settings
from testbed.fakes.service import FakeAdapters, Service
from tests.api.client import Answer, Api

NOON: Final = datetime(2026, 3, 1, 12, tzinfo=UTC)
DRAFT: Final = {
    "url": "https://hooks.example/services/T0/secret?token=1",
    "name": "Mine",
    "notificationType": ["ALL_NOTIFICATIONS"],
}


SETTINGS: Final = Settings.from_environment(dict.fromkeys(ENVIRONMENT_OF_LOCATIONS, "elsewhere") | {"KEY_CACHE_S": "0"})
"""Callers without a key cache, so that a test sees immediately what another request did."""


def answered(status: int = 200, headers: Headers = (("content-type", "text/plain"),), body: bytes = b"ok") -> Exchange:
    """A request to the webhook of `DRAFT` with a response."""
    return exchanged(response=Response(status, headers, body))


def exchanged(
    *, body: bytes = b'{"text":"Hello"}', response: Response | None = None, failure: FailureCause | None = None
) -> Exchange:
    """A request to the webhook of `DRAFT` with a response or a failure."""
    return Exchange(
        request=OutboundRequest(str(DRAFT["url"]), (("webhook-timestamp", "1772366401"),), body, 10),
        started_at=NOON,
        duration_ms=12,
        response=response,
        failure=failure,
        detail="" if failure is None else "There was no answer within 10 s.",
    )


class Town:
    """A service with the callers `admin` (id ``root``), `anna` (id ``1``), `ben` (id ``2``), and `nobody` without a key."""

    def __init__(self, settings: Settings = SETTINGS) -> None:
        self.world = FakeAdapters()
        self.service = Service(self.world, settings)
        self.nobody = Api()
        self.admin = Api(self.service.api.directory.ensure_user("root", "Root", Role.ADMIN))
        self.anna = Api(self.service.api.directory.ensure_user("1", "Anna", Role.USER))
        self.ben = Api(self.service.api.directory.ensure_user("2", "Ben", Role.USER))

    def work_off(self) -> None:
        """Run the background tasks for users' webhooks now."""
        for task in self.world.background.sent:
            if isinstance(task.work, FollowOwner):
                self.service.owners.step(task.work)

    def create(self, owner: Api, **changes: object) -> Answer:
        """Create a webhook and return the response."""
        return owner.post("/webhooks", {"webhooks": [DRAFT | changes]})

    def webhook_of(self, owner: Api, **changes: object) -> str:
        """Create a webhook and return its id."""
        answer = self.create(owner, **changes)
        assert answer.status == 201, answer.text
        webhook_id: str = answer.json["createdWebhooks"][0]["id"]
        self.world.clock.advance(0.001)
        return webhook_id

    def type_of(self, name: str, **members: object) -> str:
        """Add a notification type and return its name."""
        answer = self.admin.put(f"/webhooks/actions/{name}", members)
        assert answer.status in {200, 201}, answer.text
        return name

    def root(self) -> Caller:
        """The admin as a caller."""
        user = self.world.directory.user("root")
        assert user is not None
        return Caller(user.id, user.role, incarnation=user.incarnation)

    def recovery_of(self, webhook_id: str) -> str:
        """Start a recovery of a webhook's last day and return its id."""
        since = self.world.clock.now() - timedelta(days=1)
        return self.service.api.recoveries.start(self.root(), webhook_id, Wanted.ALL, since, None).id

    def record_of(self, webhook_id: str, came: Exchange | None = None, *, notification_type: str = "modelCreated") -> str:
        """Put the record of an attempt that is made now into a webhook's history, and return its id."""
        now = self.world.clock.advance(1)
        attempt = PendingAttempt(
            record_id=ids.RecordId(webhook_id, ids.sortable(now, self.world.entropy.take(ids.ENTROPY_BYTES))),
            delivery_id=ids.DELIVERY + ids.sortable(now, self.world.entropy.take(ids.ENTROPY_BYTES)),
            notification_id="evt-7f3",
            notification_type=notification_type,
            attempt_number=1,
            trigger=Trigger.NOTIFICATION,
            body='{"text":"Hello"}',
        )
        made = records.record(attempt, came or answered(), AttemptSchedule((5, 300)))
        assert self.world.history.write([made]) == []
        return str(attempt.record_id)
