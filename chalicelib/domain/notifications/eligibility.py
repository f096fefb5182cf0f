"""Which past notifications a recovery may send to a webhook: none from before they concerned its owner.

The normal delivery needs no such check, since the webhook's groups are its owner's groups at that moment.
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


def may_recover(webhook: Webhook, owner: User | None, notification: Notification) -> bool:
    """Whether a webhook matches a past notification that concerned its owner when it was accepted.

    A webhook whose owner was deleted, or is another user with the same id, gets nothing. An admin's global webhook gets
    everything, since admins may see everything.
    """
    source = matching.first_source(webhook, notification)
    if source is None or owner is None or not is_owned_by(webhook, owner):
        return False
    if webhook.is_global:
        return owner.role is Role.ADMIN
    return notification.accepted_at >= _began_at(owner, matching.group_of(source))


def _began_at(owner: User, group: str | None) -> datetime:
    """Since when such notifications concern the owner: since the user was created, or since they joined the group.

    If it is not known when they joined, the user's last change is used. They did not join later than that, since every
    change of the groups is a change of the user.
    """
    if group is None:
        return owner.created_at
    return max(owner.created_at, owner.joined_at.get(group, owner.updated_at))
