"""Users in the directory of a service on fakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.directory.users import OwnerNote, User

if TYPE_CHECKING:
    from chalicelib.domain.directory.users import Caller
    from tests.fakes.house import World

LONG_AGO: Final = datetime(2026, 1, 1, tzinfo=UTC)


def person(caller: Caller, **changes: Any) -> User:  # noqa: ANN401 - any member of it
    """The user whose key a caller presents, in the directory for long."""
    user = User(
        id=caller.user_id,
        name=f"User {caller.user_id}",
        role=caller.role,
        groups=caller.groups,
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
    )
    return replace(user, **changes)


def settle(world: World, *callers: Caller) -> None:
    """Put people into the directory, with nothing left to do for their webhooks."""
    for caller in callers:
        put(world, person(caller))


def put(world: World, user: User) -> None:
    """Put one user into the directory, new or changed, with nothing left to do for their webhooks."""
    known = world.directory.user(user.id)
    if known is not None and known.incarnation != user.incarnation:
        world.directory.delete_user(user.id, user.updated_at, "9")
        known = None
    assert world.directory.put_user(user if known is None else replace(user, version=known.version + 1))
    world.directory.forget_owner_note(OwnerNote(user_id=user.id, since=user.updated_at))
