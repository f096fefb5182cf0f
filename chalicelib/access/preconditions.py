"""Why a write was refused whose condition on a user does not hold (`chalicelib.domain.directory.preconditions`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.directory.users import Role
from chalicelib.domain.errors import Forbidden, NotAuthenticated, WebhookNotFound

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.directory.ports import Directory
    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.directory.users import Caller, User
    from chalicelib.domain.errors import PosthornError


def actor(directory: Directory, caller: Caller) -> User:
    """The user who makes a request; raise `NotAuthenticated` if the user is deleted or suspended."""
    user = directory.user(caller.user_id)
    if user is None or user.incarnation != caller.incarnation:
        message = "The user of this API key was deleted."
        raise NotAuthenticated(message)
    if not user.is_enabled:
        message = "The user of this API key is suspended. Ask an admin."
        raise NotAuthenticated(message)
    return user


def require(directory: Directory, caller: Caller, standings: Iterable[Standing]) -> None:
    """Raise the reason why one of the conditions does not hold. Return if all hold by now: then repeat the write."""
    for standing in standings:
        if standing.user_id == caller.user_id:
            _require_actor(directory, caller, standing)
        else:
            _require_owner(directory, standing)


def _require_actor(directory: Directory, caller: Caller, standing: Standing) -> None:
    user = actor(directory, caller)
    if standing.incarnation not in {None, user.incarnation}:
        message = "There is no such webhook. GET /webhooks lists yours."
        raise WebhookNotFound(message)
    if standing.role is Role.ADMIN and user.role is not Role.ADMIN:
        message = "This needs an admin, and the user of this API key is not one any more."
        raise Forbidden(message)


def _require_owner(directory: Directory, standing: Standing) -> None:
    owner = directory.user(standing.user_id)
    if not standing.holds_for(owner):
        raise _refusal_by_owner(standing, owner)


def _refusal_by_owner(standing: Standing, owner: User | None) -> PosthornError:
    if owner is None or standing.incarnation not in {None, owner.incarnation}:
        return Forbidden("The webhook's owner was deleted, so the webhook cannot be called any more. Delete it.")
    if not owner.is_enabled:
        return Forbidden("The webhook's owner is suspended. Enable the user first.")
    return Forbidden(
        "The webhook is global or may call private networks, and its owner is not an admin. Make its owner an admin first, "
        "or delete it.",
        {"global": "needs an owner with the admin role"},
    )
