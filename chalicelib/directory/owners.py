"""What a user's webhooks follow when the user is changed or deleted: in the background, in steps, any number of them.

::

    request     user, note ─▶ task ─▶ answered
    background       each of the user's webhooks, a page at a time ─▶ … ─▶ done ─▶ LOOK_AGAIN_S later: once more ─▶ note gone

A webhook is made under the condition that its owner is as they were read (`chalicelib.domain.directory.preconditions`), so
none is made after the change that follows from what was before it. The webhooks are found by an index, which is eventually
consistent ("Read consistency", docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html):
one that was made just before the change may not be in it yet. So there is a second look, when the index has caught up.

Each step does what the directory says now, so that it may be repeated. If a process dies, the note is still there, and the
schedule worker goes on with it. What contradicts the directory without a note is found by the owner sweep.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.background.tasks import FollowOwner, Task
from chalicelib.domain.delivery.hops import NONE as NO_HOPS
from chalicelib.domain.directory.audit import POSTHORN, AuditAction
from chalicelib.domain.directory.preconditions import Standing, StandingLost, is_owned_by
from chalicelib.domain.directory.users import Role
from chalicelib.domain.webhooks.webhook import OWNER_GONE, OWNER_NO_ADMIN, OWNER_SUSPENDED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.access.audit import Auditor
    from chalicelib.background.ports import BackgroundQueue
    from chalicelib.directory.ports import Directory
    from chalicelib.domain.delivery.hops import Hops
    from chalicelib.domain.directory.users import OwnerNote, User
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.ports import Clock
    from chalicelib.webhooks.ports import WebhookStore
    from chalicelib.webhooks.removal import WebhookRemoval

log = logging.getLogger(__name__)

LOOK_AGAIN_S: Final = 120
"""The index lags for less than a second as a rule."""
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
        removal: WebhookRemoval,
        background: BackgroundQueue,
        clock: Clock,
        audit: Auditor,
    ) -> None:
        self._directory = directory
        self._store = store
        self._removal = removal
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
        self._directory.settle_keys(work.user_id)
        owner, after = self._directory.user(work.user_id), work.after
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

    def bring_in_step(self, webhook: Webhook, owner: User | None) -> None:
        """Give a webhook its owner's groups and rights, again and again while somebody changes it at the same time.

        It is written only if the owner is still as they were read. If not, a later change has a follow-up of its own.
        """
        held = () if owner is None else (Standing.as_read(owner),)
        current: Webhook | None = webhook
        while current is not None:
            changed = in_step(current, owner, self._clock.now())
            if changed == current:
                return None
            changed = replace(changed, version=current.version + 1)
            try:
                if self._store.update(current, changed, held):
                    return self._tell(current, changed)
            except StandingLost:
                return None
            current = self._store.get(webhook.id)
        return None

    def _tell(self, old: Webhook, new: Webhook) -> None:
        """Write an audit line if a webhook is called no more, or again."""
        if old.disabled_reason == new.disabled_reason:
            return
        action = AuditAction.WEBHOOK_ENABLED if new.disabled_reason is None else AuditAction.WEBHOOK_DISABLED
        self._audit.webhook(POSTHORN, action, old, new)
        log.info("owner.webhook_followed", extra={"webhook_id": new.id, "reason": new.disabled_reason})

    def _follow(self, webhooks: Sequence[Webhook], owner: User | None, note: OwnerNote) -> None:
        gone = [each for each in webhooks if _is_of_the_deleted(each, owner, note)]
        self._removal.remove(note.deleted_by or POSTHORN, gone)
        for each in webhooks:
            if each not in gone:
                self.bring_in_step(each, owner)

    def _put_back(self, work: FollowOwner, hops: Hops, delay_s: int = 0) -> None:
        self._background.send([Task(work, hops.next(self._clock.now()), delay_s)])


def in_step(webhook: Webhook, owner: User | None, now: datetime) -> Webhook:
    """The webhook as its owner allows it: with the owner's groups, and disabled if the owner may not have it called.

    A suspended owner's is disabled with a reason of its own, so that it is live again when the owner is, and no other is.
    What an admin opened for themselves in private networks is closed to one who is no admin any more.
    """
    if owner is None or not is_owned_by(webhook, owner):
        return webhook.disabled(OWNER_GONE, now) if webhook.is_live else webhook
    changed = replace(
        webhook,
        groups=owner.groups,
        owner_incarnation=owner.incarnation,
        may_reach_private=webhook.may_reach_private and owner.role is Role.ADMIN,
    )
    if not owner.is_enabled:
        return changed.disabled(OWNER_SUSPENDED, now) if changed.is_live else changed
    if changed.disabled_reason == OWNER_SUSPENDED:
        changed = changed.revived(now)
    if changed.is_global and changed.is_live and owner.role is not Role.ADMIN:
        return changed.disabled(OWNER_NO_ADMIN, now)
    return changed


def _is_of_the_deleted(webhook: Webhook, owner: User | None, note: OwnerNote) -> bool:
    """Whether it belongs to a user whose deletion is noted, and not to a new one of the same id."""
    if note.deleted_at is None:
        return False
    if owner is None or not is_owned_by(webhook, owner):
        return True
    return not webhook.owner_incarnation and webhook.created_at <= note.deleted_at
