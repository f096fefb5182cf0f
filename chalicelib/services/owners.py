"""What a user's webhooks follow when the user is changed or deleted: in the background, in steps, any number of them.

::

    request     note ─▶ keys, user ─▶ task ─▶ answered
    background       each of the user's webhooks, a page at a time ─▶ … ─▶ done ─▶ LOOK_AGAIN_S later: once more ─▶ note gone

The webhooks are found by an index, which is eventually consistent ("Read consistency", docs.aws.amazon.com/amazondynamodb/
latest/developerguide/HowItWorks.ReadConsistency.html): one that was made just before may not be in it yet. So there is a
second look, when every request that was under way has ended and the index has caught up. Each step does what the directory
says now, so that it may be repeated. If a process dies, the note is still there, and the schedule worker goes on with it.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain.audit import POSTHORN, AuditAction
from chalicelib.domain.directory import Role
from chalicelib.domain.hops import NONE as NO_HOPS
from chalicelib.services.tasks import FollowOwner, Task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.directory import OwnerNote, User
    from chalicelib.domain.hops import Hops
    from chalicelib.domain.webhook import Webhook
    from chalicelib.services.audit import Auditor
    from chalicelib.services.ports import BackgroundQueue, Clock, Directory, WebhookStore
    from chalicelib.services.webhooks import WebhookService

log = logging.getLogger(__name__)

LOOK_AGAIN_S: Final = 120
"""A request ends within 29 s (API Gateway), and the index lags for less than a second as a rule."""
STEP_S: Final = 20
_PAGE: Final = 50
_NOTE_SETTLES_S: Final = LOOK_AGAIN_S + 180
"""A note this old was left behind by a process that died: one that is worked on is renewed at each step."""
_NOTES_STEP: Final = 100


class Owners:
    """Brings webhooks in step with their owners."""

    def __init__(
        self,
        *,
        directory: Directory,
        store: WebhookStore,
        webhooks: WebhookService,
        background: BackgroundQueue,
        clock: Clock,
        audit: Auditor,
    ) -> None:
        self._directory = directory
        self._store = store
        self._webhooks = webhooks
        self._background = background
        self._clock = clock
        self._audit = audit

    def step(self, work: FollowOwner, hops: Hops = NO_HOPS) -> None:
        """Work for `STEP_S`; the rest goes back on the queue.

        A task of an earlier change than the note's has nothing to do: that of the later change does it all.
        """
        note = self._directory.owner_note(work.user_id)
        if note is None or note.since != work.since or not self._directory.renew_owner_note(note, self._clock.now()):
            return
        until = self._clock.now() + timedelta(seconds=STEP_S)
        owner, after = self._directory.user(work.user_id), work.after
        self._settle_keys(note, owner)
        while page := self._store.page(work.user_id, after, _PAGE):
            self._follow(page, owner, note)
            after = page[-1].id
            if self._clock.now() >= until:
                self._put_back(replace(work, after=after), hops)
                return
        if work.is_last_look:
            self._directory.forget_owner_note(note)
            log.info("owner.followed", extra={"user_id": work.user_id})
        else:
            self._put_back(replace(work, after=None, is_last_look=True), hops, LOOK_AGAIN_S)

    def resume(self) -> int:
        """Enqueue what nobody works on; return how many users that were."""
        now = self._clock.now()
        left_behind = self._directory.owner_notes(now - timedelta(seconds=_NOTE_SETTLES_S), _NOTES_STEP)
        for note in left_behind:
            if self._directory.renew_owner_note(note, now):
                self._background.send([Task(FollowOwner(note.user_id, note.since))])
        return len(left_behind)

    def bring_in_step(self, webhook: Webhook, owner: User) -> None:
        """Give a webhook its owner's groups and rights, again and again while its owner changes it at the same time."""
        current: Webhook | None = webhook
        while current is not None:
            changed = in_step(current, owner, self._clock.now())
            if changed == current:
                return
            changed = replace(changed, version=current.version + 1)
            if self._store.update(current, changed):
                if not changed.is_live and current.is_live:
                    self._audit.webhook(POSTHORN, AuditAction.WEBHOOK_DISABLED, current, changed)
                return
            current = self._store.get(webhook.id)

    def _follow(self, webhooks: Sequence[Webhook], owner: User | None, note: OwnerNote) -> None:
        gone = [each for each in webhooks if owner is None or _is_of_the_deleted(each, note)]
        self._webhooks.remove(note.deleted_by or POSTHORN, gone)
        for each in webhooks:
            if owner is not None and each not in gone:
                self.bring_in_step(each, owner)

    def _settle_keys(self, note: OwnerNote, owner: User | None) -> None:
        """Keys that a request left behind when it died, and one that was made while its user was being deleted."""
        if owner is not None:
            self._directory.carry_over(owner)
        for key in self._directory.keys_of(note.user_id) if note.deleted_at is not None else ():
            if note.deleted_at is not None and key.created_at <= note.deleted_at:
                self._directory.delete_key(key)

    def _put_back(self, work: FollowOwner, hops: Hops, delay_s: int = 0) -> None:
        self._background.send([Task(work, hops.next(self._clock.now()), delay_s)])


def in_step(webhook: Webhook, owner: User, now: datetime) -> Webhook:
    """The webhook with its owner's groups; a global one is disabled where its owner is no admin any more.

    What an admin opened for themselves in private networks is closed to one who is no admin any more.
    """
    may_reach_private = webhook.may_reach_private and owner.role is Role.ADMIN
    changed = replace(webhook, groups=owner.groups, may_reach_private=may_reach_private)
    if changed.is_global and changed.is_live and owner.role is not Role.ADMIN:
        return changed.disabled("It is global, and its owner is no admin any more.", now)
    return changed


def _is_of_the_deleted(webhook: Webhook, note: OwnerNote) -> bool:
    """Whether it belongs to the user who was deleted, and not to a new one of the same id."""
    return note.deleted_at is not None and webhook.created_at <= note.deleted_at
