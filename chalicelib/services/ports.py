"""What the use cases need of the world: small ports, each with one contract suite that its fake and its real adapter pass.

Every method may raise `chalicelib.domain.errors.Unavailable`, where the store or the queue refuses for now: then nothing,
or only a harmless part, was done, and the caller repeats the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    from chalicelib.domain.attempt import Exchange, OutboundRequest, PendingAttempt
    from chalicelib.domain.audit import AuditEntry
    from chalicelib.domain.catalogue import CatalogueEntry
    from chalicelib.domain.directory import ApiKey, Caller, OwnerNote, User
    from chalicelib.domain.health import Health
    from chalicelib.domain.history import HistoryRecord
    from chalicelib.domain.ids import RecordId
    from chalicelib.domain.matching import Subscription
    from chalicelib.domain.recovery import Recovery
    from chalicelib.domain.standing import Standing
    from chalicelib.domain.stats import KeptHour, Measure
    from chalicelib.domain.webhook import Webhook
    from chalicelib.services.tasks import Task


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""

    def sleep(self, seconds: float) -> None:
        """Let so much time pass."""


class Entropy(Protocol):
    """Randomness that nobody can guess."""

    def take(self, count: int) -> bytes:
        """So many random bytes."""


class UrlPolicy(Protocol):
    """Which addresses the service is willing to call."""

    def vet(self, url: str, *, may_reach_private: bool, shows_address: bool) -> None:
        """Raise `RefusedUrl` with the reason, unless the service would call `url` as things stand.

        A host that does not resolve for now is not refused: it may tomorrow.

        Args:
            url: whom to call.
            may_reach_private: whether the webhook may lead into networks that the operator opened for admins.
            shows_address: whether the reason may have the address in it, which tells of networks that the caller cannot see.

        """

    def vet_secrets(self, url: str) -> None:
        """Raise `RefusedUrl` unless secrets may be sent to `url`: over https, or to this very host."""


# ── Webhooks ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class SweepPlace:
    """How far the walk through all webhooks is: the last one that was looked at, and when this round began."""

    after: str | None
    began_at: datetime


class WebhookStore(Protocol):
    """Webhooks, and the subscription rows by which a notification finds them.

    Writes on a person's behalf name what must be true of users (`held`). It is checked in the moment of the write: if it is
    not true any more, nothing is written, and `chalicelib.domain.standing.StandingLost` is raised.
    """

    def create(self, webhook: Webhook, held: Sequence[Standing] = (), owned_max: int | None = None) -> bool:
        """Keep a new webhook and its subscription rows; ``False`` if its owner has `owned_max` already.

        The rows are there before the webhook is: whoever can see it can rely on them. With a limit the webhook is counted in
        the same step, so that any number of requests at once stay within it.
        """

    def get(self, webhook_id: str) -> Webhook | None:
        """The webhook as it is now (strongly consistent); ``None`` where it never was or was deleted."""

    def get_many(self, webhook_ids: Collection[str]) -> dict[str, Webhook]:
        """Those of the webhooks that exist, as they are now (strongly consistent), by id."""

    def update(self, old: Webhook, new: Webhook, held: Sequence[Standing] = ()) -> bool:
        """Change all but the health, and move the subscription rows; ``False`` where `old` is no longer what is kept.

        It is the `version` that tells: `new` carries the next one.
        """

    def disable(self, old: Webhook, new: Webhook) -> bool:
        """Write that the service calls a webhook no more (`Webhook.disabled`), and nothing else.

        ``False`` if the version or the health is no longer that of `old`: it was decided from both.
        """

    def update_health(self, seen: Webhook, new: Health) -> bool:
        """Change the health alone; ``False`` if the version or the health is no longer the one seen, or the webhook is gone.

        What an attempt to an earlier version has found must not change what is known of the present one.
        """

    def reserve_slots(
        self, webhook_id: str, count: int, interval_s: float, now: datetime, until: datetime
    ) -> datetime | None:
        """Take `count` places, `interval_s` apart, after those already taken; return the first one's time, ≥ `now`.

        Where the first free place is after `until`, none is taken: ``None``.
        """

    def delete(self, webhook: Webhook, now: datetime, held: Sequence[Standing] = ()) -> None:
        """Remove the webhook, and leave a note that its rows and its history are still to be purged, in one step.

        One that is gone already stays gone.
        """

    def page(self, owner_id: str | None, after: str | None, limit: int) -> list[Webhook]:
        """Webhooks of one owner, or of all, in the order of their ids, beginning behind the id `after`."""

    def count_of(self, owner_id: str, at_most: int) -> int:
        """How many webhooks an owner has, counted no further than `at_most`."""

    def recount(self, owner_id: str, settled_before: datetime, now: datetime) -> bool:
        """Correct the count of an owner's webhooks, if it was last changed before that time; return whether it was wrong."""

    def sweep_place(self) -> SweepPlace | None:
        """How far the walk is; ``None`` before the first one."""

    def move_sweep(self, place: SweepPlace) -> None:
        """Keep how far the walk is."""

    def matching(self, source: Subscription, after: str | None, limit: int) -> list[str]:
        """Ids of the webhooks under one subscription, in their order, beginning behind the id `after`."""

    def subscribed(self, audience: str, at_most: int) -> dict[str, list[str]] | None:
        """Ids of the webhooks under every type of an audience, in order; ``None`` where they are more than `at_most`."""

    def subscribe(self, notification_type: str) -> None:
        """Give the webhooks that want a prefix of this type their rows for it; doing it again changes nothing.

        Together with `NotificationTypes.put` before it, no webhook that is made or changed meanwhile is missed.
        """

    def unpurged(self, noted_before: datetime, limit: int) -> list[Webhook]:
        """Deleted webhooks whose purge is not finished, and whose note was left or renewed before that time."""

    def renew_purge(self, webhook: Webhook, now: datetime) -> bool:
        """Say on the note that the purge is being worked on; ``False`` where it is finished."""

    def purged(self, webhook: Webhook) -> None:
        """Remove the subscription rows of a deleted webhook, then the note."""


