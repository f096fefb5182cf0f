"""A load and its outcome: notifications to webhooks of which some are slow or failing for a minute."""

from __future__ import annotations

import json
import math
import random
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from chalicelib.domain import ids
from chalicelib.domain.directory.users import Caller, OwnerNote, Role
from chalicelib.domain.webhooks.webhook import ActionType, Webhook
from testbed.account.account import Account
from testbed.account.receivers import Behaviour, Receivers, url
from testbed.account.virtual_time import BEGAN_AT
from testbed.fakes.people import LONG_AGO, person

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from testbed.account.lambdas import Meter, Setting

WARM_S: Final = 10.0
ACTED_S: Final = 10.0
"""The time in which lanes and circuit breakers take effect."""
_SEED: Final = 20261128
_REST_S: Final = 3_600.0
"""By then everything is delivered: the third attempt is after about five minutes, when all receivers are healthy again."""


@dataclass(frozen=True, slots=True)
class Load:
    """Notifications a second, each to one webhook. `shares` go to webhooks of a behaviour, the rest to healthy ones."""

    name: str
    webhooks: Mapping[Behaviour, int]
    shares: Mapping[Behaviour, float]
    rate_per_s: float
    outage_s: float
    has_outage: bool = True

    def without_outage(self) -> Load:
        """The same notifications to the same webhooks, all of which stay healthy."""
        return replace(self, has_outage=False)


@dataclass(frozen=True, slots=True)
class Latencies:
    """Milliseconds from a notification to its receipt."""

    p50: float
    p99: float

    @classmethod
    def of(cls, seconds: Iterable[float]) -> Latencies:
        """By the nearest rank, so that each is a measured value."""
        found = sorted(seconds)
        p50, p99 = (found[math.ceil(share * len(found)) - 1] * 1000 for share in (0.50, 0.99))
        return cls(p50, p99)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a load: for healthy webhooks, when each notification was sent and how long it took to be received."""

    load: Load
    healthy: list[tuple[float, float]]
    fast: Meter
    slow: Meter
    requests: int

    @property
    def first(self) -> Latencies:
        """In the first seconds of the outage."""
        return self._between(WARM_S, WARM_S + ACTED_S)

    @property
    def after(self) -> Latencies:
        """After them, until the outage ends."""
        return self._between(WARM_S + ACTED_S, WARM_S + self.load.outage_s)

    def p99_by_second(self) -> list[tuple[float, float]]:
        """The p99 of each second, counted from the start of the outage; also of the seconds before it."""
        seconds = range(int(WARM_S + self.load.outage_s))
        return [(second - WARM_S, self._between(second, second + 1).p99) for second in seconds]

    def _between(self, since_s: float, until_s: float) -> Latencies:
        return Latencies.of(took_s for sent_s, took_s in self.healthy if since_s <= sent_s < until_s)


def outcome(load: Load, setting: Setting, rest_s: float = _REST_S) -> Outcome:
    """Run a load to its end. Raise if a notification was lost."""
    outage_until_s = WARM_S + (load.outage_s if load.has_outage else 0)
    receivers = Receivers(WARM_S, outage_until_s)
    account = Account(receivers, setting)
    webhooks = [_webhook(number, behaviour) for number, behaviour in enumerate(_behaviours(load))]
    for webhook in webhooks:
        account.directory.put_user(person(Caller(webhook.owner_id, Role.USER)))
        account.directory.forget_owner_note(OwnerNote(user_id=webhook.owner_id, since=LONG_AGO))
        account.store.create(webhook)
    sent = list(_arrivals(load))
    for number, (at_s, to) in enumerate(sent):
        account.time.at(at_s, partial(account.queues["notifications"].put, _notification(number, to)))
    account.run(rest_s, ends_at_s=rest_s)
    _require_all_recorded(account, sent, webhooks)
    behaviours = _behaviours(load)
    healthy = [
        (at_s, receivers.first_receipts[number] - at_s)
        for number, (at_s, to) in enumerate(sent)
        if behaviours[to] is Behaviour.HEALTHY
    ]
    return Outcome(load, healthy, account.deliver.meter, account.deliver_slow.meter, receivers.requests)


def _behaviours(load: Load) -> list[Behaviour]:
    return [behaviour for behaviour, count in load.webhooks.items() for _ in range(count)]


def _arrivals(load: Load) -> Iterable[tuple[float, int]]:
    """When each notification is sent and to which webhook, at random times. The same load has the same times."""
    rng = random.Random(_SEED)  # noqa: S311 - reproducible
    behaviours = _behaviours(load)
    numbers = {
        behaviour: [number for number, each in enumerate(behaviours) if each is behaviour] for behaviour in load.webhooks
    }
    shares = {**load.shares, Behaviour.HEALTHY: 1 - sum(load.shares.values())}
    at_s = rng.expovariate(load.rate_per_s)
    while at_s < WARM_S + load.outage_s:
        [behaviour] = rng.choices(list(shares), list(shares.values()))
        yield at_s, rng.choice(numbers[behaviour])
        at_s += rng.expovariate(load.rate_per_s)


def _webhook(number: int, behaviour: Behaviour) -> Webhook:
    return Webhook(
        id=ids.WEBHOOK + ids.derived(BEGAN_AT, "webhook", str(number)),
        owner_id=str(number),
        url=url(behaviour, number),
        name=f"{behaviour} {number}",
        notification_types=("modelDeleted",),
        is_global=False,
        action_type=ActionType.RECEIVED,
        groups=(),
        created_at=BEGAN_AT,
        updated_at=BEGAN_AT,
    )


def _notification(number: int, to: int) -> str:
    return json.dumps({"notificationType": "modelDeleted", "text": f"n{number}", "targetUser": to})


def _require_all_recorded(account: Account, sent: list[tuple[float, int]], webhooks: list[Webhook]) -> None:
    """Raise `AssertionError` unless each notification has the record of a success."""
    owed: dict[int, set[str]] = {}
    for number, (_, to) in enumerate(sent):
        owed.setdefault(to, set()).add(f'"text":"n{number}"')
    for to, texts in owed.items():
        succeeded = [record.attempt.body for record in account.history.kept_of(webhooks[to].id) if record.failure is None]
        lost = {text for text in texts if not any(text in body for body in succeeded)}
        if lost:
            message = f"{len(lost)} notifications to {webhooks[to].name} were lost: {sorted(lost)[:3]}"
            raise AssertionError(message)
