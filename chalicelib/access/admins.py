"""Why an admin's write in the directory is refused. The border has checked the key's role (`chalicelib.api.auth`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.directory.users import Role
from chalicelib.domain.errors import Conflict, Forbidden

if TYPE_CHECKING:
    from chalicelib.directory.ports import Directory
    from chalicelib.domain.directory.users import Caller, User


def require_admin_still(directory: Directory, caller: Caller) -> None:
    """Raise `Forbidden` if the caller's user is not an admin any more. The key that the border checked may be cached."""
    user = directory.user(caller.user_id)
    if user is None or not user.is_still_admin(caller):
        message = "Your user is not an admin any more: another admin has just changed, suspended or deleted it."
        raise Forbidden(message)


def require_admin_left(directory: Directory, caller: Caller, loses: User | None) -> None:
    """As `require_admin_still`, but raise `Conflict` if the change makes `loses` stop being an admin: none might be left."""
    try:
        require_admin_still(directory, caller)
    except Forbidden as error:
        if loses is None or loses.role is not Role.ADMIN or not loses.is_enabled:
            raise
        message = f"An admin must remain, and you are not one any more. {error.message}"
        raise Conflict(message) from error
