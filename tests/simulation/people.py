"""What people do in a run: notifications, deletions, retries, recoveries, invalid messages; and the responses they got."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from chalicelib.composition import process
from chalicelib.composition.api import services
from chalicelib.domain.history.recovery import Wanted
from chalicelib.intake.intake import Accepted
from chalicelib.webhooks.edits import WebhookEdit
from chalicelib.webhooks.service import WebhookDraft
from tests.simulation import turnover, webhooks
from tests.simulation.cuts import NO_CUTS
from tests.simulation.receivers import Temper, temper
from tests.simulation.world import ADMIN, OWNERS, PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.webhooks.webhook import Webhook
    from tests.simulation.chaos import Chaos
    from tests.simulation.cuts import Cuts
    from tests.simulation.world import World

DELETIONS_MAX: Final = 2
MIDWAY: Final = 0.3
"""The probability that a webhook is deleted after one of its calls, in runs that are about that."""

MIDWAY_ERRAND: Final = -1
"""The number of all deletions after a call, which are not planned."""
_LOOKS_EACH_S: Final = 40


class Errand(NamedTuple):
    """Something that a person does at a certain time. `number` is its position in the plan of the run."""

    at: datetime
    number: int
    label: str
    do: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """A recovery that a person requested, and the service accepted."""

    id: str
    webhook_id: str
    only: str
    at: datetime


@dataclass(slots=True)
class Known:
    """What people know from the service's responses, and may rely on."""

    tried: list[tuple[str, datetime]] = field(default_factory=list)
    """Notifications that a producer began to send, with any result."""
    accepted: list[tuple[str, datetime]] = field(default_factory=list)
    done: list[tuple[datetime, str]] = field(default_factory=list)
    """What people did, in words."""
    paused: dict[str, datetime] = field(default_factory=dict)
    """When a pause of a webhook was requested."""
    resumed: dict[str, datetime] = field(default_factory=dict)
    """When the end of a webhook's pause was confirmed."""
    asked: list[Asked] = field(default_factory=list)
    deleted: dict[str, int] = field(default_factory=dict)
    deleting: set[str] = field(default_factory=set)
    retries: list[str] = field(default_factory=list)
    poison: list[str] = field(default_factory=list)
    """The `deliverAt` of scheduled notifications, by their text."""


