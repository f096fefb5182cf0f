"""Users: their roles, groups and switches.

Users are written with conditions: on the version that was read, and on the admin who asks, since the key may be some seconds
old. After a user changes, the keys are updated at once and the webhooks in the background, to what the directory says at
that time.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

from chalicelib.access.admins import require_admin_left
from chalicelib.background.tasks import FollowOwner, Task
from chalicelib.domain.directory import users as domain
from chalicelib.domain.directory.audit import POSTHORN, AuditAction
from chalicelib.domain.directory.users import Caller, Role, User
from chalicelib.domain.errors import Conflict, InvalidInput, NotAuthenticated, Unavailable, UserNotFound

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.access.audit import Auditor
    from chalicelib.access.callers import Callers
    from chalicelib.background.ports import BackgroundQueue
    from chalicelib.directory.keys import KeyService
    from chalicelib.directory.ports import Directory
    from chalicelib.ports import Clock, Entropy

log = logging.getLogger(__name__)

_TRIES: Final = 5
"""How often a user's change is tried if others change the same user at the same time."""


class UserDraft(TypedDict, total=False):
    """The new values of a user. Members that are missing do not change; a new user gets their defaults."""

    name: str
    role: Role
    groups: tuple[str, ...]
    is_enabled: bool


class DirectoryService:
    """The use cases of `/users` and `/me`."""

    def __init__(
        self,
        *,
        directory: Directory,
        background: BackgroundQueue,
        clock: Clock,
        entropy: Entropy,
        audit: Auditor,
        callers: Callers,
        keys: KeyService,
    ) -> None:
        self._directory = directory
        self._background = background
        self._clock = clock
        self._entropy = entropy
        self._audit = audit
        self._callers = callers
        self._keys = keys

    def me(self, caller: Caller) -> User:
        """The user of the key; raise `NotAuthenticated` if the user is deleted."""
        user = self._directory.user(caller.user_id)
        if user is None or user.incarnation != caller.incarnation:
            message = "The user of this API key was deleted."
            raise NotAuthenticated(message)
        return user

    def user(self, user_id: str) -> User:
        """One user."""
        user = self._directory.user(user_id)
        if user is None:
            message = "There is no such user. GET /users lists them."
            raise UserNotFound(message)
        return user

    def users(self, after: str | None, limit: int) -> tuple[list[User], str | None]:
        """Users by id, and the id after which to continue."""
        found = self._directory.users(after, limit + 1)
        has_more = len(found) > limit
        return found[:limit], found[limit - 1].id if has_more else None

    def put_user(self, caller: Caller, user_id: str, **draft: Unpack[UserDraft]) -> tuple[User, bool]:
        """Create or change a user. The keys follow at once, the webhooks in the background (`chalicelib.directory.owners`).

        Members that the draft does not have are taken from the version that is the condition of the write, so no change of
        others is undone. Returns the user, and whether it is new. If the process dies in between, the background completes
        the change.
        """
        for _ in range(_TRIES):
            known = self._directory.user(user_id)
            user = self._changed(known, user_id, draft)
            if caller.user_id == user_id:
                _require_admin_stays(user)
            if self._directory.put_user(user, caller):
                self._audit.user(
                    caller.user_id, AuditAction.USER_CHANGED if known else AuditAction.USER_CREATED, known, user
                )
                self._callers.forget_user(user_id)
                self._follow(user_id, user.updated_at)
                return user, known is None
            require_admin_left(self._directory, caller, known if _stops_being_admin(known, user) else None)
        message = "Others keep changing this user. Read the user, and try again."
        raise Conflict(message)

    def delete_user(self, caller: Caller, user_id: str) -> None:
        """Delete a user and their keys. The webhooks are deleted in the background."""
        user = self.user(user_id)
        if user.id == caller.user_id:
            message = "You cannot delete yourself. Another admin can do it."
            raise Conflict(message)
        now = self._clock.now()
        if not self._directory.delete_user(user_id, now, caller.user_id, caller):
            require_admin_left(self._directory, caller, user)
            message = "Your user was changed at the same time. Try again."
            raise Conflict(message)
        self._audit.user(caller.user_id, AuditAction.USER_DELETED, user, None)
        self._callers.forget_user(user_id)
        self._follow(user_id, now)

    def ensure_user(self, user_id: str, name: str, role: Role, key: str | None = None) -> str:
        """Create a user with a key, for the set-up of the service. An existing user does not change.

        Returns the key, a new one if none is given.
        """
        if self._directory.user(user_id) is None:
            user = self._changed(None, user_id, {"name": name, "role": role})
            if self._directory.put_user(user):
                self._audit.user(POSTHORN, AuditAction.USER_CREATED, None, user)
        return self._keys.set_up_key(user_id, key)

    def _changed(self, known: User | None, user_id: str, draft: UserDraft) -> User:
        if known is None:
            return self._made(user_id, draft)
        now, name = self._clock.now(), draft.get("name", known.name)
        groups = tuple(dict.fromkeys(draft.get("groups", known.groups)))
        if name != known.name:
            _require_own_name("name", name)
        return replace(
            known,
            name=name,
            role=draft.get("role", known.role),
            groups=groups,
            updated_at=now,
            is_enabled=draft.get("is_enabled", known.is_enabled),
            joined_at=_joined_at(known, groups, now),
            version=known.version + 1,
        )

    def _made(self, user_id: str, draft: UserDraft) -> User:
        now, groups = self._clock.now(), tuple(dict.fromkeys(draft.get("groups", ())))
        _require_own_name("id", user_id)
        return User(
            id=user_id,
            name=_name_of_new(draft),
            role=draft.get("role", Role.USER),
            groups=groups,
            created_at=now,
            updated_at=now,
            incarnation=domain.new_incarnation(self._entropy.take(domain.INCARNATION_BYTES)),
            is_enabled=draft.get("is_enabled", True),
            joined_at=dict.fromkeys(groups, now),
        )

    def _follow(self, user_id: str, since: datetime) -> None:
        """Enqueue the update of the webhooks. If that fails, the schedule worker finds the note."""
        try:
            self._background.send([Task(FollowOwner(user_id, since))])
        except Unavailable:
            log.warning("owner.left_to_the_sweep", extra={"user_id": user_id})


