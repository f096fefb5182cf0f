"""Keeps a fan-out, and each of its steps, from being done twice or by two at once.

::

step 1 ──attempts out──▶ continuation A sent ──✗ dies before its message is deleted
step 1 again ──same attempts──▶ continuation B sent ──▶ done
A: claims step 2, does it, sends on
B: finds step 2 claimed by A: dropped, so the rest is not doubled

A notification that its producer named is claimed by producer and id, with a digest of its text: once more the same text is a
copy, which is dropped; another text is refused (`NotificationIdTaken`). Over HTTPS that claim is made before the answer
(`chalicelib.intake.intake`), in place of this one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.notifications import producer
from chalicelib.intake import claim_names
from chalicelib.intake.messages import Position, content_of
from chalicelib.intake.ports import Claim, ClaimRequest, ClaimState

if TYPE_CHECKING:
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.intake.messages import ReceivedNotification
    from chalicelib.intake.ports import Claims
    from chalicelib.ports import Clock
    from chalicelib.settings import Settings

SECONDS_PER_HOUR: Final = 3600


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
        `StillClaimed` where somebody else is at it, `NotificationIdTaken` where the name is another notification's.
        """
        taken = read
        if _is_claimed(read) and not self._was_claimed(message):
            claim = self._take(claim_names.root_name(read), message.root_holder, read, _content(read, message.text))
            if claim.state is ClaimState.FINISHED:
                return None
            if claim.state is ClaimState.OTHER:
                raise claim_names.id_taken(read)
            taken = replace(read, accepted_at=claim.accepted_at)
        if position != Position():
            step = self._take(claim_names.step_name(taken, position), message.holder, taken)
            if step.state is ClaimState.FINISHED:
                return None
        return taken

    def finish(self, taken: Notification, position: Position, *, is_last: bool) -> None:
        """Say that a step is done; with the last one, the notification is."""
        if is_last and _is_claimed(taken):
            self._claims.finish(claim_names.root_name(taken))
        if position != Position():
            self._claims.finish(claim_names.step_name(taken, position))

    def _was_claimed(self, message: ReceivedNotification) -> bool:
        """Whether it was claimed before it was sent, and nobody can have taken it over yet."""
        return message.lease_until is not None and self._clock.now() < message.lease_until

    def _take(self, name: str, holder: str, taken: Notification, content: str = "") -> Claim:
        now = self._clock.now()
        request = ClaimRequest(
            name=name,
            holder=holder,
            lease_s=self._settings.fan_out_lease_s,
            keep_s=self._settings.notification_id_hours * SECONDS_PER_HOUR,
            accepted_at=taken.accepted_at,
            content=content,
        )
        claim = self._claims.take(request, now)
        if claim.state is ClaimState.BUSY:
            message = f"Notification {taken.id!r} is being worked on."
            raise StillClaimed(message)
        return claim


def _is_claimed(taken: Notification) -> bool:
    """Whether it may come twice by itself: its producer named it, or it was put off and sent again."""
    return taken.is_named or taken.deliver_at is not None


def _content(read: Notification, text: str) -> str:
    """What tells one notification of a name from another; the service tells of one thing in several ways."""
    return "" if read.producer == producer.SERVICE else content_of(text)