class Added(StrEnum):
    """What became of a wish to add something."""

    ADDED = "added"
    THERE = "there"
    """There is one of that name: somebody else was faster."""
    FULL = "full"
    """There are as many as there may be."""


class NotificationTypes(Protocol):
    """The types that admins have added to the catalogue. Writes name what must be true of users, like a webhook's."""

    def get(self, name: str) -> CatalogueEntry | None:
        """One type by its name in any case, with its schema (strongly consistent)."""

    def add(self, entry: CatalogueEntry, held: Sequence[Standing], types_max: int, now: datetime) -> Added:
        """Keep a new type, and count it in the same step."""

    def put(self, entry: CatalogueEntry, held: Sequence[Standing] = (), *, must_exist: bool = False) -> bool:
        """Keep a type in the place of the one of that name, in any case, without counting it.

        Return ``False`` and keep nothing if there is none and there must be.
        """

    def delete(self, name: str, now: datetime, held: Sequence[Standing] = ()) -> None:
        """Remove the type of that name, in any case, and take it off the count. One that is gone already stays gone."""

    def page(self, after: str | None, limit: int) -> list[CatalogueEntry]:
        """Types without their schemas, sorted by their names in lower case, beginning behind the name `after`."""

    def count(self, at_most: int) -> int:
        """How many there are, counted no further than `at_most`."""


# ── History ────────────────────────────────────────────────────────────────────────────────────────────────────────────


