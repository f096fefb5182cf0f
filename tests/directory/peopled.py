"""Users and keys for the tests of permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.directory.users import Caller, Role

if TYPE_CHECKING:
    from testbed.fakes.service import Service

USER: Final = Caller("1", Role.USER)
ADMIN: Final = Caller("9", Role.ADMIN)
"""The admin of `testbed.fakes.service`."""


def put(
    rooms: Service,
    user_id: str = "1",
    *groups: str,
    role: Role = Role.USER,
    is_enabled: bool = True,
    **more: Any,  # noqa: ANN401
) -> None:
    """Have the admin make or change a user, with all that there is to say of one."""
    rooms.api.directory.put_user(
        ADMIN, user_id, name=f"User {user_id}", role=role, groups=groups, is_enabled=is_enabled, **more
    )


def key_of(rooms: Service, user_id: str = "1", **more: Any) -> str:  # noqa: ANN401 - what a key may have
    """Have the admin make a key."""
    return rooms.api.keys.make_key(ADMIN, user_id, name="a key", **more)[0]
