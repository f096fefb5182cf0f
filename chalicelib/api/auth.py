"""Who is asking, and whether the route is for them: the one place that reads the ``Authorization`` header."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chalicelib.api.contracts import Who
from chalicelib.domain.errors import Forbidden

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.access.callers import Callers
    from chalicelib.domain.directory.users import Caller


def authenticate(request: Request, callers: Callers) -> Caller:
    """The caller behind the key in the header; raise `NotAuthenticated` where there is none."""
    return callers.authenticate(request.headers.get("authorization"))


def require_allowed(caller: Caller, who: Who, method: str) -> None:
    """Raise `Forbidden` if the route is not for the caller, by the rights of the key or by the role of its user.

    Whose thing it is that the path names is for the services to see.
    """
    if who is Who.ANY_KEY:
        return
    if who is Who.PRODUCER:
        _require(caller.may_send(), "Sending notifications takes an admin's key, or one with the right 'send'.")
        return
    if method in _READING:
        _require(caller.may_read(), "This API key may not read: it takes one with the right 'read' or 'all'.")
    else:
        _require(caller.may_change(), "This API key may not change anything: it takes one with the right 'all'.")
    if who is Who.ADMIN:
        _require(caller.is_admin, "This is for admins.")


def _require(is_allowed: bool, message: str) -> None:  # noqa: FBT001 - it reads as a sentence
    if not is_allowed:
        raise Forbidden(message)


_READING: Final = frozenset({"GET", "HEAD"})