class People:
    """The owners, the producers and the operator. `run` runs something in a process of its own."""

    def __init__(
        self, world: World, chaos: Chaos, run: Callable[[str, Callable[[], object]], None], cuts: Cuts = NO_CUTS
    ) -> None:
        self.known = Known()
        self._world = world
        self._chaos = chaos
        self._run = run
        self._planned: list[Errand] = []
        self._may_delete_midway = MIDWAY_ERRAND not in cuts.errands
        self._deletes_midway = chaos.plans.random() < 0.3
        self.webhooks = webhooks.made(chaos)
        self.made_count = len(self.webhooks)
        self._plan()
        self._turnover()
        self.webhooks = [each for number, each in enumerate(self.webhooks) if number not in cuts.webhooks]
        for each in self.webhooks:
            world.store.create(each)
        self._errands = sorted(each for each in self._planned if each.number not in cuts.errands)

    def do_what_is_due(self, now: datetime) -> None:
        while self._errands and self._errands[0].at <= now:
            errand = self._errands.pop(0)
            self.known.done.append((now, errand.label))
            errand.do()

    @property
    def planned(self) -> list[int]:
        """The numbers of everything that people may do."""
        return [MIDWAY_ERRAND, *(each.number for each in self._planned)]

    @property
    def next_at(self) -> list[datetime]:
        return [each.at for each in self._errands[:1]]

    def perhaps_delete(self, url: str) -> None:
        """Delete a webhook during a batch, which may contain more of its attempts."""
        odds = MIDWAY if self._deletes_midway else MIDWAY / 10
        if self._may_delete_midway and len(self.known.deleting) < DELETIONS_MAX and self._chaos.chance(odds):
            for webhook in self.webhooks:
                if webhook.url == url:
                    self._delete(webhook.id)()

    def _at(self, seconds: float, label: str, do: Callable[[], None]) -> None:
        at = self._chaos.clock.now() + timedelta(seconds=seconds)
        self._planned.append(Errand(at, len(self._planned), label, do))

    def _plan(self) -> None:
        rng = self._chaos.plans
        count, within_s = rng.choice([(rng.randint(2, 8), 120), (12, 1)])
        if self._deletes_midway:
            count, within_s = 12, 1  # many for one webhook in one batch
        for number in range(count):
            text = self._notification(number)
            sent, verb = rng.choice([(self._drop, "puts on the queue"), (self._post, "posts")])
            self._at(rng.random() * within_s, f"A producer {verb} {text}", sent(text))
            if '"id"' in text and rng.random() < 0.5:
                self._at(rng.random() * 240, f"A producer {verb} again {text}", sent(text))
        for _ in range(rng.randint(0, 2)):
            chosen = rng.choice(self.webhooks)
            self._at(rng.random() * 300, f"An admin deletes {chosen.name}", self._delete(chosen.id))
        for _ in range(rng.randint(0, 3)):
            self._at(60 + rng.random() * 600, "An admin retries an attempt", self._retry(rng.random()))
        for _ in range(rng.randint(0, 4)):
            self._plan_recovery(60 + rng.random() * rng.choice([600, 2_000, 40_000]))
        if rng.random() < 0.3:
            self._plan_pause(rng.choice(self.webhooks))
        if rng.random() < 0.2:
            owner, leaves_s = rng.choice(OWNERS), rng.random() * 600
            self._at(leaves_s, f"User {owner} is deleted", self._leave(owner))
            self._at(max(0, leaves_s + rng.uniform(-2, 1)), f"User {owner} makes a webhook", self._subscribe(owner))
        if rng.random() < 0.3:
            queue = rng.choice(list(self._world.queues))
            self._at(rng.random() * 60, f"Nonsense is put on the queue {queue}", self._poison(queue))

    def _plan_recovery(self, begins_s: float) -> None:
        """Start a recovery of everything so far, of one of three kinds, read its progress, and maybe stop it."""
        rng = self._chaos.plans
        failing = [each for each in self.webhooks if temper(each.url) in {Temper.HANGING, Temper.FLAKY, Temper.OUTAGE}]
        webhook = rng.choice([*self.webhooks, *failing, *failing])
        only = rng.choice(list(Wanted))
        self._at(begins_s, f"An admin asks for what is {only} of {webhook.name}", self._recover(webhook.id, only))
        for number in range(rng.randint(0, 2)):
            self._at(begins_s + 1 + number * _LOOKS_EACH_S, f"An admin looks at {webhook.name}", self._look(webhook.id))
        if rng.random() < 0.1:
            self._at(begins_s + rng.random() * 3, f"An admin stops what recovers {webhook.name}", self._stop(webhook.id))

    def _plan_pause(self, webhook: Webhook) -> None:
        """Pause a webhook for a while, and recover what it missed."""
        rng = self._chaos.plans
        begins_s = rng.random() * 60
        ends_s = begins_s + 30 + rng.random() * 300
        self._at(begins_s, f"An admin pauses {webhook.name}", self._pause(webhook.id))
        self._at(ends_s, f"An admin resumes {webhook.name}", self._resume(webhook.id))
        recover = self._recover(webhook.id, Wanted.MISSING)
        self._at(ends_s + 60 + rng.random() * 600, f"An admin asks for what {webhook.name} missed", recover)

    def _turnover(self) -> None:
        if self._chaos.plans.random() < 0.4:
            for seconds, label, errand in turnover.plan(self._chaos, self._run):
                self._at(seconds, label, errand)

    def _notification(self, number: int) -> str:
        rng = self._chaos.plans
        given: dict[str, object] = {"notificationType": rng.choice(["modelDeleted", "tagCreated"]), "text": f"n{number}"}
        if rng.random() < 0.5:
            given["id"] = f"evt-{number}"
        given |= {"actionBy": rng.choice([None, 1, 2]), "targetUser": rng.choice([None, 2, 3]), "number": number}
        given["targetGroup"] = rng.choice([None, 7])
        if rng.random() < 0.2:
            deliver_at = self._chaos.clock.now() + timedelta(seconds=rng.choice([-60, 300, 2_000]))
            given["deliverAt"] = deliver_at.isoformat()
        return json.dumps(given)

    def _drop(self, text: str) -> Callable[[], None]:
        def drop() -> None:
            self.known.tried.append((text, self._chaos.clock.now()))
            self.known.accepted.append((text, self._chaos.clock.now()))
            self._world.queues["notifications"].put(text)

        return drop

    def _post(self, text: str) -> Callable[[], None]:
        def post() -> None:
            now = self._chaos.clock.now()
            self.known.tried.append((text, now))
            [result] = process.current().made(services).intake.accept(ADMIN, [text])
            assert isinstance(result, Accepted), result
            self.known.accepted.append((text, now))

        return lambda: self._run("post", post)

    def _delete(self, webhook_id: str) -> Callable[[], None]:
        def delete() -> None:
            self.known.deleting.add(webhook_id)
            process.current().made(services).webhooks.delete(ADMIN, webhook_id)
            self.known.deleted.setdefault(webhook_id, len(self._world.observed.calls))

        return lambda: self._run("delete", delete)

    def _leave(self, user_id: str) -> Callable[[], None]:
        """Delete a user. Their webhooks are deleted in the background."""

        def leave() -> None:
            self.known.deleting |= {webhook.id for webhook in self.webhooks if webhook.owner_id == user_id}
            process.current().made(services).directory.delete_user(ADMIN, user_id)

        return lambda: self._run("leave", leave)

    def _subscribe(self, user_id: str) -> Callable[[], None]:
        """Create a webhook for a user."""
        draft = WebhookDraft({"url": "https://well.test/new", "name": "new", "notification_types": ("ALL_NOTIFICATIONS",)})
        return lambda: self._run(
            "subscribe", lambda: process.current().made(services).webhooks.create(PEOPLE[user_id], [draft])
        )

    def _retry(self, part: float) -> Callable[[], None]:
        def retry() -> None:
            made = [call.record_id for call in self._world.observed.calls]
            if made:
                self.known.retries.append(process.current().made(services).history.retry(ADMIN, made[int(part * len(made))]))

        return lambda: self._run("retry", retry)

    def _recover(self, webhook_id: str, only: Wanted) -> Callable[[], None]:
        def recover() -> None:
            since = self._chaos.clock.now() - timedelta(days=1)
            started = process.current().made(services).recoveries.start(ADMIN, webhook_id, only, since, None)
            self.known.asked.append(Asked(started.id, webhook_id, only.value, started.started_at))

        return lambda: self._run("recover", recover)

    def _look(self, webhook_id: str) -> Callable[[], None]:
        def look() -> None:
            found, _ = process.current().made(services).recoveries.page(ADMIN, webhook_id, None, 10)
            assert all(0 <= each.progress() <= 1 for each in found), "progress is a part of the whole"

        return lambda: self._run("look", look)

    def _stop(self, webhook_id: str) -> Callable[[], None]:
        def stop() -> None:
            recoveries = process.current().made(services).recoveries
            for each in recoveries.page(ADMIN, webhook_id, None, 1)[0]:
                recoveries.stop(ADMIN, webhook_id, each.id)

        return lambda: self._run("stop", stop)

    def _pause(self, webhook_id: str) -> Callable[[], None]:
        def pause() -> None:
            self.known.paused.setdefault(webhook_id, self._chaos.clock.now())
            process.current().made(services).editor.edit(ADMIN, webhook_id, WebhookEdit({"is_enabled": False}), None)

        return lambda: self._run("pause", pause)

    def _resume(self, webhook_id: str) -> Callable[[], None]:
        def resume() -> None:
            process.current().made(services).editor.edit(ADMIN, webhook_id, WebhookEdit({"is_enabled": True}), None)
            self.known.resumed.setdefault(webhook_id, self._chaos.clock.now())

        return lambda: self._run("resume", resume)

    def _poison(self, queue: str) -> Callable[[], None]:
        def poison() -> None:
            self.known.poison.append("{this is no message")
            self._world.queues[queue].put(self.known.poison[-1])

        return poison
