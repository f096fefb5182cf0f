"""Users in the directory of a service on fakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.directory.users import OwnerNote, User

if TYPE_CHECKING:
    from chalicelib.domain.directory.users import Caller
    from testbed.fakes.service import FakeAdapters

LONG_AGO: Final = datetime(2026, 1, 1, tzinfo=UTC)


def person(caller: Caller, **changes: Any) -> User:  # noqa: ANN401 - any member of it
    """The user of a caller's key, created long ago."""
    user = User(
        id=caller.user_id,
        name=f"User {caller.user_id}",
        role=caller.role,
        groups=caller.groups,
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
    )
    return replace(user, **changes)


def settle(world: FakeAdapters, *callers: Caller) -> None:
    """Put users into the directory, without notes for their webhooks."""
    for caller in callers:
        put(world, person(caller))


def put(world: FakeAdapters, user: User) -> None:
    """Put a new or changed user into the directory, without a note for their webhooks."""
    known = world.directory.user(user.id)
    if known is not None and known.incarnation != user.incarnation:
        world.directory.delete_user(user.id, user.updated_at, "9")
        known = None
    assert world.directory.put_user(user if known is None else replace(user, version=known.version + 1))
    world.directory.forget_owner_note(OwnerNote(user_id=user.id, since=user.updated_at))
