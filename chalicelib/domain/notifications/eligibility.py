"""Which past notifications a webhook may still get: none from before its owner was concerned.

Notifications that are delivered at once need no such check: the webhook has its owner's groups of that moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.directory.preconditions import is_owned_by
from chalicelib.domain.directory.users import Role
from chalicelib.domain.notifications import matching

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.directory.users import User
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.domain.webhooks.webhook import Webhook


def may_recover(webhook: Webhook, owner: User | None, taken: Notification) -> bool:
    """Whether a past notification matches a webhook, and concerned its owner when it was accepted.

    If the owner was deleted, or is another user with that id, the webhook gets nothing. An admin's global webhook gets
    all, since admins may see all.
    """
    source = matching.first_source(webhook, taken)
    if source is None or owner is None or not is_owned_by(webhook, owner):
        return False
    if webhook.is_global:
        return owner.role is Role.ADMIN
    return taken.accepted_at >= _began_at(owner, matching.group_of(source))


def _began_at(owner: User, group: str | None) -> datetime:
    """Since when notifications have concerned the owner: since the user was created, or since the membership began.

    If the beginning of a membership is not known, the time of the user's last change is used. The membership is at least
    that old, since each change of the groups changes the user.
    """
    if group is None:
        return owner.created_at
    return max(owner.created_at, owner.joined_at.get(group, owner.updated_at))