class JournalPosition(NamedTuple):
    """A place in the journal of all attempts: one row of it, and how many of that row's records are behind us."""

    row: str
    offset: int


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """What to leave out of a page; `since` is inclusive, `until` exclusive, both on `created_at`."""

    is_failed: bool | None = None
    notification_type: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Some records of all webhooks, newest first, each with the place behind it; `next_position` is ``None`` at the end."""

    entries: list[tuple[HistoryRecord, JournalPosition]]
    next_position: JournalPosition | None

    @property
    def records(self) -> list[HistoryRecord]:
        """The records alone."""
        return [record for record, _ in self.entries]


class HistoryStore(Protocol):
    """The records of attempts."""

    def write(self, records: Sequence[HistoryRecord]) -> list[HistoryRecord]:
        """Keep records; return those that the table would not take, however often it was asked."""

    def get(self, record_id: RecordId) -> HistoryRecord | None:
        """One record, whole; ``None`` where there is none, or it has expired."""

    def get_many(self, record_ids: Collection[RecordId]) -> dict[RecordId, HistoryRecord]:
        """Those of the records that exist (strongly consistent)."""

    def page(
        self, webhook_id: str, before: str | None, wanted: HistoryFilter, limit: int
    ) -> tuple[list[HistoryRecord], str | None]:
        """Records of one webhook, newest first, beginning behind the sort key `before`.

        Returns them with the sort key to read on from, ``None`` at the end. A page may hold fewer than `limit`, even none,
        and yet have a next one: a filter that drops much reads only so far at a time.
        """

    def page_of_all(self, before: JournalPosition | None, wanted: HistoryFilter, limit: int) -> JournalPage:
        """Records of all webhooks in the order of the journal, under the same rule."""

    def page_of_delivery(
        self, attempt: PendingAttempt, before: str | None, limit: int
    ) -> tuple[list[HistoryRecord], str | None]:
        """Records of the delivery that an attempt belongs to, newest first, beginning behind the sort key `before`.

        Returns them with the sort key to read on from, ``None`` at the end. A page may be short, even empty, and yet have a
        next one. What was written a moment ago may be missing.
        """

    def due(self, now: datetime, limit: int) -> list[RecordId]:
        """Ids of records whose next attempt waits in the `due` index and is due at `now`, the longest due first.

        The index may lag: `still_due` returns those that are.
        """

    def still_due(self, record_ids: Sequence[RecordId]) -> list[HistoryRecord]:
        """Those of the records that are still marked as due, in the order of `record_ids` (strongly consistent)."""

    def settle(self, records: Sequence[HistoryRecord]) -> None:
        """Take records out of the `due` index: their next attempt is on its way."""

    def expunge(self, record_id: RecordId, now: datetime) -> HistoryRecord | None:
        """Put a record's `without_content` in its place, and take it out of the `due` index; ``None`` where there is none.

        A record that is expunged stays as it is. One that is written again meanwhile is expunged as it is then.
        """

    def purge(self, webhook_id: str, limit: int) -> int:
        """Remove up to `limit` records of a webhook; return how many were removed, 0 at the end."""


# ── Deliveries that wait ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class WaitingList:
    """What is known of one webhook's waiting deliveries as a whole.

    Args:
        webhook_id: the webhook.
        wake_at: when somebody is to look at them next.
        window: how many are released then.
        version: changes with each move of the list.
        holds: changes whenever deliveries are added.

    """

    webhook_id: str
    wake_at: datetime
    window: int
    version: int
    holds: int


class WaitingStore(Protocol):
    """Deliveries that wait in the table until their webhook can take them, oldest first."""

    def hold(self, attempts: Sequence[PendingAttempt], wake_at: Mapping[str, datetime], window: int) -> set[str]:
        """Keep attempts, then make sure that each of their webhooks has a list; return the ids of those whose list is new.

        A list that is there keeps its time and its window. Holding the same attempts again changes nothing.
        """

    def list_of(self, webhook_id: str) -> WaitingList | None:
        """The list of a webhook as it is now (strongly consistent); ``None`` where nothing waits."""

    def oldest(self, webhook_id: str, limit: int) -> list[PendingAttempt]:
        """The attempts of the oldest deliveries (strongly consistent)."""

    def remove(self, attempts: Sequence[PendingAttempt]) -> None:
        """Forget attempts: they are on their way. One that was held again since, with more hops, stays."""

    def due(self, by: datetime, limit: int) -> list[str]:
        """Ids of webhooks whose lists are to be looked at by then; the index may lag."""

    def move(self, old: WaitingList, wake_at: datetime, window: int) -> WaitingList | None:
        """Give a list another time and window; ``None`` where somebody has moved it since."""

    def wake(self, webhook_id: str, at: datetime) -> bool:
        """Have a list looked at then, whatever time it had; ``False`` where there is none."""

    def close(self, old: WaitingList) -> bool:
        """Remove an empty list; ``False`` where it was moved, or something was added to it, since."""

    def forget(self, webhook_id: str, delivery_id: str) -> None:
        """Forget what waits of one delivery."""

    def purge(self, webhook_id: str, limit: int) -> int:
        """Remove up to `limit` of what waits for a webhook, and with the last the list; return how many were removed."""


# ── Directory ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class KeyKept(StrEnum):
    """What became of a new key."""

    KEPT = "kept"
    FULL = "full"
    """The user has as many keys as one may have."""
    CHANGED = "changed"
    """The user, or the admin who makes it, is not what was read before."""


class Directory(Protocol):
    """Users and their API keys.

    A `guard` is the admin who asks: the write is made only if that user is there in the key's incarnation, is an admin, and
    is not suspended. So two admins who remove each other at the same time do not both succeed.
    """

    def user(self, user_id: str) -> User | None:
        """One user."""

    def users_of(self, user_ids: Collection[str]) -> dict[str, User]:
        """Those of the users that exist (strongly consistent), by id."""

    def note_owner(self, user_id: str, at: datetime) -> None:
        """Note that the webhooks of a user are to follow, as a change of the user at that time would."""

    def names(self, user_ids: Collection[str]) -> dict[str, str]:
        """The names of those of the users that exist."""

    def users(self, after: str | None, limit: int) -> list[User]:
        """Users in the order of their ids, beginning behind the id `after`."""

    def put_user(self, user: User, guard: Caller | None = None) -> bool:
        """Create a user (`version` 1) or change one that is there at the version before this one, then `settle_keys`.

        A note that the webhooks are to follow (`since` is `updated_at`) is written in the same step. ``False``, and nothing
        is written, if the user is not there in that version and incarnation, or is there already, or if `guard` is no admin
        any more.
        """

    def delete_user(self, user_id: str, at: datetime, deleted_by: str, guard: Caller | None = None) -> bool:
        """Remove a user, with a note that the webhooks are to follow, then `settle_keys`.

        From the first step on nothing is made for the user. A deletion that is noted is not forgotten by a later change.
        ``False``, and nothing is written, if `guard` is no admin any more.
        """

    def settle_keys(self, user_id: str) -> None:
        """Remove the keys of earlier incarnations, all if there is no user; give the others what the user is now.

        It may be repeated at any time: `put_user` and `delete_user` are complete only after it.
        """

    def owner_note(self, user_id: str) -> OwnerNote | None:
        """What is noted of a user."""

    def owner_notes(self, noted_before: datetime, limit: int) -> list[OwnerNote]:
        """Notes that were left or renewed before that time: nobody works on them."""

    def renew_owner_note(self, note: OwnerNote, now: datetime) -> bool:
        """Say on a note that it is being worked on; ``False`` where it is gone, or there is a later change."""

    def forget_owner_note(self, note: OwnerNote) -> None:
        """Remove a note, unless there is a later change."""

    def key(self, key_id: str) -> ApiKey | None:
        """One key, by one read."""

    def keys_of(self, user_id: str) -> list[ApiKey]:
        """The keys of a user, oldest first."""

    def put_key(self, key: ApiKey, at_most: int, guard: Caller | None = None) -> KeyKept:
        """Keep a key, and count it; putting the same one again changes nothing.

        It is kept only if the user is the one that was copied to it, in incarnation and version, and has fewer than
        `at_most` keys, and if `guard` is still an admin: at the time of the write, whatever happens at the same time.
        """

    def delete_key(self, key: ApiKey, guard: Caller | None = None) -> bool:
        """Remove a key, and count it off; ``False``, and nothing is written, if `guard` is no admin any more."""

    def touch_key(self, key: ApiKey, used_on: date) -> None:
        """Note the day on which a key was used, unless it is gone."""


# ── Stats ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


class StatsStore(Protocol):
    """What the stats are counted from, and what was counted."""

    def measures(
        self, webhook_id: str, since: datetime, until: datetime, after: str | None
    ) -> tuple[list[Measure], str | None]:
        """Some attempts of a webhook, oldest first, `since` inclusive, `until` exclusive, behind the sort key `after`.

        Returns them with the sort key to read on from, ``None`` at the end: what one request to the table brings.
        """

    def days(self, webhook_id: str, days: Sequence[date]) -> dict[datetime, KeptHour]:
        """The hours of those days that were counted before, by their beginning."""

    def keep_day(self, webhook_id: str, day: date, hours: Sequence[KeptHour]) -> None:
        """Keep the hours of a day, in place of those that were kept of it."""

    def forget(self, webhook_id: str) -> None:
        """Remove all that was counted of a webhook."""


# ── Audit ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What to leave out of a page; `since` is inclusive, `until` exclusive."""

    webhook_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditLog(Protocol):
    """Who changed what."""

    def write(self, entry: AuditEntry) -> None:
        """Keep a line."""

    def page(self, before: str | None, wanted: AuditFilter, limit: int) -> tuple[list[AuditEntry], str | None]:
        """Lines that are not too old, newest first, beginning behind the sortable part `before`.

        Returns them with the part to read on from, ``None`` at the end. A page may hold fewer than `limit`, even none, and
        yet have a next one: a filter that drops much reads only so far at a time.
        """


