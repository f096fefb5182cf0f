"""Authentication, and what a route's contract says about who may call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.api.contracts import Who
from chalicelib.domain.errors import Forbidden

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.access.callers import Callers
    from chalicelib.domain.directory.users import Caller


def authenticate(request: Request, callers: Callers) -> Caller:
    """The caller whose key is in the ``Authorization`` header; raise `NotAuthenticated` if there is none."""
    return callers.authenticate(request.headers.get("authorization"))


def require_allowed(caller: Caller, who: Who, method: str) -> None:
    """Raise `Forbidden` if the caller may not use the route: by the rights of the key, or by the role of its user.

    This is the only check of it. The use cases check what depends on an object's owner or on the body.
    """
    if who is Who.ANY_KEY:
        return
    if who is Who.PRODUCER:
        _require(caller.may_send(), "To send notifications, use an admin's key, or a key with the right 'send'.")
        return
    if method in _READING:
        _require(caller.may_read(), "This API key may not read. Use a key with the right 'read' or 'all'.")
    else:
        _require(caller.may_change(), "This API key may not change anything. Use a key with the right 'all'.")
    if who is Who.ADMIN:
        _require(caller.is_admin, "Only admins may do this.")


def _require(is_allowed: bool, message: str) -> None:  # noqa: FBT001 - it reads as a sentence
    if not is_allowed:
        raise Forbidden(message)


_READING: Final = frozenset({"GET", "HEAD"})
