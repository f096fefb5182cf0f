"""What people do in a run: notifications, deletions, retries, recoveries, poison; and what they were told."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib import bootstrap
from chalicelib.domain.recovery import Wanted
from chalicelib.services.intake import Accepted
from chalicelib.services.webhooks import WebhookDraft
from tests.simulation import turnover, webhooks
from tests.simulation.receivers import Temper, temper
from tests.simulation.world import ADMIN, OWNERS, PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from tests.simulation.chaos import Chaos
    from tests.simulation.world import World

DELETIONS_MAX: Final = 2

Errand = tuple["datetime", "Callable[[], None]"]


@dataclass(slots=True)
class Known:
    """What the outside world has been told, and may rely on."""

    accepted: list[tuple[str, datetime]] = field(default_factory=list)
    deleted: dict[str, int] = field(default_factory=dict)
    deleting: set[str] = field(default_factory=set)
    retries: list[str] = field(default_factory=list)
    recoveries: dict[str, str] = field(default_factory=dict)
    poison: list[str] = field(default_factory=list)
    deliver_at: dict[str, datetime] = field(default_factory=dict)
    """When its producer wants a notification delivered, by its text."""


class People:
    """The owners, the producers and the operator. `run` has something done by a process of its own."""

    def __init__(self, world: World, chaos: Chaos, run: Callable[[str, Callable[[], object]], None]) -> None:
        self.known = Known()
        self._world = world
        self._chaos = chaos
        self._run = run
        self.webhooks = webhooks.made(chaos)
        for each in self.webhooks:
            world.store.create(each)
        self._errands = sorted([*self._plan(), *self._turnover()], key=lambda errand: errand[0])

    def do_what_is_due(self, now: datetime) -> None:
        while self._errands and self._errands[0][0] <= now:
            self._errands.pop(0)[1]()

    @property
    def next_at(self) -> list[datetime]:
        return [at for at, _ in self._errands[:1]]

    def perhaps_delete(self, url: str) -> None:
        """Somebody deletes a webhook while a batch is under way: more of its attempts may wait in there, longest if slow."""
        odds = 0.3 if Temper.SLOW in url else 0.03
        if len(self.known.deleting) < DELETIONS_MAX and self._chaos.hits(odds):
            for webhook in self.webhooks:
                if webhook.url == url:
                    self._delete(webhook.id)()

    def _plan(self) -> list[Errand]:
        rng, began = self._chaos.random, self._chaos.clock.now()
        errands: list[Errand] = []

        def at(seconds: float, errand: Callable[[], None]) -> None:
            errands.append((began + timedelta(seconds=seconds), errand))

        count, within_s = rng.choice([(rng.randint(2, 8), 120), (12, 1)])
        for number in range(count):
            text = self._notification(number)
            sent = rng.choice([self._drop, self._post])(text)
            at(rng.random() * within_s, sent)
            if '"id"' in text and rng.random() < 0.5:
                at(rng.random() * 240, sent)
        for _ in range(rng.randint(0, 2)):
            at(rng.random() * 300, self._delete(rng.choice(self.webhooks).id))
        for _ in range(rng.randint(0, 3)):
            at(60 + rng.random() * 600, self._retry)
        for _ in range(rng.randint(0, 2)):
            at(60 + rng.random() * rng.choice([2_000, 40_000]), self._recover)
        if rng.random() < 0.2:
            owner, leaves_s = rng.choice(OWNERS), rng.random() * 600
            at(leaves_s, self._leave(owner))
            at(max(0, leaves_s + rng.uniform(-2, 1)), self._subscribe(owner))
        if rng.random() < 0.3:
            at(rng.random() * 60, self._poison(rng.choice(list(self._world.queues))))
        return errands

    def _turnover(self) -> Iterator[Errand]:
        began = self._chaos.clock.now()
        if self._chaos.random.random() < 0.4:
            for seconds, errand in turnover.plan(self._chaos, self._run):
                yield began + timedelta(seconds=seconds), errand

    def _notification(self, number: int) -> str:
        rng = self._chaos.random
        given: dict[str, object] = {"notificationType": rng.choice(["modelDeleted", "tagCreated"]), "text": f"n{number}"}
        if rng.random() < 0.5:
            given["id"] = f"evt-{number}"
        given |= {"actionBy": rng.choice([None, 1, 2]), "targetUser": rng.choice([None, 2, 3]), "number": number}
        given["targetGroup"] = rng.choice([None, 7])
        if rng.random() < 0.2:
            deliver_at = self._chaos.clock.now() + timedelta(seconds=rng.choice([-60, 300, 2_000]))
            self.known.deliver_at[f"n{number}"] = deliver_at
            given["deliverAt"] = deliver_at.isoformat()
        return json.dumps(given)

    def _drop(self, text: str) -> Callable[[], None]:
        def drop() -> None:
            self.known.accepted.append((text, self._chaos.clock.now()))
            self._world.queues["notifications"].put(text)

        return drop

    def _post(self, text: str) -> Callable[[], None]:
        def post() -> None:
            now = self._chaos.clock.now()
            [result] = bootstrap.house().intake.accept(ADMIN, [text])
            assert isinstance(result, Accepted), result
            self.known.accepted.append((text, now))

        return lambda: self._run("post", post)

    def _delete(self, webhook_id: str) -> Callable[[], None]:
        def delete() -> None:
            self.known.deleting.add(webhook_id)
            bootstrap.house().webhooks.delete(ADMIN, webhook_id)
            self.known.deleted.setdefault(webhook_id, len(self._world.observed.calls))

        return lambda: self._run("delete", delete)

    def _leave(self, user_id: str) -> Callable[[], None]:
        """A user is deleted, and their webhooks follow in the background."""

        def leave() -> None:
            self.known.deleting |= {webhook.id for webhook in self.webhooks if webhook.owner_id == user_id}
            bootstrap.house().directory.delete_user(ADMIN, user_id)

        return lambda: self._run("leave", leave)

    def _subscribe(self, user_id: str) -> Callable[[], None]:
        """A user makes a webhook."""
        draft = WebhookDraft(url="https://well.test/new", name="new", notification_types=("ALL_NOTIFICATIONS",))
        return lambda: self._run("subscribe", lambda: bootstrap.house().webhooks.create(PEOPLE[user_id], [draft]))

    def _retry(self) -> None:
        made = [call.record_id for call in self._world.observed.calls]
        if made:
            record_id = self._chaos.random.choice(made)
            self._run("retry", lambda: self.known.retries.append(bootstrap.house().history.retry(ADMIN, record_id)))

    def _recover(self) -> None:
        """Somebody asks for all that has been so far, in one of three ways."""
        failing = [each for each in self.webhooks if temper(each.url) in {Temper.HANGING, Temper.FLAKY, Temper.OUTAGE}]
        webhook_id = self._chaos.random.choice([*self.webhooks, *failing]).id
        only = self._chaos.random.choice(list(Wanted))
        since = self._chaos.clock.now() - timedelta(days=1)

        def recover() -> None:
            started = bootstrap.house().recoveries.start(ADMIN, webhook_id, only, since, None)
            self.known.recoveries[started.id] = started.webhook_id

        self._run("recover", recover)

    def _poison(self, queue: str) -> Callable[[], None]:
        def poison() -> None:
            self.known.poison.append("{this is no message")
            self._world.queues[queue].put(self.known.poison[-1])

        return poison
