"""How notifications match webhooks, as rows that can be looked up.

A webhook has a row for each (audience, notification type). For a notification, the few audiences that it concerns are looked
up, with its own type and with ``ALL_NOTIFICATIONS``. So the cost grows with the webhooks that match, not with those that
exist, nor with the members of a group.

A row only proposes a webhook. The webhook itself is read too, and decides (`first_source`). So a row that is left from an
incomplete change does no harm, and a webhook that several rows propose is taken for the first one only.

A prefix (``collection*``) has a row of its own, which is not looked up. It says which rows a type of the catalogue adds
(`expanded`), so that a notification is looked up only with its own type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from chalicelib.domain.notifications import notification_types
from chalicelib.domain.webhooks.webhook import ActionType, Webhook

if TYPE_CHECKING:
    from collections.abc import Collection

    from chalicelib.domain.delivery.attempt import Chosen
    from chalicelib.domain.notifications.notification import Notification

_GLOBAL: Final = "global"


class Subscription(NamedTuple):
    """One row: an audience, and a notification type, ``ALL_NOTIFICATIONS`` or a prefix in lower case."""

    audience: str
    notification_type: str

    @property
    def is_global(self) -> bool:
        """Whether it is looked up for every notification."""
        return self.audience == _GLOBAL

    @property
    def is_prefix(self) -> bool:
        """Whether it means every type that begins so."""
        return self.notification_type.endswith(notification_types.WILDCARD)


def sources(notification: Notification) -> tuple[Subscription, ...]:
    """The rows to look up, in a fixed order: global first, then the actor, the target user, the target group."""
    audiences = _concerned(notification.action_by, notification.target_user, notification.target_group)
    types = (notification.notification_type, notification_types.ALL)
    return tuple(Subscription(audience, wanted) for audience in audiences for wanted in dict.fromkeys(types))


def still_wants(webhook: Webhook, notification_type: str, chosen: Chosen) -> bool:
    """Whether one of the rows still proposes a webhook that was chosen for a notification. Its filter is not evaluated."""
    audiences = _audiences(webhook)
    concerned = _concerned(chosen.action_by, chosen.target_user, chosen.target_group)
    types = (notification_type, notification_types.ALL)
    return not audiences.isdisjoint(concerned) and any(_wants(webhook, each, chosen.is_catalogued) for each in types)


def subscriptions(webhook: Webhook) -> frozenset[Subscription]:
    """The rows of a webhook, without those of its prefixes (`expanded`)."""
    wanted = {each.lower() if notification_types.is_prefix(each) else each for each in webhook.wanted_types}
    return frozenset(Subscription(audience, each) for audience in _audiences(webhook) for each in wanted)


def expanded(rows: Collection[Subscription], names: Collection[str]) -> frozenset[Subscription]:
    """The rows and, for each prefix, those of the types in `names` that begin so."""
    prefixes = {row.notification_type for row in rows if row.is_prefix}
    begun = {prefix: [name for name in names if notification_types.covers(prefix, name)] for prefix in prefixes}
    return frozenset(rows).union(
        Subscription(row.audience, name) for row in rows for name in begun.get(row.notification_type, ())
    )


def outdated(rows: Collection[Subscription], wanted: Collection[Subscription]) -> frozenset[Subscription]:
    """Those of the rows that nothing in `wanted` needs, by name or by prefix."""
    prefixes = [row for row in wanted if row.is_prefix]
    return frozenset(row for row in rows if row not in wanted and not any(_brings(prefix, row) for prefix in prefixes))


def first_source(webhook: Webhook, notification: Notification) -> Subscription | None:
    """The first row of `sources` that proposes this webhook; ``None`` if the notification does not match it.

    A webhook gets no notifications about its own health: they would wait for the circuit that they are about.
    """
    if _tells_of(notification, webhook):
        return None
    audiences = _audiences(webhook)
    for source in sources(notification):
        if source.audience in audiences and _wants(webhook, source.notification_type, notification.is_catalogued):
            return source
    return None


def group_of(source: Subscription) -> str | None:
    """The group by which a row proposes its webhook; ``None`` if it is another audience."""
    kind, _, group = source.audience.partition(":")
    return group if kind == "group" else None


def _concerned(action_by: str | None, target_user: str | None, target_group: str | None) -> list[str]:
    """The audiences of a notification, in a fixed order."""
    audiences = [_GLOBAL]
    if action_by is not None:
        audiences.append(_actor(action_by))
    if target_user is not None:
        audiences.append(_target(target_user))
    if target_group is not None:
        audiences.append(_group(target_group))
    return audiences


def _wants(webhook: Webhook, notification_type: str, is_catalogued: bool) -> bool:  # noqa: FBT001 - a fact
    """A prefix means types of the catalogue only. Other types go to webhooks with `ALL_NOTIFICATIONS`."""
    if notification_type in webhook.wanted_types:
        return True
    covering = any(notification_types.covers(wanted, notification_type) for wanted in webhook.wanted_types)
    return covering and is_catalogued


def _brings(prefix: Subscription, row: Subscription) -> bool:
    is_same_audience = prefix.audience == row.audience and not row.is_prefix
    return is_same_audience and notification_types.covers(prefix.notification_type, row.notification_type)


def _tells_of(notification: Notification, webhook: Webhook) -> bool:
    if notification.notification_type not in notification_types.OF_CIRCUITS:
        return False
    return notification.members.get("webhookId") == f'"{webhook.id}"'


def _audiences(webhook: Webhook) -> frozenset[str]:
    """A global webhook gets everything, so it needs no other audience."""
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
