"""Which notifications of the past a webhook may still be given: not those from before its owner had a part in them.

What is delivered as it happens needs no such look: the webhook's groups are its owner's of that moment.
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
    """Whether a webhook wants a notification of the past, and its owner had a part in it when it was accepted.

    A webhook whose owner is gone, or is another user of the same id, gets nothing. An admin's global webhook gets all, since
    admins may see all.
    """
    source = matching.first_source(webhook, taken)
    if source is None or owner is None or not is_owned_by(webhook, owner):
        return False
    if webhook.is_global:
        return owner.role is Role.ADMIN
    return taken.accepted_at >= _began_at(owner, matching.group_of(source))


def _began_at(owner: User, group: str | None) -> datetime:
    """When the owner came to have a part: as themselves with their user, as a member of a group with the membership.

    Where the beginning of a membership is not known, the user's last change stands for it. The membership is no younger than
    that, since every change of the groups is a change of the user.
    """
    if group is None:
        return owner.created_at
    return max(owner.created_at, owner.joined_at.get(group, owner.updated_at))
