"""Keeps a fan-out, and each of its steps, from being done twice, or by two workers at once.

::

    step 1 ──attempts sent──▶ continuation A sent ──✗ dies before its message is deleted
    step 1 again ──same attempts──▶ continuation B sent ──▶ done
    A: claims step 2, does it, sends its continuation
    B: finds step 2 claimed by A: it is dropped, so the rest is not doubled

A notification with a producer's id is claimed by producer and id, with a digest of its text. The same text again is a copy,
which is dropped. Another text is refused (`NotificationIdTaken`). Over HTTPS the claim is made before the response
(`chalicelib.intake.intake`), in place of this one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import Unavailable
from chalicelib.domain.notifications import producer
from chalicelib.intake import claim_names
from chalicelib.intake.messages import content_of
from chalicelib.intake.ports import Claim, ClaimRequest, ClaimState

if TYPE_CHECKING:
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.fanout.step import Work
    from chalicelib.intake.messages import ReceivedNotification
    from chalicelib.intake.ports import Claims
    from chalicelib.ports import Clock
    from chalicelib.settings import Settings

SECONDS_PER_HOUR: Final = 3600


class StillClaimed(Unavailable):
    """Another worker has the same work; this message comes again later."""

    code = "still_claimed"


class StepClaims:
    """Claims a notification that may come twice by itself, and each of its steps but the first."""

    def __init__(self, *, claims: Claims, clock: Clock, settings: Settings) -> None:
        self._claims = claims
        self._clock = clock
        self._settings = settings

    def take(self, work: Work) -> Notification | None:
        """Claim what needs it: an id that its producer may send again, a scheduled notification, each step but the first.

        Returns the notification with the time at which it was first claimed, ``None`` if the work is done already. Raises
        `StillClaimed` if another worker has it, `NotificationIdTaken` if the id is another notification's.
        """
        notification, message = work.notification, work.message
        if _is_claimed(notification) and not self._was_claimed(message):
            content = _content(notification, message.text)
            claim = self._take(claim_names.root_name(notification), message.root_holder, notification, content)
            if claim.state is ClaimState.FINISHED:
                return None
            if claim.state is ClaimState.OTHER:
                raise claim_names.id_taken(notification)
            notification = replace(notification, accepted_at=claim.accepted_at)
        if not work.is_first:
            step = self._take(claim_names.step_name(notification, work.position), message.holder, notification)
            if step.state is ClaimState.FINISHED:
                return None
        return notification

    def finish(self, work: Work, *, is_last: bool) -> None:
        """Mark a step as done; with the last one, the notification."""
        if is_last and _is_claimed(work.notification):
            self._claims.finish(claim_names.root_name(work.notification))
        if not work.is_first:
            self._claims.finish(claim_names.step_name(work.notification, work.position))

    def _was_claimed(self, message: ReceivedNotification) -> bool:
        """Whether it was claimed before it was sent, and nobody can have taken the claim over yet."""
        return message.lease_until is not None and self._clock.now() < message.lease_until

    def _take(self, name: str, holder: str, notification: Notification, content: str = "") -> Claim:
        now = self._clock.now()
        request = ClaimRequest(
            name=name,
            holder=holder,
            lease_s=self._settings.fan_out_lease_s,
            keep_s=self._settings.notification_id_hours * SECONDS_PER_HOUR,
            accepted_at=notification.accepted_at,
            content=content,
        )
        claim = self._claims.take(request, now)
        if claim.state is ClaimState.BUSY:
            message = f"Notification {notification.id!r} is being worked on."
            raise StillClaimed(message)
        return claim


def _is_claimed(notification: Notification) -> bool:
    """Whether a duplicate is possible: its producer gave it an id, or it was scheduled and then sent again."""
    return notification.is_named or notification.deliver_at is not None


def _content(notification: Notification, text: str) -> str:
    """A digest by which two notifications of one id differ; the service words one notice in several ways."""
    return "" if notification.producer == producer.SERVICE else content_of(text)
