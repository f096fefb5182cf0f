"""What a write on a person's behalf was decided from, checked again in the moment of the write.

An API key is remembered for some seconds, and a user may be changed while a request is under way. What outlives the request
is therefore written under the condition that the user is still who the decision was made for.
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
"""By so much the clocks of two functions never differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What must be true of a user. The user must exist; what is ``None`` may be anything.

    Args:
        user_id: the user.
        incarnation: which user of that id.
        role: the role.
        groups: the groups, in their order.
        is_enabled: whether the user is active, and not suspended.

    """

    user_id: str
    incarnation: str | None = None
    role: Role | None = None
    groups: tuple[str, ...] | None = None
    is_enabled: bool = True

    @classmethod
    def as_read(cls, user: User) -> Standing:
        """That nothing has changed about the user that a webhook depends on."""
        return cls(
            user_id=user.id,
            incarnation=user.incarnation,
            role=user.role,
            groups=user.groups,
            is_enabled=user.is_enabled,
        )

    def holds_for(self, user: User | None) -> bool:
        """Whether it is true of the user as the directory has them; ``None`` if there is no such user."""
        return (
            user is not None
            and user.id == self.user_id
            and user.is_enabled == self.is_enabled
            and self.incarnation in {None, user.incarnation}
            and self.role in {None, user.role}
            and self.groups in {None, user.groups}
        )


class StandingLost(Exception):
    """A write was not made: what it was decided from is not true any more."""


def is_owned_by(webhook: Webhook, user: User) -> bool:
    """Whether a webhook is this user's, and not an earlier one's of the same id.

    One that an older release has written names no incarnation. It is the user's if it was made after the user was; a few
    seconds are allowed for, since two clocks told the times.
    """
    if webhook.owner_id != user.id:
        return False
    if webhook.owner_incarnation:
        return webhook.owner_incarnation == user.incarnation
    return webhook.created_at > user.created_at - CLOCKS_DIFFER


def of_actor(caller: Caller, webhook: Webhook) -> Standing:
    """What any change of a webhook needs of the person who makes it: to be its owner, or an admin."""
    if caller.user_id == webhook.owner_id:
        return Standing(user_id=caller.user_id, incarnation=caller.incarnation)
    return Standing(user_id=caller.user_id, incarnation=caller.incarnation, role=Role.ADMIN)


def of_change(caller: Caller, changed: Webhook) -> tuple[Standing, ...]:
    """What a change needs that leaves the webhook like `changed`.

    A webhook that is called afterwards needs an owner who is there and not suspended, and an admin if it is global or may
    lead into private networks. To pause one, it is enough to be allowed to.
    """
    actor = of_actor(caller, changed)
    if not changed.is_live:
        return (actor,)
    role = Role.ADMIN if changed.is_global or changed.may_reach_private else None
    if caller.user_id == changed.owner_id:
        return (replace(actor, role=role),)
    return (actor, Standing(user_id=changed.owner_id, incarnation=changed.owner_incarnation or None, role=role))
