"""The conditions on users that a write has: what the decision to write depended on.

An API key is cached for some seconds, and a user may be changed during a request. So a write that outlives the request has
the condition that the user is still as they were for the decision.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain.directory.users import Role

if TYPE_CHECKING:
    from chalicelib.domain.directory.users import Caller, User
    from chalicelib.domain.webhooks.webhook import Webhook

CLOCKS_DIFFER: Final = timedelta(seconds=10)
"""The clocks of two functions never differ by more than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What must hold for a user. The user must exist; a member that is ``None`` is not checked.

    Args:
        user_id: the user.
        incarnation: tells apart users with the same id.
        role: the role.
        groups: the groups, in order.
        is_enabled: whether the user is not suspended.

    """

    user_id: str
    incarnation: str | None = None
    role: Role | None = None
    groups: tuple[str, ...] | None = None
    is_enabled: bool = True

    @classmethod
    def as_read(cls, user: User) -> Standing:
        """The condition that nothing has changed about the user that a webhook depends on."""
        return cls(
            user_id=user.id,
            incarnation=user.incarnation,
            role=user.role,
            groups=user.groups,
            is_enabled=user.is_enabled,
        )

    def holds_for(self, user: User | None) -> bool:
        """Whether it holds for the user in the directory; ``None`` if there is no such user."""
        return (
            user is not None
            and user.id == self.user_id
            and user.is_enabled == self.is_enabled
            and self.incarnation in {None, user.incarnation}
            and self.role in {None, user.role}
            and self.groups in {None, user.groups}
        )


class StandingLost(Exception):
    """A write was not made, because one of its conditions does not hold."""


def is_owned_by(webhook: Webhook, user: User) -> bool:
    """Whether a webhook belongs to this user, and not to an earlier one with the same id.

    Webhooks of older releases have no incarnation. They belong to the user if they were created after the user. A few
    seconds are allowed for, since the times come from two clocks.
    """
    if webhook.owner_id != user.id:
        return False
    if webhook.owner_incarnation:
        return webhook.owner_incarnation == user.incarnation
    return webhook.created_at > user.created_at - CLOCKS_DIFFER


def of_actor(caller: Caller, webhook: Webhook) -> Standing:
    """The condition for any change of a webhook: the user who makes it is its owner, or an admin."""
    if caller.user_id == webhook.owner_id:
        return Standing(user_id=caller.user_id, incarnation=caller.incarnation)
    return Standing(user_id=caller.user_id, incarnation=caller.incarnation, role=Role.ADMIN)


def of_change(caller: Caller, changed: Webhook) -> tuple[Standing, ...]:
    """The conditions for a change that makes the webhook `changed`.

    If the webhook gets deliveries afterwards, its owner must exist and not be suspended, and must be an admin if it is
    global or may call private networks. To pause a webhook, only the right to change it is needed.
    """
    actor = of_actor(caller, changed)
    if not changed.is_live:
        return (actor,)
    role = Role.ADMIN if changed.is_global or changed.may_reach_private else None
    if caller.user_id == changed.owner_id:
        return (replace(actor, role=role),)
    return (actor, Standing(user_id=changed.owner_id, incarnation=changed.owner_incarnation or None, role=role))
