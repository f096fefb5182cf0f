"""One run: some webhooks, some notifications, people who delete and retry, and workers that die; then the reckoning."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final, cast

import greenlet

from chalicelib import bootstrap
from chalicelib.domain import ids, matching, notification, signing
from chalicelib.domain.authentication import OAuth2Authentication
from chalicelib.domain.directory import Caller, Role
from chalicelib.domain.errors import PosthornError, Unavailable
from chalicelib.domain.recovery import Wanted
from chalicelib.domain.webhook import ActionType, Webhook
from chalicelib.services.intake import Accepted
from chalicelib.services.ports import HistoryFilter
from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS, Settings
from chalicelib.workers import background, deliver, notify, schedule
from tests.fakes import (
    FakeAudit,
    FakeClaims,
    FakeDirectory,
    FakeEntropy,
    FakeHistory,
    FakeNotificationStore,
    FakeRecoveries,
    FakeStats,
    FakeUrlPolicy,
    FakeWaiting,
    FakeWebhooks,
)
from tests.simulation.chaos import Chaos, Died, Faulty, Odds, SimClock
from tests.simulation.queues import (
    SimBackground,
    SimDeadLetters,
    SimDeliveries,
    SimNotifications,
    SimQueue,
    SimRedelivery,
)
from tests.simulation.receivers import TOKEN_URL, SimSender, Temper
from tests.simulation.stores import SimHistory

if TYPE_CHECKING:
    from collections.abc import Callable

ADMIN: Final = Caller("admin", Role.ADMIN)
FUNCTION_TIMEOUT_S: Final = 60
WORKERS_MAX: Final = 4
DELETIONS_MAX: Final = 2
STEPS_MAX: Final = 60_000
CHAOS_STEPS: Final = 1_500
SETTINGS: Final = replace(
    Settings.from_environment(dict.fromkeys(ENVIRONMENT_OF_LOCATIONS, "x")),
    attempt_waits_s=(5, 300, 1_800),
    fan_out_page_max=3,
    in_flight_max=2,
    in_flight_per_webhook_max=1,
    circuit_open_after=3,
)
_CLIENT: Final = OAuth2Authentication(TOKEN_URL, "client", "s3cret")

TICK: Final = {
    "version": "0",
    "id": "tick",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "1",
    "time": "2026-03-01T12:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {},
}


@dataclass(slots=True)
class Process:
    """Something that runs, and how long it has."""

    name: str
    body: greenlet.greenlet
    started_at: datetime


@dataclass(slots=True)
class Known:
    """What the outside world has been told, and may rely on."""

    accepted: list[tuple[str, datetime]] = field(default_factory=list)
    deleted: dict[str, int] = field(default_factory=dict)
    deleting: set[str] = field(default_factory=set)
    retries: list[str] = field(default_factory=list)
    poison: list[str] = field(default_factory=list)


class Scenario:
    """Everything of one seed."""

    def __init__(self, seed: int) -> None:
        self.clock = SimClock()
        self.chaos = Chaos(seed, self.clock, Odds())
        self.known = Known()
        self.queues = {
            name: SimQueue(name, self.chaos) for name in ("notifications", "deliveries", "slow-deliveries", "background")
        }
        self.store = FakeWebhooks()
        self.history = FakeHistory(self.clock)
        self.held = FakeNotificationStore(self.clock)
        self.recoveries = FakeRecoveries()
        self.waiting = FakeWaiting()
        self.dead_letters = SimDeadLetters()
        self.sender = SimSender(self.chaos, self.clock.now(), self._perhaps_delete)
        self.house = bootstrap.House(SETTINGS, cast("bootstrap.World", self._world()))
        self.webhooks = self._make_webhooks()
        self.processes: list[Process] = []
        self._next_tick = self.clock.now()
        self._errands = self._plan()
        self._handlers: dict[str, Callable[[Any, Any], Any]] = {
            "notifications": notify.notify,
            "deliveries": deliver.deliver,
            "slow-deliveries": deliver.deliver_slow,
            "background": background.background,
        }

    def run(self) -> None:
        """Let it happen, then let it come to rest."""
        with bootstrap.using(self.house):
            for step in range(STEPS_MAX):
                goes_on = self._step()
                if step >= CHAOS_STEPS or not goes_on:
                    self.chaos.is_on = False
                if not goes_on and not self._redrive():
                    return
        message = f"it did not come to rest within {STEPS_MAX} steps"
        raise AssertionError(message)

    def _redrive(self) -> bool:
        """Put the dead letters back, as the operator does once the trouble is over; ``False`` where there are none."""
        dead = [queue for queue in self.queues.values() if queue.dead]
        for queue in dead:
            queue.redrive()
        return bool(dead) or any(queue.messages for queue in self.queues.values())

    # ── the world ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _world(self) -> SimpleNamespace:
        def faulty(port: object) -> Faulty:
            return Faulty(port, self.chaos)

        queues = self.queues
        return SimpleNamespace(
            webhooks=faulty(self.store),
            notification_types=faulty(self.store.types),
            history=faulty(SimHistory(self.history, self.chaos)),
            directory=faulty(FakeDirectory()),
            audit=faulty(FakeAudit(self.clock)),
            stats=faulty(FakeStats(self.history)),
            claims=faulty(FakeClaims()),
            deliveries=faulty(SimDeliveries(queues["deliveries"], queues["slow-deliveries"])),
            notifications=faulty(SimNotifications(queues["notifications"])),
            background=faulty(SimBackground(queues["background"])),
            held=faulty(self.held),
            waiting=faulty(self.waiting),
            recoveries=faulty(self.recoveries),
            redelivery=faulty(SimRedelivery(queues)),
            dead_letters=faulty(self.dead_letters),
            policy=FakeUrlPolicy(),
            sender=self.sender,
            clock=self.clock,
            entropy=FakeEntropy(self.chaos.random.randrange(1 << 30)),
        )

    def _make_webhooks(self) -> list[Webhook]:
        made = []
        rng = self.chaos.random
        for number in range(rng.randint(3, 9)):
            temper = rng.choice([*(each for each in Temper if each is not Temper.LOGIN), Temper.SLOW])
            webhook = Webhook(
                id=ids.WEBHOOK + ids.sortable(self.clock.now(), rng.randbytes(10)),
                owner_id=rng.choice("123"),
                url=f"https://{temper}.test/{number}",
                name=f"{temper} {number}",
                notification_types=rng.choice([("ALL_NOTIFICATIONS",), ("modelDeleted", "modelCreated")]),
                is_global=rng.random() < 0.5,
                action_type=rng.choice([None, ActionType.TRIGGERED, ActionType.RECEIVED]),
                groups=rng.choice([(), ("7",)]),
                created_at=self.clock.now(),
                updated_at=self.clock.now(),
                secrets=(signing.new_secret(rng.randbytes(32)),),
                rate_limit_per_s=1.0 if temper is Temper.LIMITED else None,
                authentication=_CLIENT if rng.random() < 0.3 else None,
            )
            self.store.create(webhook)
            made.append(webhook)
        return made

    # ── what people do ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _plan(self) -> list[tuple[datetime, Callable[[], None]]]:
        rng, began = self.chaos.random, self.clock.now()
        errands: list[tuple[datetime, Callable[[], None]]] = []

        def at(seconds: float, errand: Callable[[], None]) -> None:
            errands.append((began + timedelta(seconds=seconds), errand))

        count, within_s = rng.choice([(rng.randint(2, 8), 120), (12, 1)])
        for number in range(count):
            text = self._notification(number)
            at(rng.random() * within_s, rng.choice([self._drop(text), self._post(text)]))
            if '"id"' in text and rng.random() < 0.5:
                at(rng.random() * 240, self._drop(text))
        for _ in range(rng.randint(0, 2)):
            at(rng.random() * 300, self._delete(rng.choice(self.webhooks).id))
        for _ in range(rng.randint(0, 3)):
            at(60 + rng.random() * 600, self._retry)
        for _ in range(rng.randint(0, 2)):
            at(60 + rng.random() * 2_000, self._recover)
        if rng.random() < 0.3:
            at(rng.random() * 60, self._poison(rng.choice(list(self.queues))))
        return sorted(errands, key=lambda errand: errand[0])

    def _notification(self, number: int) -> str:
        rng = self.chaos.random
        given: dict[str, object] = {"notificationType": rng.choice(["modelDeleted", "tagCreated"]), "text": f"n{number}"}
        if rng.random() < 0.5:
            given["id"] = f"evt-{number}"
        given |= {"actionBy": rng.choice([None, 1, 2]), "targetUser": rng.choice([None, 2, 3]), "number": number}
        given["targetGroup"] = rng.choice([None, 7])
        if rng.random() < 0.2:
            given["deliverAt"] = (self.clock.now() + timedelta(seconds=rng.choice([-60, 300, 2_000]))).isoformat()
        return json.dumps(given)

    def _drop(self, text: str) -> Callable[[], None]:
        def drop() -> None:
            self.known.accepted.append((text, self.clock.now()))
            self.queues["notifications"].put(text)

        return drop

    def _post(self, text: str) -> Callable[[], None]:
        def post() -> None:
            now = self.clock.now()
            [result] = self.house.intake.accept(ADMIN, [text])
            assert isinstance(result, Accepted), result
            self.known.accepted.append((text, now))

        return self._as_process("post", post)

    def _delete(self, webhook_id: str) -> Callable[[], None]:
        def delete() -> None:
            self.known.deleting.add(webhook_id)
            self.house.webhooks.delete(ADMIN, webhook_id)
            self.known.deleted[webhook_id] = len(self.sender.calls)

        return self._as_process("delete", delete)

    def _retry(self) -> None:
        made = [call.record_id for call in self.sender.calls]
        if made:
            record_id = self.chaos.random.choice(made)
            self._as_process("retry", lambda: self.known.retries.append(self.house.history.retry(ADMIN, record_id)))()

    def _recover(self) -> None:
        """Somebody asks for all that has been so far, in one of three ways."""
        webhook_id, only = self.chaos.random.choice(self.webhooks).id, self.chaos.random.choice(list(Wanted))
        since = self.clock.now() - timedelta(hours=1)
        self._as_process("recover", lambda: self.house.recoveries.start(ADMIN, webhook_id, only, since, None))()

    def _poison(self, queue: str) -> Callable[[], None]:
        def poison() -> None:
            self.known.poison.append("{this is no message")
            self.queues[queue].put(self.known.poison[-1])

        return poison

    # ── how it goes on ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _step(self) -> bool:
        """Start something, or let something go on, or let time pass; ``False`` where nothing is left to happen."""
        now = self.clock.now()
        self._kill_the_late(now)
        while self._errands and self._errands[0][0] <= now:
            self._errands.pop(0)[1]()
        choices: list[Callable[[], None]] = [partial(self._resume, process) for process in self.processes]
        if len(self.processes) < WORKERS_MAX:
            choices += [self._start_worker(queue) for queue in self.queues.values() if _has_visible(queue, now)]
            if self._next_tick <= now:
                choices.append(self._tick)
        if choices:
            self.chaos.random.choice(choices)()
            return True
        return self._let_time_pass(now)

    def _let_time_pass(self, now: datetime) -> bool:
        moments = [message.visible_at for queue in self.queues.values() for message in queue.messages]
        moments += [errand[0] for errand in self._errands]
        later = now + timedelta(days=30)
        owed = any(due(later, 1) for due in (self.history.due, self.held.due, self.waiting.due, self.store.unpurged))
        if not moments and not owed:
            return False
        self.clock.at = max(now, min([*moments, self._next_tick] if owed or not moments else moments))
        self._next_tick = max(self._next_tick, self.clock.at)
        return True

    def _start_worker(self, queue: SimQueue) -> Callable[[], None]:
        def start() -> None:
            taken = queue.receive(self.chaos.random.randint(1, 10))
            if taken:
                self._as_process(queue.name, lambda: self._work(queue, taken))()

        return start

    def _work(self, queue: SimQueue, taken: list[Any]) -> None:
        answer = self._handlers[queue.name](queue.event(taken), None)
        again = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
        for message in taken:
            if message.id not in again:
                queue.delete(message)

    def _perhaps_delete(self, url: str) -> None:
        """Somebody deletes a webhook while a batch is under way: more of its attempts may wait in there, longest if slow."""
        odds = 0.3 if Temper.SLOW in url else 0.03
        if len(self.known.deleting) < DELETIONS_MAX and self.chaos.hits(odds):
            [webhook_id] = [webhook.id for webhook in self.webhooks if webhook.url == url]
            self._delete(webhook_id)()

    def _tick(self) -> None:
        self._next_tick = self.clock.now() + timedelta(seconds=60)
        self._as_process("schedule", lambda: schedule.schedule(TICK, None))()

    def _as_process(self, name: str, work: Callable[[], object]) -> Callable[[], None]:
        def body() -> None:
            try:
                work()
            except (Died, Unavailable):
                return  # the caller got no answer; a queue hands its messages out again
            except PosthornError:
                return  # refused: gone, paused, not there yet

        def start() -> None:
            self.processes.append(Process(name, greenlet.greenlet(body), self.clock.now()))

        return start

    def _resume(self, process: Process) -> None:
        self.clock.advance(0.001)
        process.body.parent = greenlet.getcurrent()
        process.body.switch()
        if process.body.dead:
            self.processes.remove(process)

    def _kill_the_late(self, now: datetime) -> None:
        for process in list(self.processes):
            if (now - process.started_at).total_seconds() > FUNCTION_TIMEOUT_S:
                process.body.parent = greenlet.getcurrent()
                process.body.throw(Died)
                self.processes.remove(process)

    # ── the reckoning ──────────────────────────────────────────────────────────────────────────────────────────────────

    def reckon(self) -> None:
        """Raise `AssertionError` where a promise was broken."""
        self._every_notification_arrived()
        self._every_attempt_has_a_record()
        self._no_retry_was_lost()
        self._the_deleted_were_left_alone()
        self._a_name_was_taken_once()
        assert sorted(set(self.dead_letters.bodies)) == sorted(set(self.known.poison)), "only poison is set aside"
        assert not any(queue.dead or queue.messages for queue in self.queues.values()), "the queues are empty"
        assert not self.store.unpurged(self.clock.now() + timedelta(days=1), 1), "every purge came to its end"
        assert not self.waiting.due(self.clock.now() + timedelta(days=99), 1), "no list is left"
        assert not any(self.waiting.oldest(webhook.id, 1) for webhook in self.webhooks), "nothing waits for ever"

    def _live(self) -> dict[str, Webhook]:
        """Webhooks that were live all the time, as far as anybody knows."""
        now = self.store.get_many([webhook.id for webhook in self.webhooks])
        return {key: each for key, each in now.items() if each.is_live and key not in self.known.deleting}

    def _records(self, webhook_id: str) -> list[Any]:
        found, _ = self.history.page(webhook_id, None, HistoryFilter(), 100_000)
        return found

    def _every_notification_arrived(self) -> None:
        for webhook in self._live().values():
            ended = {
                (record.attempt.notification_type, record.attempt.body)
                for record in self._records(webhook.id)
                if record.failure is None or record.next_attempt_at is None
            }
            for text, at in self.known.accepted:
                taken = notification.parse(text, notification_id="x", accepted_at=at)
                if matching.first_source(webhook, taken) is None:
                    continue
                found = any(kind == taken.notification_type and f'"text":"{taken.text}"' in body for kind, body in ended)
                assert found, f"{text} never came to an end at {webhook.name}"

    def _every_attempt_has_a_record(self) -> None:
        live = self._live()
        kept = {str(record.attempt.record_id) for webhook_id in live for record in self._records(webhook_id)}
        urls = {webhook.url for webhook in live.values()}
        for call in self.sender.calls:
            if call.webhook_url in urls:
                assert call.record_id in kept, f"{call} has no record"

    def _no_retry_was_lost(self) -> None:
        live = self._live()
        for webhook_id in live:
            kept = {str(record.attempt.record_id): record for record in self._records(webhook_id)}
            for record_id, found in kept.items():
                owed = found.next_attempt()
                if owed is not None:
                    assert str(owed.record_id) in kept, f"the attempt after {record_id} was lost"
            for record_id in self.known.retries:
                parsed = ids.RecordId.parse(record_id)
                if parsed is not None and parsed.webhook_id == webhook_id:
                    assert record_id in kept, f"the retry {record_id} was lost"

    def _the_deleted_were_left_alone(self) -> None:
        urls = {webhook.url: self.known.deleted[webhook.id] for webhook in self.webhooks if webhook.id in self.known.deleted}
        for call in self.sender.calls:
            answered = urls.get(call.webhook_url)
            assert answered is None or call.number < answered, f"{call} began after the deletion was answered"
        assert not self.store.get_many(list(self.known.deleted)), "the deleted are gone"

    def _a_name_was_taken_once(self) -> None:
        deliveries: dict[tuple[str, str], set[str]] = {}
        for call in self.sender.calls:
            webhook_id = cast("ids.RecordId", ids.RecordId.parse(call.record_id)).webhook_id
            found = self.history.get_many([cast("ids.RecordId", ids.RecordId.parse(call.record_id))])
            for each in found.values():
                key = (each.attempt.notification_id, webhook_id)
                deliveries.setdefault(key, set()).add(each.attempt.delivery_id)
        for (name, _), delivery_ids in deliveries.items():
            assert len(delivery_ids) == 1, f"{name} made {delivery_ids}"


def _has_visible(queue: SimQueue, now: datetime) -> bool:
    return any(message.visible_at <= now for message in queue.messages)
