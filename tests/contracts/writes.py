"""Every write operation of a port, once: what exists before it, and the call itself. `test_faults.py` runs them all.

`READS` names the operations that only read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from chalicelib.background.tasks import PurgeHistory, Task, WriteRecord
from chalicelib.delivery.ports import Enqueued, Lane, WaitingList
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.domain.directory.audit import AuditAction, AuditEntry
from chalicelib.domain.directory.preconditions import Standing
from chalicelib.domain.directory.users import OwnerNote, Role
from chalicelib.domain.errors import Unavailable
from chalicelib.domain.history.recovery import Recovery, Wanted
from chalicelib.domain.history.stats import HOUR, KeptHour, Tally
from chalicelib.domain.notifications.catalogue import CatalogueEntry
from chalicelib.domain.webhooks.health import Health
from chalicelib.intake.ports import HeldNotification, QueuedNotification
from chalicelib.webhooks.ports import SweepPlace
from testbed import samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contracts.engines import World

AT: Final = samples.AT


def nothing(_: World) -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Write:
    """An operation.

    Args:
        act: the call, with what `prepare` gave.
        prepare: what is there before it.
        uncounted: attributes that a write which was made twice may leave otherwise, and why that is no harm.

    """

    act: Callable[[World, Any], object]
    prepare: Callable[[World], Any] = nothing
    uncounted: tuple[str, str] | None = None


def a_webhook(world: World) -> Any:  # noqa: ANN401 - what the call is given
    webhook = samples.webhook()
    world.webhooks.create(webhook)
    return webhook


def a_counted_webhook(world: World) -> Any:  # noqa: ANN401
    """The standing of a user who is in the directory."""
    world.directory.put_user(samples.user())
    webhook = samples.webhook()
    world.webhooks.create(webhook, (), 1)
    return webhook


def one_of_two_webhooks(world: World) -> Any:  # noqa: ANN401
    """One is there, and there is room for one more."""
    a_counted_webhook(world)
    return samples.webhook()


def a_wrong_count(world: World) -> None:
    a_counted_webhook(world)
    a_webhook(world)


def a_counted_type(world: World) -> None:
    """One is there, and there is room for one more."""
    world.directory.put_user(samples.user())
    world.notification_types.add(replace(entry(None), name="shipped"), (), 1, AT)


def a_limited_webhook(world: World) -> Any:  # noqa: ANN401
    webhook = a_webhook(world)
    world.webhooks.reserve_slots(webhook.id, 1, 1.0, AT, AT + HOUR)
    return webhook


def two_waiting(world: World) -> Any:  # noqa: ANN401
    attempts = [samples.attempt(), samples.attempt()]
    world.waiting.hold(attempts, {each.webhook_id: AT for each in attempts}, 10)
    return attempts


def a_deleted_webhook(world: World) -> Any:  # noqa: ANN401
    webhook = a_webhook(world)
    world.webhooks.delete(webhook, AT)
    return webhook


def a_prefix(world: World) -> None:
    world.webhooks.create(samples.webhook(is_global=True, notification_types=("ord*",)))
    world.notification_types.put(entry())


def a_type(world: World) -> None:
    world.notification_types.put(entry())


def three_records(world: World) -> Any:  # noqa: ANN401
    records = new_records()
    keep_all(world, records)
    return records


def note(world: World) -> Any:  # noqa: ANN401
    return world.directory.owner_note("u1") or OwnerNote(user_id="u1", since=AT)


def a_user_with_keys(world: World) -> Any:  # noqa: ANN401
    world.directory.put_user(samples.user())
    keys = [samples.api_key() for _ in range(2)]
    for key in keys:
        world.directory.put_key(key, samples.KEYS_MAX)
    return keys


def a_user_with_old_keys(world: World) -> None:
    """A user was changed, but the process died before it updated the keys."""
    a_user_with_keys(world)
    with patch.object(world.directory, "settle_keys"):
        world.directory.put_user(samples.user(role=Role.ADMIN, version=2))


def a_key_to_be(world: World) -> Any:  # noqa: ANN401
    world.directory.put_user(samples.user())
    return samples.api_key()


def a_counted_day(world: World) -> str:
    webhook_id = samples.webhook_id()
    world.stats.keep_day(webhook_id, AT.date(), [hour()])
    return webhook_id


def a_claim(world: World) -> None:
    take(world, "a")


def two_held(world: World) -> Any:  # noqa: ANN401
    both = [held(1), held(2)]
    for each in both:
        world.held.schedule(each)
    return both


def a_recovery(world: World) -> Recovery:
    made = recovery()
    world.recoveries.create(made, None)
    return made


def a_recovery_and_another(world: World) -> tuple[Recovery, Recovery]:
    made = a_recovery(world)
    return made, replace(made, id=ids.RECOVERY + samples.part())


def a_lock(world: World) -> str:
    return world.locks.take("test", "a", now=AT, until=AT + HOUR)


def new_records() -> list[Any]:
    webhook_id = samples.webhook_id()
    return [samples.record(webhook_id, failure=FailureCause.STATUS, wait_s=3_600) for _ in range(3)]


def entry(schema: str | None = '{"type":"object"}') -> CatalogueEntry:
    return CatalogueEntry(name="ordered", template="{subject}", is_custom=True, has_schema=schema is not None, schema=schema)


def hour() -> KeptHour:
    return KeptHour(hour=AT, tally=Tally(succeeded=3), counted_at=AT + HOUR, read_to=None)


def take(world: World, holder: str, after_s: float = 0) -> object:
    now = AT + timedelta(seconds=after_s)
    return world.claims.take(samples.claim_request(holder), now)


def held(number: int) -> HeldNotification:
    return HeldNotification(f"ntf_{number}", AT, "{}")


def recovery() -> Recovery:
    return Recovery(
        id=ids.RECOVERY + samples.part(),
        webhook_id=samples.webhook_id(),
        only=Wanted.MISSING,
        since=AT - timedelta(days=1),
        until=AT,
        started_at=AT,
        updated_at=AT,
    )


def keep_all(world: World, records: list[Any]) -> None:
    """`write` returns the refused records. Its callers make sure that the message is delivered again."""
    if world.history.write(records):
        message = "Some were refused."
        raise Unavailable(message)


def line() -> AuditEntry:
    return AuditEntry(part=samples.part(), at=AT, actor="u1", action=AuditAction.WEBHOOK_CHANGED)


def moved(webhook: Any) -> Any:  # noqa: ANN401
    """The webhook with one more row and one row less."""
    return replace(webhook, name="New", groups=("g2",), version=webhook.version + 1)


_HOLDS: Final = ("holds", "a list that counts a hold twice is closed a moment later, and never too early")
_MOVES: Final = ("version", "a list that is woken twice is looked at twice")
NO_LIST: Final = WaitingList("wh_none", AT, 0, 0, 0)
_COUNTS: Final = ("total", "a block that is counted twice is granted once, so a caller may make so many requests less")
_SKIPS: Final = ("slot_at", "a place that is taken twice is a pause between two attempts, and never one attempt too many")

WRITES: Final[dict[str, Write]] = {
    "webhooks.create": Write(lambda w, it: w.webhooks.create(it), lambda _: samples.webhook()),
    "webhooks.create: for somebody": Write(
        lambda w, it: w.webhooks.create(it, (Standing.as_read(samples.user()),), 2), one_of_two_webhooks
    ),
    "webhooks.update": Write(lambda w, it: w.webhooks.update(it, moved(it)), a_webhook),
    "webhooks.update: for somebody": Write(
        lambda w, it: w.webhooks.update(it, moved(it), (Standing.as_read(samples.user()),)), a_counted_webhook
    ),
    "webhooks.disable": Write(lambda w, it: w.webhooks.disable(it, it.disabled("gone", AT)), a_webhook),
    "webhooks.update_health": Write(lambda w, it: w.webhooks.update_health(it, Health(1)), a_webhook),
    "webhooks.reserve_slots": Write(lambda w, it: w.webhooks.reserve_slots(it.id, 1, 1.0, AT, AT + HOUR), a_webhook, _SKIPS),
    "webhooks.reserve_slots: next": Write(
        lambda w, it: w.webhooks.reserve_slots(it.id, 1, 1.0, AT, AT + HOUR), a_limited_webhook, _SKIPS
    ),
    "webhooks.delete": Write(lambda w, it: w.webhooks.delete(it, AT), a_webhook),
    "webhooks.delete: for somebody": Write(
        lambda w, it: w.webhooks.delete(it, AT, (Standing.as_read(samples.user()),)), a_counted_webhook
    ),
    "webhooks.recount": Write(lambda w, _: w.webhooks.recount("u1", AT + HOUR, AT + HOUR), a_wrong_count),
    "webhooks.move_sweep": Write(lambda w, _: w.webhooks.move_sweep(SweepPlace("wh_1", AT))),
    "webhooks.subscribe": Write(lambda w, _: w.webhooks.subscribe("ordered"), a_prefix),
    "webhooks.renew_purge": Write(lambda w, it: w.webhooks.renew_purge(it, AT + HOUR), a_deleted_webhook),
    "webhooks.purged": Write(lambda w, it: w.webhooks.purged(it), a_deleted_webhook),
    "notification_types.add": Write(
        lambda w, _: w.notification_types.add(entry(), (Standing.as_read(samples.user()),), 2, AT), a_counted_type
    ),
    "notification_types.put": Write(lambda w, _: w.notification_types.put(entry())),
    "notification_types.put: without its schema": Write(lambda w, _: w.notification_types.put(entry(None)), a_type),
    "notification_types.delete": Write(lambda w, _: w.notification_types.delete("ordered", AT), a_type),
    "history.write": Write(keep_all, lambda _: new_records()),
    "history.settle": Write(lambda w, it: w.history.settle(it), three_records),
    "history.expunge": Write(lambda w, it: w.history.expunge(it[0].attempt.record_id, AT), three_records),
    "history.purge": Write(lambda w, it: w.history.purge(it[0].attempt.webhook_id, 25), three_records),
    "directory.put_user": Write(lambda w, _: w.directory.put_user(samples.user()), lambda _: None),
    "directory.put_user: again": Write(
        lambda w, _: w.directory.put_user(samples.user(role=Role.ADMIN, version=2)), a_user_with_keys
    ),
    "directory.delete_user": Write(lambda w, _: w.directory.delete_user("u1", AT, "admin"), a_user_with_keys),
    "directory.settle_keys": Write(lambda w, _: w.directory.settle_keys("u1"), a_user_with_old_keys),
    "directory.note_owner": Write(lambda w, _: w.directory.note_owner("u1", AT + HOUR), a_user_with_keys),
    "directory.renew_owner_note": Write(lambda w, _: w.directory.renew_owner_note(note(w), AT + HOUR), a_user_with_keys),
    "directory.forget_owner_note": Write(lambda w, _: w.directory.forget_owner_note(note(w)), a_user_with_keys),
    "directory.put_key": Write(lambda w, it: w.directory.put_key(it, samples.KEYS_MAX), a_key_to_be),
    "directory.delete_key": Write(lambda w, it: w.directory.delete_key(it[0]), a_user_with_keys),
    "directory.touch_key": Write(lambda w, it: w.directory.touch_key(it[0], AT.date()), a_user_with_keys),
    "stats.keep_day": Write(lambda w, it: w.stats.keep_day(it, AT.date(), [hour()]), lambda _: samples.webhook_id()),
    "stats.forget": Write(lambda w, it: w.stats.forget(it), a_counted_day),
    "audit.write": Write(lambda w, it: w.audit.write(it), lambda _: line()),
    "claims.take": Write(lambda w, _: take(w, "a")),
    "claims.take: over": Write(lambda w, _: take(w, "b", 61), a_claim),
    "claims.take: again": Write(lambda w, _: take(w, "a", 1), a_claim),
    "claims.take: another's": Write(lambda w, _: take(w, "b"), a_claim),
    "claims.reserve": Write(lambda w, _: w.claims.reserve([samples.claim_request("a")], AT)),
    "claims.reserve: another's": Write(lambda w, _: w.claims.reserve([samples.claim_request("b")], AT), a_claim),
    "claims.finish": Write(lambda w, _: w.claims.finish("evt"), a_claim),
    "held.keep": Write(lambda w, _: w.held.keep([held(1)], 7)),
    "held.schedule": Write(lambda w, _: w.held.schedule(held(1))),
    "held.settle": Write(lambda w, it: w.held.settle(it), two_held),
    "locks.take": Write(lambda w, _: a_lock(w)),
    "locks.take: another's": Write(lambda w, _: w.locks.take("test", "b", now=AT, until=AT + HOUR), a_lock),
    "locks.take: over": Write(lambda w, _: w.locks.take("test", "b", now=AT + HOUR, until=AT + 2 * HOUR), a_lock),
    "locks.release": Write(lambda w, it: w.locks.release("test", it), a_lock),
    "counters.add": Write(lambda w, _: w.counters.add("calls", 5, AT + HOUR), nothing, _COUNTS),
    "recoveries.create": Write(lambda w, it: w.recoveries.create(it, None), lambda _: recovery()),
    "recoveries.create: another": Write(lambda w, it: w.recoveries.create(it[1], it[0].id), a_recovery_and_another),
    "recoveries.purge": Write(lambda w, it: w.recoveries.purge(it.webhook_id, 9), a_recovery),
    "recoveries.advance": Write(
        lambda w, it: w.recoveries.advance(it, replace(it, examined=5, version=it.version + 1)), a_recovery
    ),
    "recoveries.mark": Write(lambda w, it: w.recoveries.mark(it, ["dlv_1", "dlv_2"]), a_recovery),
    "deliveries.send": Write(
        lambda w, it: w.deliveries.send(it),
        lambda _: [Enqueued(samples.attempt(), lane) for lane in (Lane.FAST, Lane.SLOW)],
    ),
    "accepted.send": Write(lambda w, _: w.accepted.send([QueuedNotification("{}", {"id": "ntf_1"})])),
    "waiting.hold": Write(
        lambda w, it: w.waiting.hold(it, {it[0].webhook_id: AT}, 10), lambda _: [samples.attempt()], _HOLDS
    ),
    "waiting.remove": Write(lambda w, it: w.waiting.remove(it), two_waiting),
    "waiting.move": Write(
        lambda w, it: w.waiting.move(w.waiting.list_of(it[0].webhook_id) or NO_LIST, AT + HOUR, 20), two_waiting, _MOVES
    ),
    "waiting.wake": Write(lambda w, it: w.waiting.wake(it[0].webhook_id, AT), two_waiting, _MOVES),
    "waiting.close": Write(lambda w, it: w.waiting.close(w.waiting.list_of(it[0].webhook_id) or NO_LIST), two_waiting),
    "waiting.forget": Write(lambda w, it: w.waiting.forget(it[0].webhook_id, it[0].delivery_id), two_waiting),
    "waiting.purge": Write(lambda w, it: w.waiting.purge(it[0].webhook_id, 9), two_waiting),
    "background.send": Write(
        lambda w, it: w.background.send(it),
        lambda _: [Task(PurgeHistory(samples.webhook())), *(Task(WriteRecord(each)) for each in new_records())],
    ),
    "dead_letters.set_aside": Write(lambda w, _: w.dead_letters.set_aside(w.source_arn, "{", "It is no JSON.")),
}

READS: Final = frozenset(
    {
        *(f"webhooks.{each}" for each in ("get", "get_many", "page", "count_of", "matching", "subscribed", "unpurged")),
        "webhooks.sweep_place",
        *(f"notification_types.{each}" for each in ("get", "page", "count")),
        *(f"history.{each}" for each in ("get", "get_many", "page", "page_of_all", "page_of_delivery", "due", "still_due")),
        *(f"waiting.{each}" for each in ("list_of", "oldest", "due")),
        *(
            f"directory.{each}"
            for each in ("user", "users_of", "names", "users", "key", "keys_of", "owner_note", "owner_notes")
        ),
        *(f"stats.{each}" for each in ("measures", "days")),
        *("audit.page", "held.kept", "held.due", "queue_depths.read"),
        *(f"recoveries.{each}" for each in ("latest", "get", "page", "marked")),
    }
)
"""The operations that only read."""
