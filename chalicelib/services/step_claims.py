"""Keeps a fan-out, and each of its steps, from being done twice or by two at once.

::

step 1 ──attempts out──▶ continuation A sent ──✗ dies before its message is deleted
step 1 again ──same attempts──▶ continuation B sent ──▶ done
A: claims step 2, does it, sends on
B: finds step 2 claimed by A: dropped, so the rest is not doubled
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import Unavailable
from chalicelib.services.arrivals import Position
from chalicelib.services.ports import Claim, ClaimState

if TYPE_CHECKING:
    from chalicelib.domain.notification import Notification
    from chalicelib.services.arrivals import ReceivedNotification
    from chalicelib.services.ports import Claims, Clock
    from chalicelib.settings import Settings

_SECONDS_PER_HOUR: Final = 3600


class StillClaimed(Unavailable):
    """Another message with the same work is being worked on; this one is looked at again later."""

    code = "still_claimed"


class StepClaims:
    """Claims a notification that may come twice by itself, and each step of it but the first."""

    def __init__(self, *, claims: Claims, clock: Clock, settings: Settings) -> None:
        self._claims = claims
        self._clock = clock
        self._settings = settings

    def take(self, message: ReceivedNotification, read: Notification, position: Position) -> Notification | None:
        """Claim what needs it: a name that its producer may send again, what was put off, and each step but the first.

        Returns the notification as its first claimer took it, ``None`` where the work was done before. Raises
        `StillClaimed` where somebody else is at it.
        """
        taken = read
        if _is_claimed(read):
            claim = self._take(_root_name(read), message.root_holder, read)
            if claim.state is ClaimState.FINISHED:
                return None
            taken = replace(read, accepted_at=claim.accepted_at)
        if position != Position():
            step = self._take(_step_name(taken, position), message.holder, taken)
            if step.state is ClaimState.FINISHED:
                return None
        return taken

    def finish(self, taken: Notification, position: Position, *, is_last: bool) -> None:
        """Say that a step is done; with the last one, the notification is."""
        if is_last and _is_claimed(taken):
            self._claims.finish(_root_name(taken))
        if position != Position():
            self._claims.finish(_step_name(taken, position))

    def _take(self, name: str, holder: str, taken: Notification) -> Claim:
        claim = self._claims.take(
            name,
            holder,
            now=self._clock.now(),
            lease_s=self._settings.fan_out_lease_s,
            keep_s=self._settings.notification_id_hours * _SECONDS_PER_HOUR,
            accepted_at=taken.accepted_at,
        )
        if claim.state is ClaimState.BUSY:
            message = f"Notification {taken.id!r} is being worked on."
            raise StillClaimed(message)
        return claim


def _is_claimed(taken: Notification) -> bool:
    """Whether it may come twice by itself: its producer named it, or it was put off and sent again."""
    return taken.is_named or taken.deliver_at is not None


def _root_name(taken: Notification) -> str:
    return f"id|{taken.id}"


def _step_name(taken: Notification, position: Position) -> str:
    return f"step|{taken.id}|{taken.accepted_at.isoformat()}|{position}"