# ── Claims ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class ClaimState(StrEnum):
    """What became of a wish to work on something."""

    MINE = "mine"
    """Go on: nobody else works on it."""
    BUSY = "busy"
    """Another one works on it, and its lease has not run out."""
    FINISHED = "finished"
    """It was done."""
    OTHER = "other"
    """It was claimed for other content: this work is not that work."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The answer to a claim; `accepted_at` is the first claimer's, so that who takes over repeats the same ids."""

    state: ClaimState
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be claimed.

    Args:
        name: what is claimed.
        holder: who claims; the same holder may claim again.
        lease_s: how long nobody else may take it over.
        keep_s: how long it is remembered, from its first claim.
        accepted_at: what to remember with it.
        content: a digest of what the name stands for; empty where a name stands for one thing only.

    """

    name: str
    holder: str
    lease_s: float
    keep_s: float
    accepted_at: datetime
    content: str = ""


class Claims(Protocol):
    """Leases on work that must be done once: a notification's id, a step of a fan-out."""

    def take(self, wish: Wish, now: datetime) -> Claim:
        """Claim a name, by one conditional write where it is free."""

    def reserve(self, wishes: Sequence[Wish], now: datetime) -> list[Claim]:
        """Claim names that nobody has claimed, by one conditional write each, several at a time.

        A claim that is there stays as it is, whoever holds it and whether or not its lease is over.
        """

    def finish(self, name: str) -> None:
        """Say that it is done: nobody is to do it again."""


