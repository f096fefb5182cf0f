"""Notifications over HTTPS: validated, given an id, and put on the queue of accepted notifications.

If its producer has given an id, a notification is claimed here by one conditional write, before it is queued. So a different
one with the same id gets 409 at once, and a copy gets the id that it had:

* the id is free: the notification is queued, and its message says until when nobody else can have claimed it;
* it was claimed, and is done: nothing is queued;
* it was claimed, and is not done, perhaps because an earlier request died in between: it is queued again, and the worker
  sees by the claim whether there is anything left to do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain import ids
from chalicelib.domain.errors import PosthornError
from chalicelib.domain.notifications import depth as depths
from chalicelib.domain.notifications import envelope, notification, producer
from chalicelib.domain.payloads import raw_json
from chalicelib.intake import claim_names, deferral
from chalicelib.intake import messages as arrivals
from chalicelib.intake.ports import ClaimRequest, ClaimState, QueuedNotification

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.directory.users import Caller
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.intake.catalogue import Catalogue
    from chalicelib.intake.ports import Claims, NotificationQueue
    from chalicelib.ports import Clock, Entropy

_TOKEN_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted notification, and its time if it is scheduled."""

    id: str
    deliver_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A notification of a request, and its text as it is passed on."""

    taken: Notification
    text: str

    @property
    def content(self) -> str:
        return arrivals.content_of(self.text)

    def ahead_of(self, now: datetime) -> timedelta:
        """The delay until its time."""
        return max((self.taken.deliver_at or now) - now, timedelta())


@dataclass(frozen=True, slots=True)
class _Claimed:
    """An id in a request: the first notification with it, and the state of its claim."""

    first: _Arrival
    state: ClaimState
    holder: str


class Intake:
    """The use case of `POST /notifications`."""

    def __init__(  # noqa: PLR0913 - ports and limits
        self,
        *,
        queue: NotificationQueue,
        claims: Claims,
        catalogue: Catalogue,
        clock: Clock,
        entropy: Entropy,
        notification_bytes_max: int,
        notification_id_hours: int,
        deliver_ahead_days: int,
        depth_max: int,
        fan_out_lease_s: float,
    ) -> None:
        self._queue = queue
        self._claims = claims
        self._catalogue = catalogue
        self._clock = clock
        self._entropy = entropy
        self._notification_bytes_max = notification_bytes_max
        self._keep = timedelta(hours=notification_id_hours)
        self._deliver_ahead_days = deliver_ahead_days
        self._depth_max = depth_max
        self._lease = timedelta(seconds=fan_out_lease_s)

    def accept(self, caller: Caller, texts: Sequence[str], depth: int = 0) -> list[Accepted | PosthornError]:
        """Queue notifications, each the JSON text of an object; each gets its id, or the reason why it was refused.

        `depth` is the number of deliveries that led to them. Raises `NotificationLoop` if it exceeds the limit.
        """
        depths.check(depth, self._depth_max)
        now = self._clock.now()
        arrived = [self._arrival(text, producer.of_user(caller.user_id), now, depth) for text in texts]
        claimed = self._claimed([each for each in arrived if isinstance(each, _Arrival) and each.taken.is_named], now)
        messages = [
            self._message(each, claimed.get(each.taken.id) if each.taken.is_named else None, now)
            for each in arrived
            if isinstance(each, _Arrival) and _is_to_be_sent(each, claimed)
        ]
        if messages:
            self._queue.send(messages)
        return [_answer(each, claimed) if isinstance(each, _Arrival) else each for each in arrived]

    def _arrival(self, text: str, sender: str, now: datetime, depth: int) -> _Arrival | PosthornError:
        """A valid notification, or the reason why it is refused."""
        try:
            arrivals.check_size(text, self._notification_bytes_max)
            fresh_id = ids.NOTIFICATION + ids.sortable(now, self._entropy.take(ids.ENTROPY_BYTES))
            taken = notification.parse(text, notification_id=fresh_id, accepted_at=now, producer_name=sender)
            arrivals.check_type(taken)
            self._catalogue.check(taken, text)
            deferral.check_ahead(taken, self._deliver_ahead_days)
        except PosthornError as error:
            return error
        return _Arrival(replace(taken, depth=depth), raw_json.carriable(text))

    def _claimed(self, named: Sequence[_Arrival], now: datetime) -> Mapping[str, _Claimed]:
        """Claim each id once, for the first notification with it."""
        firsts = {each.taken.id: each for each in reversed(named)}
        if not firsts:
            return {}
        holder = self._entropy.take(_TOKEN_BYTES).hex()
        claims = self._claims.reserve([self._wish(each, holder, now) for each in firsts.values()], now)
        return {
            each.taken.id: _Claimed(each, claim.state, holder) for each, claim in zip(firsts.values(), claims, strict=True)
        }

    def _wish(self, each: _Arrival, holder: str, now: datetime) -> ClaimRequest:
        """A scheduled one is claimed when it is due. That time counts as the time of its acceptance."""
        ahead = each.ahead_of(now)
        return ClaimRequest(
            name=claim_names.root_name(each.taken),
            holder=holder,
            lease_s=0 if ahead else self._lease.total_seconds(),
            keep_s=(self._keep + ahead).total_seconds(),
            accepted_at=now + ahead,
            content=each.content,
        )

    def _message(self, each: _Arrival, claimed: _Claimed | None, now: datetime) -> QueuedNotification:
        attributes = envelope.identity(each.taken.id, now, each.taken.producer, each.taken.depth)
        if claimed is not None and claimed.state is ClaimState.MINE and not each.ahead_of(now):
            attributes[envelope.ROOT_HOLDER] = claimed.holder
            attributes[envelope.LEASE_UNTIL] = (now + self._lease).isoformat()
        return QueuedNotification(each.text, attributes)


def _is_to_be_sent(each: _Arrival, claimed: Mapping[str, _Claimed]) -> bool:
    """A copy is not sent, nor one that was done before."""
    if not each.taken.is_named:
        return True
    found = claimed[each.taken.id]
    return found.first is each and found.state in {ClaimState.MINE, ClaimState.BUSY}


def _answer(each: _Arrival, claimed: Mapping[str, _Claimed]) -> Accepted | PosthornError:
    if each.taken.is_named:
        found = claimed[each.taken.id]
        if found.state is ClaimState.OTHER or found.first.content != each.content:
            return claim_names.id_taken(each.taken)
    return Accepted(each.taken.id, each.taken.deliver_at)
