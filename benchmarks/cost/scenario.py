"""A scenario and its usage, through the real handlers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from moto import mock_aws

from benchmarks.cost import content, deployment, metered, steady
from benchmarks.cost.sender import InstantSender
from benchmarks.cost.usage import Usage
from chalicelib.workers import deliver, notify
from testbed import gateway

if TYPE_CHECKING:
    from benchmarks.cost.deployment import Deployment
    from chalicelib.ports import Clock

WEBHOOKS: Final = 10
_URL: Final = "https://hooks.example.com/services/T024BE7LD/B0{number}/XXXXXXXXXXXXXXXXXXXXXXXX"


class Way(StrEnum):
    """How notifications are sent to the service."""

    SQS = "SQS"
    HTTPS = "HTTPS"


@dataclass(frozen=True)
class Profile:
    """How many messages an invocation gets at most."""

    name: str
    notify: int
    deliver: int


BUSY: Final = Profile("latency", 10, 10)
"""The default, batches of ten and no window, while there are always messages on the queues: batches are full."""
QUIET: Final = Profile("latency, quiet", 1, 1)
"""The same if each message has an invocation of its own: the most expensive case."""
THROUGHPUT: Final = Profile("throughput", 10, 500)
"""Batches of 500 with a window of a second, full."""


@dataclass(frozen=True)
class Scenario:
    """One case.

    Args:
        size_bytes: of a notification.
        fan_out: how many webhooks get each notification: all ten, or one of ten.
        is_failing: whether one attempt in twenty is answered with 500, and retried by the schedule.
        way: how notifications are sent to the service.
        profile: how full batches are.
        is_named: whether notifications have a producer's id, by which they are deduplicated.
        is_noise: whether the content is incompressible.
        is_kept: whether notifications are stored for recoveries.

    """

    size_bytes: int = 1_024
    fan_out: int = 10
    is_failing: bool = False
    way: Way = Way.SQS
    profile: Profile = BUSY
    is_named: bool = False
    is_noise: bool = False
    is_kept: bool = True

    @property
    def name(self) -> str:
        """The case in a few words."""
        said = [f"{self.size_bytes // 1_024} KB", f"fan-out {self.fan_out}", self.way.value]
        said += ["5 % failing"] if self.is_failing else []
        said += ["with an id"] if self.is_named else []
        said += ["incompressible"] if self.is_noise else []
        said += [] if self.is_kept else ["no notifications kept"]
        return ", ".join([*said, self.profile.name])


@dataclass(frozen=True)
class Outcome:
    """The usage of a scenario, and how much it delivered."""

    usage: Usage
    deliveries: int
    attempts: int
    notifications: int
    messages: dict[str, int]


def run(scenario: Scenario, notifications: int) -> Outcome:
    """Send notifications, and run the workers until nothing is left to do."""
    clock = steady.StoppedClock()
    senders: list[InstantSender] = []

    def sender(given: Clock) -> InstantSender:
        senders.append(InstantSender(given, is_failing=scenario.is_failing))
        return senders[-1]

    own = {} if scenario.is_kept else {"NOTIFICATION_DAYS": "0"}
    with mock_aws(), deployment.deployed(clock=clock, entropy=steady.SteadyEntropy(), sender=sender, variables=own) as made:
        create_webhooks(made, scenario)
        deployment.add_admin(made)
        usage = Usage()
        with metered.metered(made, usage):
            send(made, scenario, notifications)
            process_all(made, scenario.profile, clock)
        metered.sum_up(made, usage, senders[-1])
        messages = Counter[str]()
        for call in made.calls:
            messages[call.function] += call.messages
        return Outcome(usage, senders[-1].successes, senders[-1].attempts, notifications, dict(messages))


def create_webhooks(made: Deployment, scenario: Scenario, url: str = _URL) -> None:
    """Create the webhooks."""
    for number in range(WEBHOOKS):
        own_url = url.format(number=f"{number:07}")
        is_global = scenario.fan_out > 1
        made.service.adapters.webhooks.create(
            deployment.webhook(number, url=own_url, notification_type=content.TYPE, is_global=is_global)
        )


def send(made: Deployment, scenario: Scenario, notifications: int) -> None:
    """Send notifications: in batches to the queue, or each by a request to the API."""
    texts = [_text(scenario, number) for number in range(notifications)]
    if scenario.way is Way.SQS:
        size = scenario.profile.notify
        for start in range(0, len(texts), size):
            made.queues.put("notifications", texts[start : start + size])
        return
    for text in texts:
        answer = made.call("APIHandler", gateway.handle, gateway.event("POST", "/notifications", deployment.ADMIN_KEY, text))
        if answer["statusCode"] != HTTPStatus.ACCEPTED:
            raise RuntimeError(answer["body"])


def _text(scenario: Scenario, number: int) -> str:
    return content.notification(
        number,
        size_bytes=scenario.size_bytes,
        target_user=number % WEBHOOKS,
        is_named=scenario.is_named,
        is_noise=scenario.is_noise,
    )


def process_all(made: Deployment, profile: Profile, clock: steady.StoppedClock) -> None:
    """Call the workers until all queues are empty. Set the clock forward to what is due next."""
    while True:
        while process_batch(made, profile):
            pass
        due = [at for queue in ("deliveries", "slow-deliveries") if (at := made.queues.next_due(queue)) is not None]
        if not due:
            return
        clock.at = max(min(due), clock.at + timedelta(milliseconds=1))


def process_batch(made: Deployment, profile: Profile) -> bool:
    """Call a worker with one batch, of the first queue that has messages. Return whether there was one.

    Notifications come first, so that there are full batches on the next queues.
    """
    for queue, function, handler, size in (
        ("notifications", "Notify", notify.notify, profile.notify),
        ("accepted", "Notify", notify.notify, profile.notify),
        ("deliveries", "Deliver", deliver.deliver, profile.deliver),
        ("slow-deliveries", "DeliverSlow", deliver.deliver_slow, profile.deliver),
    ):
        records = made.queues.take(queue, size)
        if records:
            answer = made.call(function, handler, {"Records": records}, len(records))
            if answer["batchItemFailures"]:
                message = f"{function} returns messages: {answer}"
                raise RuntimeError(message)
            return True
    return False