class Locks(Protocol):
    """Names that have one holder at a time: of a webhook, the test that is running."""

    def take(self, name: str, holder: str, *, now: datetime, until: datetime) -> str:
        """Take a name until then, by one conditional write; return who has it: `holder`, or another who was first.

        A lock whose time is over belongs to nobody.
        """

    def release(self, name: str, holder: str) -> None:
        """Give a name back, unless somebody else has taken it since."""


class Counters(Protocol):
    """Numbers that many processes add to."""

    def add(self, name: str, amount: int, keep_until: datetime) -> int:
        """Add to a number, which begins at 0, and return what it is then; it may be forgotten after `keep_until`.

        A request to the store that is repeated may count twice.
        """


# ── Notifications that are kept ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class HeldNotification:
    """A notification as it came, and the time under which it is found, to the millisecond: that of its deliveries.

    Its id is its producer's (`chalicelib.domain.producer`). `depth` is how many deliveries led to it.
    """

    id: str
    at: datetime
    text: str
    producer: str = ""
    depth: int = 0


class NotificationStore(Protocol):
    """Notifications of the last days, for recoveries, and those whose time has not come."""

    def keep(self, held: Sequence[HeldNotification], days: int) -> None:
        """Keep some for so many days, those that came together as one item.

        Keeping the same ones again changes nothing; one that is kept again with others may be found twice.
        Raises `Unavailable` where one was not kept.
        """

    def kept(
        self, since: datetime, until: datetime, after: str | None, limit: int
    ) -> tuple[list[HeldNotification], str | None]:
        """Those of a span of time (`until` is exclusive), beginning behind the place `after`.

        The oldest come first, but that those that were kept together stay together. Returns them with the place to read on
        from, ``None`` at the end. A page may be short, even empty, and yet have a next one. Only the store can read a place:
        it is no sort key, and says nothing of a time.
        """

    def schedule(self, held: HeldNotification) -> None:
        """Hold one back until its time; doing it again changes nothing."""

    def due(self, by: datetime, limit: int) -> list[HeldNotification]:
        """Some of those held back whose time is not after `by`."""

    def settle(self, held: Sequence[HeldNotification]) -> None:
        """Forget those held back: they are on their way."""


