"""Which webhooks match a notification, as subscription rows that can be looked up.

A webhook has one row for each (audience, notification type). A notification is looked up in the few audiences that it
concerns, with its own type and with ``ALL_NOTIFICATIONS``. So the cost grows with the number of webhooks that match. It does
not grow with the number that exist, or with the members of a group.

A row only proposes a webhook. The webhook itself is read too, and decides (`first_source`). So a row that is left over from
an unfinished change does no harm, and a webhook that several rows propose is used for the first row only.

A prefix (``collection*``) is a row of its own, which is never looked up. Instead it is expanded to a row for each matching
type of the catalogue (`expanded`), so a notification is still looked up with its own type only.
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
    """A row: an audience, and a notification type, ``ALL_NOTIFICATIONS`` or a prefix in lower case."""

    audience: str
    notification_type: str

    @property
    def is_global(self) -> bool:
        """Whether the row is looked up for every notification."""
        return self.audience == _GLOBAL

    @property
    def is_prefix(self) -> bool:
        """Whether the row is for all types with that prefix."""
        return self.notification_type.endswith(notification_types.WILDCARD)


def sources(notification: Notification) -> tuple[Subscription, ...]:
    """The rows to look up, in a fixed order: global first, then the actor, the target user, the target group."""
    audiences = _concerned(notification.action_by, notification.target_user, notification.target_group)
    types = (notification.notification_type, notification_types.ALL)
    return tuple(Subscription(audience, each) for audience in audiences for each in dict.fromkeys(types))


def still_matches(webhook: Webhook, notification_type: str, chosen: Chosen) -> bool:
    """Whether a webhook that matched a notification at fan-out still does, by its subscriptions; its filter is ignored."""
    audiences = _audiences(webhook)
    concerned = _concerned(chosen.action_by, chosen.target_user, chosen.target_group)
    types = (notification_type, notification_types.ALL)
    return not audiences.isdisjoint(concerned) and any(_is_subscribed(webhook, each, chosen.is_catalogued) for each in types)


def subscriptions(webhook: Webhook) -> frozenset[Subscription]:
    """The rows of a webhook before its prefixes are `expanded`."""
    types = {each.lower() if notification_types.is_prefix(each) else each for each in webhook.subscribed_types}
    return frozenset(Subscription(audience, each) for audience in _audiences(webhook) for each in types)


def expanded(rows: Collection[Subscription], names: Collection[str]) -> frozenset[Subscription]:
    """The rows, and for each prefix a row for each type of `names` that begins with it."""
    prefixes = {row.notification_type for row in rows if row.is_prefix}
    covered = {prefix: [name for name in names if notification_types.covers(prefix, name)] for prefix in prefixes}
    return frozenset(rows).union(
        Subscription(row.audience, name) for row in rows for name in covered.get(row.notification_type, ())
    )


def outdated(rows: Collection[Subscription], current: Collection[Subscription]) -> frozenset[Subscription]:
    """The rows that are not in `current` and do not come from one of its prefixes."""
    prefixes = [row for row in current if row.is_prefix]
    return frozenset(row for row in rows if row not in current and not any(_includes(prefix, row) for prefix in prefixes))


def first_source(webhook: Webhook, notification: Notification) -> Subscription | None:
    """The first row of `sources` that is a subscription of this webhook; ``None`` if the webhook does not match.

    A webhook gets no notices about its own circuit: they would wait until that very circuit closes.
    """
    if _is_about_circuit_of(webhook, notification):
        return None
    audiences = _audiences(webhook)
    for source in sources(notification):
        if source.audience in audiences and _is_subscribed(webhook, source.notification_type, notification.is_catalogued):
            return source
    return None


def group_of(source: Subscription) -> str | None:
    """The group of a row's audience; ``None`` if its audience is not a group."""
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


def _is_subscribed(webhook: Webhook, notification_type: str, is_catalogued: bool) -> bool:  # noqa: FBT001 - a fact
    """A prefix covers only types of the catalogue. Other types go to webhooks with ``ALL_NOTIFICATIONS``."""
    if notification_type in webhook.subscribed_types:
        return True
    is_covered = any(notification_types.covers(each, notification_type) for each in webhook.subscribed_types)
    return is_covered and is_catalogued


def _includes(prefix: Subscription, row: Subscription) -> bool:
    is_same_audience = prefix.audience == row.audience and not row.is_prefix
    return is_same_audience and notification_types.covers(prefix.notification_type, row.notification_type)


def _is_about_circuit_of(webhook: Webhook, notification: Notification) -> bool:
    if notification.notification_type not in notification_types.OF_CIRCUITS:
        return False
    return notification.members.get("webhookId") == f'"{webhook.id}"'


def _audiences(webhook: Webhook) -> frozenset[str]:
    """The audiences of a webhook. A global webhook gets everything, so it needs no other audience."""
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