def _joined_at(known: User, groups: tuple[str, ...], now: datetime) -> dict[str, datetime]:
    """When each membership began. For memberships from before this was stored, it stays unknown."""
    joined = {group: now for group in groups if group not in known.groups}
    return joined | {group: at for group, at in known.joined_at.items() if group in groups}


def _stops_being_admin(known: User | None, user: User) -> bool:
    """Whether the change takes an admin's role or access."""
    was_admin = known is not None and known.role is Role.ADMIN and known.is_enabled
    return was_admin and not (user.role is Role.ADMIN and user.is_enabled)


def _name_of_new(draft: UserDraft) -> str:
    """The name of a new user; raise `InvalidInput` if there is none."""
    if "name" not in draft:
        message = "This user does not exist yet, and a new user needs a name. Send 'name', or correct the id."
        raise InvalidInput(message, {"name": "This is required for a new user."})
    _require_own_name("name", draft["name"])
    return draft["name"]


def _require_admin_stays(user: User) -> None:
    """Raise `Conflict` if admins would lock themselves out."""
    if user.role is not Role.ADMIN:
        message = "You cannot take the admin role from yourself. Another admin can do it."
        raise Conflict(message)
    if not user.is_enabled:
        message = "You cannot suspend yourself. Another admin can do it."
        raise Conflict(message)


def _require_own_name(field: str, given: str) -> None:
    """Raise `InvalidInput` for the name that the service itself has in the audit."""
    if given.strip().casefold() == POSTHORN:
        message = f"No user can have the {field} {POSTHORN!r}: in the audit it means the service itself. Choose another one."
        raise InvalidInput(message, {field: f"{POSTHORN!r} means the service itself"})