class RecoveryStore(Protocol):
    """Recoveries, and for each the deliveries that it need not look at any more."""

    def latest(self, webhook_id: str) -> str | None:
        """The id of the webhook's latest recovery (strongly consistent)."""

    def create(self, recovery: Recovery, latest: str | None, held: Sequence[Standing] = ()) -> bool:
        """Keep a new one, which is then its webhook's latest; ``False`` if `latest` no longer is.

        Of two that are created at once, one is refused. If what is `held` is not true any more, nothing is written, and
        `chalicelib.domain.standing.StandingLost` is raised.
        """

    def page(self, webhook_id: str, before: str | None, limit: int) -> list[Recovery]:
        """Recoveries of a webhook, newest first, beginning after the id `before`."""

    def get(self, recovery_id: str) -> Recovery | None:
        """One of them as it is now (strongly consistent)."""

    def advance(self, old: Recovery, new: Recovery) -> bool:
        """Change it; ``False`` where `old` is no longer what is kept. It is the `version` that tells."""

    def mark(self, recovery: Recovery, delivery_ids: Collection[str]) -> None:
        """Note deliveries as settled."""

    def marked(self, recovery: Recovery, delivery_ids: Collection[str]) -> set[str]:
        """Those of the deliveries that are noted (strongly consistent)."""

    def purge(self, webhook_id: str, limit: int) -> int:
        """Remove up to `limit` items of a webhook's recoveries; return how many were removed, 0 at the end."""


# ── Queues ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Lane(StrEnum):
    """The two delivery queues."""

    FAST = "fast"
    SLOW = "slow"


@dataclass(frozen=True, slots=True)
class Enqueued:
    """An attempt on its way to a lane, visible there after `delay_s` (0 to 900 whole seconds)."""

    attempt: PendingAttempt
    lane: Lane
    delay_s: int = 0


class DeliveryQueue(Protocol):
    """The two lanes."""

    def send(self, messages: Sequence[Enqueued]) -> None:
        """Enqueue all; raise `Unavailable` where one was refused for good (some may then have gone out)."""


@dataclass(frozen=True, slots=True)
class QueuedNotification:
    """A notification that the service has accepted: the producer's own text, and beside it what the service knows about it.

    It is visible after `delay_s` (0 to 900 whole seconds).
    """

    text: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    delay_s: int = 0


class NotificationQueue(Protocol):
    """The queue of accepted notifications, on which only the service sends; fan-outs go on there, too."""

    def send(self, messages: Sequence[QueuedNotification]) -> None:
        """Enqueue all; raise `Unavailable` where one was refused for good (some may then have gone out)."""


class BackgroundQueue(Protocol):
    """The queue of work that nobody waits for: purges, recoveries, refused records."""

    def send(self, tasks: Sequence[Task]) -> None:
        """Enqueue all; raise `Unavailable` where one was refused for good (some may then have gone out)."""


@dataclass(frozen=True, slots=True)
class HandedBack:
    """A message that could not be worked on for now: the receipt by which SQS knows it, and when it is to come again."""

    receipt: str
    delay_s: int


class Redelivery(Protocol):
    """How soon messages that were handed back come again."""

    def bring_back(self, source_arn: str, messages: Sequence[HandedBack]) -> None:
        """Have messages of a queue handed out again after their delay, and not after the queue's visibility timeout.

        A receipt that is no longer valid is passed over: its message has come again already.
        """


class DeadLetters(Protocol):
    """Where messages go that nothing can be done with."""

    def set_aside(self, source_arn: str, body: str, reason: str, attributes: Mapping[str, str] | None = None) -> None:
        """Put a message on the dead-letter queue of the queue it came from, with the reason beside its attributes."""


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """How many messages are on a queue, about: SQS counts on many machines, and lags.

    `waiting` may be taken now, `in_flight` are being worked on, `delayed` are not to be seen yet; `dead_letters` are on the
    queue beside it, for a person to look at.
    """

    name: str
    waiting: int
    in_flight: int
    delayed: int
    dead_letters: int


class QueueDepths(Protocol):
    """What is on the queues of the service."""

    def read(self) -> list[QueueDepth]:
        """All queues, in the order of a notification's path."""


# ── Receivers ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Dispatch(Protocol):
    """What a sender asks for its next request and tells the end of each: the order is not the sender's business."""

    @property
    def late_after_s(self) -> float:
        """Seconds after which a request that is still out is late."""

    def next(self) -> tuple[str, OutboundRequest] | None:
        """A request to start now, with a token for it; ``None`` if there is none before another ends."""

    def late(self, token: str) -> None:
        """A request is late: told once, where it is, before its end."""

    def done(self, token: str, exchange: Exchange) -> None:
        """A request has ended."""


class HttpSender(Protocol):
    """Sends requests to addresses that nobody trusts."""

    def exchange_all(self, dispatch: Dispatch) -> None:
        """Start what `dispatch` gives, all at once; return when nothing is in flight and it gives nothing more.

        Each request ends by its own deadline, whatever the receiver does. `next` is asked again after each `done`.
        """
