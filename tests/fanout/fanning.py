"""Seven webhooks in several audiences, and a queue of notifications that a test processes step by step."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final

from chalicelib.intake.messages import ReceivedNotification
from testbed.fakes.service import service_on
from tests.domain.samples import NOON, webhook

if TYPE_CHECKING:
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.intake.ports import QueuedNotification
    from testbed.fakes.service import FakeAdapters, Service

SENT: Final = {"notificationType": "modelDeleted", "actionBy": 1, "targetUser": 2, "targetGroup": "ops"}

WANTING: Final = (
    webhook(1, owner_id="9", is_global=True),
    webhook(2, owner_id="9", is_global=True, notification_types=("modelDeleted",)),
    webhook(3, owner_id="1"),
    webhook(4, owner_id="1", groups=("ops",)),
    webhook(5, owner_id="2", groups=("ops",), notification_types=("modelDeleted", "modelCreated")),
    webhook(6, owner_id="3", groups=("ops",)),
    webhook(7, owner_id="2"),
)
NOT_WANTING: Final = (
    webhook(11, owner_id="3"),
    webhook(12, owner_id="1", notification_types=("modelCreated",)),
    webhook(13, owner_id="1", is_enabled=False),
    webhook(14, owner_id="1", disabled_reason="It is gone."),
)


def furnish(world: FakeAdapters) -> Service:
    """All of the webhooks, and steps of two."""
    for each in (*WANTING, *NOT_WANTING):
        world.webhooks.create(each)
    return process_in(world)


def process_in(world: FakeAdapters) -> Service:
    """A fresh process, as after a crash."""
    return service_on(world, fan_out_page_max=2, fan_out_lease_s=180)


def received(message_id: str = "m-1", *, text: str | None = None, **members: object) -> ReceivedNotification:
    """A raw notification of an event source."""
    return ReceivedNotification(text or json.dumps(SENT | members), {}, message_id, NOON)


def handed_out(queued: QueuedNotification, message_id: str) -> ReceivedNotification:
    """A queued message, as the queue delivers it."""
    return ReceivedNotification(queued.text, queued.attributes, message_id, NOON, is_accepted=True)


def take_queued(world: FakeAdapters) -> list[QueuedNotification]:
    """Empty the queue of notifications."""
    taken = list(world.accepted.sent)
    world.accepted.sent.clear()
    return taken


def work_off(world: FakeAdapters, rooms: Service) -> int:
    """Do the steps that are queued, and those that they queue; return how many they were."""
    steps = 0
    while queued := take_queued(world):
        for each in queued:
            steps += 1
            rooms.fan_out.step(handed_out(each, f"c-{steps}"))
    return steps


def deliveries_of(world: FakeAdapters) -> Counter[str]:
    """The number of attempts that were enqueued for each webhook."""
    return Counter(each.attempt.webhook_id for each in world.deliveries.sent)


def record_ids(world: FakeAdapters) -> set[str]:
    """The distinct records that the enqueued attempts will have."""
    return {str(each.attempt.record_id) for each in world.deliveries.sent}


def once_each(webhooks: tuple[Webhook, ...]) -> dict[str, int]:
    """One delivery for each webhook."""
    return {each.id: 1 for each in webhooks}
