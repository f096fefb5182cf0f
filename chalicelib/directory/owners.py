"""Updates the webhooks of a user who was changed or deleted: in the background, in steps, any number of webhooks.

::

    request     user, note ─▶ task ─▶ answered
    background       each of the user's webhooks, a page at a time ─▶ … ─▶ done ─▶ LOOK_AGAIN_S later: again ─▶ note deleted

A webhook is created with a condition on its owner (`chalicelib.domain.directory.preconditions`), so none is created after
the change from what was read before it. The webhooks are found by an index, which is eventually consistent ("Read
consistency", docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html): a webhook that was
created just before the change may not be in it yet. So there is a second run after the index has caught up.

Each step applies what the directory says now, so it is idempotent. If a process dies, the note still exists, and the
schedule worker continues. The owner sweep finds webhooks that contradict the directory and have no note.
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
"""The index usually lags less than a second."""
STEP_S: Final = 20
_PAGE: Final = 50
_NOTE_SETTLES_S: Final = LOOK_AGAIN_S + 180
"""A note of this age was left by a process that died: a running update renews its note at each step."""
_NOTES_STEP: Final = 100


class Owners:
    """Updates webhooks after a change of their owners."""

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
        """Work for `STEP_S`, then enqueue the rest.

        A task of an earlier change than the note's does nothing: the task of the later change does everything.
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
        """Enqueue the notes that nobody works on; return their number."""
        now = self._clock.now()
        left_behind = self._directory.owner_notes(now - timedelta(seconds=_NOTE_SETTLES_S), _NOTES_STEP)
        for note in left_behind:
            if self._directory.renew_owner_note(note, now):
                self._background.send([Task(FollowOwner(note.user_id, note.since))])
        return len(left_behind)

    def bring_in_step(self, webhook: Webhook, owner: User | None) -> None:
        """Give a webhook its owner's groups and rights, again if somebody changes it at the same time.

        It is written only if the owner has not changed. After a later change, another update runs anyway.
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
        """Write an audit entry if a webhook was disabled, or enabled again."""
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
    """The webhook with its owner's groups, disabled if the owner may not have it.

    If the owner is suspended, the reason is a special one, so that exactly these webhooks are enabled again with the owner.
    Webhooks of a user who is not an admin any more may not call private networks any more.
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
    """Whether it belongs to the user whose deletion is noted, and not to a new one with the same id."""
    if note.deleted_at is None:
        return False
    if owner is None or not is_owned_by(webhook, owner):
        return True
    return not webhook.owner_incarnation and webhook.created_at <= note.deleted_at
