"""The preconditions of a write on a person's behalf, which are checked again when it is written.

An API key is cached for some seconds, and a user may be changed during a request. So anything that outlives the request is
written on the condition that what was decided from is still true of the user.
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
"""More than the clocks of two functions ever differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What must be true of a user at the time of a write. The user must exist. ``None`` accepts any value.

    Args:
        user_id: the id of the user.
        incarnation: distinguishes the user from others with the same id.
        role: the user's role.
        groups: the user's groups, in the same order.
        is_enabled: whether the user is not suspended.

    """

    user_id: str
    incarnation: str | None = None
    role: Role | None = None
    groups: tuple[str, ...] | None = None
    is_enabled: bool = True

    @classmethod
    def as_read(cls, user: User) -> Standing:
        """The precondition that nothing that a webhook depends on has changed since the user was read."""
        return cls(
            user_id=user.id,
            incarnation=user.incarnation,
            role=user.role,
            groups=user.groups,
            is_enabled=user.is_enabled,
        )

    def holds_for(self, user: User | None) -> bool:
        """Whether it is true of the user in the directory; `user` is ``None`` if there is no such user."""
        return (
            user is not None
            and user.id == self.user_id
            and user.is_enabled == self.is_enabled
            and self.incarnation in {None, user.incarnation}
            and self.role in {None, user.role}
            and self.groups in {None, user.groups}
        )


class StandingLost(Exception):
    """A write was not made because its precondition is no longer true."""


def is_owned_by(webhook: Webhook, user: User) -> bool:
    """Whether a webhook belongs to this user, and not to an earlier user with the same id.

    A webhook that an older release wrote has no incarnation. It belongs to the user if it was created after the user, with
    a tolerance of `CLOCKS_DIFFER`, since the two times come from different clocks.
    """
    if webhook.owner_id != user.id:
        return False
    if webhook.owner_incarnation:
        return webhook.owner_incarnation == user.incarnation
    return webhook.created_at > user.created_at - CLOCKS_DIFFER


def of_actor(caller: Caller, webhook: Webhook) -> Standing:
    """The precondition for any change of a webhook: the person is its owner or an admin."""
    if caller.user_id == webhook.owner_id:
        return Standing(user_id=caller.user_id, incarnation=caller.incarnation)
    return Standing(user_id=caller.user_id, incarnation=caller.incarnation, role=Role.ADMIN)


def of_change(caller: Caller, changed: Webhook) -> tuple[Standing, ...]:
    """The preconditions of a change after which the webhook is `changed`.

    If the webhook is live afterwards, its owner must exist and not be suspended, and must be an admin if the webhook is
    global or may reach private networks. To pause a webhook, it is enough to be its owner or an admin.
    """
    actor = of_actor(caller, changed)
    if not changed.is_live:
        return (actor,)
    role = Role.ADMIN if changed.is_global or changed.may_reach_private else None
    if caller.user_id == changed.owner_id:
        return (replace(actor, role=role),)
    return (actor, Standing(user_id=changed.owner_id, incarnation=changed.owner_incarnation or None, role=role))
