"""Who is asking, and the upkeep of users and keys."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.domain import directory as domain
from chalicelib.domain.audit import POSTHORN, AuditAction
from chalicelib.domain.directory import ApiKey, Caller, Right, Role, User
from chalicelib.domain.errors import (
    Conflict,
    Forbidden,
    KeyNotFound,
    LimitReached,
    NotAuthenticated,
    Unavailable,
    UserNotFound,
)
from chalicelib.services.tasks import FollowOwner, Task

if TYPE_CHECKING:
    from chalicelib.services.audit import Auditor
    from chalicelib.services.ports import BackgroundQueue, Clock, Directory, Entropy

log = logging.getLogger(__name__)

_CACHED_KEYS_MAX: Final = 10_000


class DirectoryService:
    """The use cases of `/users`, and the check of every request's key."""

    def __init__(
        self,
        *,
        directory: Directory,
        background: BackgroundQueue,
        clock: Clock,
        entropy: Entropy,
        audit: Auditor,
        key_cache_s: float,
        keys_per_user_max: int,
    ) -> None:
        self._directory = directory
        self._background = background
        self._clock = clock
        self._entropy = entropy
        self._audit = audit
        self._keys_per_user_max = keys_per_user_max
        self._key_cache = timedelta(seconds=key_cache_s)
        self._cached: dict[str, tuple[ApiKey, datetime]] = {}

    def authenticate(self, authorization: str | None) -> Caller:
        """Who presents this ``Authorization`` header (the key raw, or behind ``Bearer``); raise `NotAuthenticated`."""
        presented = _presented_key(authorization)
        key_id = domain.key_id(presented)
        key = self._key(key_id)
        if key is None or not key.is_for(presented):
            message = "The API key is not known, or was revoked."
            raise NotAuthenticated(message)
        return Caller(key.user_id, key.role, key.groups, key.rights, key.id)

    def me(self, caller: Caller) -> User:
        """The user behind the caller's key; raise `NotAuthenticated` where there is none any more."""
        user = self._directory.user(caller.user_id)
        if user is None:
            message = "The API key's user is gone."
            raise NotAuthenticated(message)
        return user

    def user(self, caller: Caller, user_id: str) -> User:
        """One user."""
        _require_admin(caller)
        user = self._directory.user(user_id)
        if user is None:
            message = "There is no such user. GET /users lists them."
            raise UserNotFound(message)
        return user

    def users(self, caller: Caller, after: str | None, limit: int) -> tuple[list[User], str | None]:
        """Users by id, and the id to read on behind."""
        _require_admin(caller)
        found = self._directory.users(after, limit + 1)
        has_more = len(found) > limit
        return found[:limit], found[limit - 1].id if has_more else None

    def put_user(self, caller: Caller, user_id: str, *, name: str, role: Role, groups: tuple[str, ...]) -> tuple[User, bool]:
        """Make or change a user. Their keys follow at once, their webhooks in the background (`chalicelib.services.owners`).

        Returns the user, and whether it is new. Where this breaks off half way, the background completes it.
        """
        _require_admin(caller)
        if caller.user_id == user_id and role is not Role.ADMIN:
            message = "You cannot take the admin role from yourself; let another admin do it."
            raise Conflict(message)
        now = self._clock.now()
        known = self._directory.user(user_id)
        user = User(
            id=user_id,
            name=name,
            role=role,
            groups=tuple(dict.fromkeys(groups)),
            created_at=known.created_at if known is not None else now,
            updated_at=now,
        )
        self._directory.put_user(user)
        self._audit.user(caller.user_id, AuditAction.USER_CHANGED if known else AuditAction.USER_CREATED, known, user)
        self._forget_keys_of(user_id)
        self._follow(user_id, now)
        return user, known is None

    def delete_user(self, caller: Caller, user_id: str) -> None:
        """Remove a user and their keys; the webhooks go in the background."""
        user = self.user(caller, user_id)
        if user.id == caller.user_id:
            message = "You cannot delete yourself; let another admin do it."
            raise Conflict(message)
        now = self._clock.now()
        self._directory.delete_user(user_id, now, caller.user_id)
        self._audit.user(caller.user_id, AuditAction.USER_DELETED, user, None)
        self._forget_keys_of(user_id)
        self._follow(user_id, now)

    def keys(self, caller: Caller, user_id: str, after: str | None, limit: int) -> tuple[list[ApiKey], str | None]:
        """The keys of a user by their ids, without what they are, and the id to read on behind.

        A user has few of them (`keys_per_user_max`), so all are read.
        """
        keys = sorted(self._directory.keys_of(self.user(caller, user_id).id), key=lambda key: key.id)
        rest = [key for key in keys if key.id > (after or "")]
        return rest[:limit], rest[limit - 1].id if len(rest) > limit else None

    def make_key(self, caller: Caller, user_id: str, *, name: str, rights: frozenset[Right]) -> tuple[str, ApiKey]:
        """A fresh key for a user: the key itself, this once, and what is kept of it."""
        user = self.user(caller, user_id)
        if len(self._directory.keys_of(user_id)) >= self._keys_per_user_max:
            message = f"A user may have {self._keys_per_user_max} keys (KEYS_PER_USER_MAX). Revoke one first."
            raise LimitReached(message)
        presented = domain.new_key(self._entropy.take(domain.KEY_BYTES))
        key = self._keep_key(caller.user_id, user, presented, name, rights)
        if self._directory.user(user_id) is None:  # deleted meanwhile: its keys were looked for before this one was there
            self._directory.delete_key(key)
        self.user(caller, user_id)
        return presented, key

    def revoke_key(self, caller: Caller, user_id: str, key_id: str) -> None:
        """Make a key worthless: here at once, in other processes within the cache's seconds."""
        _require_admin(caller)
        key = self._directory.key(key_id)
        if key is None or key.user_id != user_id:
            message = "This user has no such key. GET /users/{id}/keys lists them."
            raise KeyNotFound(message)
        self._directory.delete_key(key)
        self._audit.key(caller.user_id, AuditAction.KEY_REVOKED, key)
        self._cached.pop(key_id, None)

    def ensure_user(self, user_id: str, name: str, role: Role, key: str | None = None) -> str:
        """Make a user with a key, for whoever sets the service up; return the key, a fresh one where none is given."""
        now = self._clock.now()
        known = self._directory.user(user_id)
        user = known or User(id=user_id, name=name, role=role, groups=(), created_at=now, updated_at=now)
        self._directory.put_user(user)
        if known is None:
            self._audit.user(POSTHORN, AuditAction.USER_CREATED, None, user)
        presented = key or domain.new_key(self._entropy.take(domain.KEY_BYTES))
        self._keep_key(POSTHORN, user, presented, "set-up", frozenset())
        return presented

    def _keep_key(self, actor: str, user: User, presented: str, name: str, rights: frozenset[Right]) -> ApiKey:
        key = ApiKey(
            id=domain.key_id(presented),
            digest=domain.digest(presented),
            user_id=user.id,
            role=user.role,
            groups=user.groups,
            name=name,
            rights=rights,
            created_at=self._clock.now(),
        )
        self._directory.put_key(key)
        self._audit.key(actor, AuditAction.KEY_MADE, key)
        return key

    def _key(self, key_id: str) -> ApiKey | None:
        """The key from the process's memory, else from the table; its day of use is noted once a day."""
        now = self._clock.now()
        cached = self._cached.get(key_id)
        if cached is not None and now < cached[1]:
            return cached[0]
        key = self._directory.key(key_id)
        if key is None:
            self._cached.pop(key_id, None)
            return None
        if key.last_used_on != now.date():
            self._directory.touch_key(key, now.date())
            key = replace(key, last_used_on=now.date())
        if len(self._cached) >= _CACHED_KEYS_MAX:
            self._cached.clear()
        self._cached[key_id] = (key, now + self._key_cache)
        return key

    def _forget_keys_of(self, user_id: str) -> None:
        self._cached = {key_id: entry for key_id, entry in self._cached.items() if entry[0].user_id != user_id}

    def _follow(self, user_id: str, since: datetime) -> None:
        """Have the webhooks follow; where that cannot be enqueued, the schedule worker finds the note."""
        try:
            self._background.send([Task(FollowOwner(user_id, since))])
        except Unavailable:
            log.warning("owner.left_to_the_sweep", extra={"user_id": user_id})


def _presented_key(authorization: str | None) -> str:
    """The key in the header; raise `NotAuthenticated` where there is none."""
    scheme, _, rest = (authorization or "").strip().partition(" ")
    presented = rest.strip() if scheme.lower() == "bearer" else (authorization or "").strip()
    if not presented:
        message = "An API key is needed: Authorization: Bearer <key>."
        raise NotAuthenticated(message)
    return presented


def _require_admin(caller: Caller) -> None:
    if not caller.is_admin:
        message = "Only admins may see or change the directory."
        raise Forbidden(message)
