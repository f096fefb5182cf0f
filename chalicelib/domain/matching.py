"""Which webhooks want a notification, as rows that can be looked up.

A webhook subscribes once for each (audience, notification type). A notification is looked up in the few audiences that it
concerns, under its own type and under ``ALL_NOTIFICATIONS``: the cost grows with the webhooks that match, not with those
that exist, nor with the members of a group.

A row only proposes a webhook. The webhook itself, read beside it, decides (`first_source`), so that a row left over from a
change half way through does no harm, and a webhook that is proposed by several rows is taken for the first one only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from chalicelib.domain import notification_types
from chalicelib.domain.webhook import ActionType, Webhook

if TYPE_CHECKING:
    from chalicelib.domain.notification import Notification

_GLOBAL: Final = "global"


class Subscription(NamedTuple):
    """One row: an audience, and a notification type or ``ALL_NOTIFICATIONS``."""

    audience: str
    notification_type: str


def sources(notification: Notification) -> tuple[Subscription, ...]:
    """The rows to look under, in a fixed order: global first, then the actor, the target, the target's group."""
    audiences = [_GLOBAL]
    if notification.action_by is not None:
        audiences.append(_actor(notification.action_by))
    if notification.target_user is not None:
        audiences.append(_target(notification.target_user))
    if notification.target_group is not None:
        audiences.append(_group(notification.target_group))
    types = (notification.notification_type, notification_types.ALL)
    return tuple(Subscription(audience, wanted) for audience in audiences for wanted in dict.fromkeys(types))


def subscriptions(webhook: Webhook) -> frozenset[Subscription]:
    """The rows under which a webhook is to be found."""
    return frozenset(Subscription(audience, wanted) for audience in _audiences(webhook) for wanted in webhook.wanted_types)


def first_source(webhook: Webhook, notification: Notification) -> Subscription | None:
    """The first row of `sources` that proposes this webhook; ``None`` where it does not want the notification."""
    audiences, wanted = _audiences(webhook), webhook.wanted_types
    for source in sources(notification):
        if source.audience in audiences and source.notification_type in wanted:
            return source
    return None


def _audiences(webhook: Webhook) -> frozenset[str]:
    """A global webhook hears of everything, so what it would hear as somebody is already in."""
    if webhook.is_global:
        return frozenset({_GLOBAL})
    audiences = set()
    if webhook.action_type is not ActionType.RECEIVED:
        audiences.add(_actor(webhook.owner_id))
    if webhook.action_type is not ActionType.TRIGGERED:
        audiences.add(_target(webhook.owner_id))
        audiences.update(_group(group) for group in webhook.groups)
    return frozenset(audiences)


def _actor(user_id: str) -> str:
    return f"actor:{user_id}"


def _target(user_id: str) -> str:
    return f"target:{user_id}"


def _group(group_id: str) -> str:
    return f"group:{group_id}"
