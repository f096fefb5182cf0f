"""API keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chalicelib.access.admins import require_admin_still
from chalicelib.directory.ports import KeyKept
from chalicelib.domain.directory import users as domain
from chalicelib.domain.directory.audit import POSTHORN, AuditAction
from chalicelib.domain.directory.users import ApiKey, Caller, Right
from chalicelib.domain.errors import (
    Conflict,
    InvalidInput,
    KeyNotFound,
    LimitReached,
    UserNotFound,
)

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.access.audit import Auditor
    from chalicelib.access.callers import Callers
    from chalicelib.directory.ports import Directory
    from chalicelib.domain.directory.users import User
    from chalicelib.ports import Clock, Entropy

EVERYTHING: Final = frozenset({Right.ALL})
_TRIES: Final = 5
"""How often a key is written if its user is changed at the same time."""


class KeyService:
    """The use cases of `/users/{id}/keys` and `/me/keys`."""

    def __init__(
        self,
        *,
        directory: Directory,
        clock: Clock,
        entropy: Entropy,
        audit: Auditor,
        callers: Callers,
        keys_per_user_max: int,
    ) -> None:
        self._directory = directory
        self._clock = clock
        self._entropy = entropy
        self._audit = audit
        self._callers = callers
        self._keys_per_user_max = keys_per_user_max

    def keys(self, user_id: str, after: str | None, limit: int) -> tuple[list[ApiKey], str | None]:
        """A user's keys by id, without the secret values, and the id after which to continue."""
        self._user(user_id)
        return self._page(user_id, after, limit)

    def own_keys(self, caller: Caller, after: str | None, limit: int) -> tuple[list[ApiKey], str | None]:
        """The caller's own keys."""
        return self._page(caller.user_id, after, limit, caller.incarnation)

    def make_key(
        self,
        caller: Caller,
        user_id: str,
        *,
        name: str,
        rights: frozenset[Right] = EVERYTHING,
        expires_at: datetime | None = None,
    ) -> tuple[str, ApiKey]:
        """Create a key for a user. Returns the key itself, which is not stored, and what is stored of it."""
        if expires_at is not None and expires_at <= self._clock.now():
            message = "The key would already be expired. expiresAt must be in the future."
            raise InvalidInput(message, {"expiresAt": "must be in the future"})
        presented = domain.new_key(self._entropy.take(domain.KEY_BYTES))
        draft = self._draft(presented, user_id, name, rights, expires_at)
        return presented, self._keep(caller.user_id, draft, caller)

    def set_up_key(self, user_id: str, presented: str | None) -> str:
        """A key for the set-up of the service; a new one if none is given.

        Raises `Conflict` if the user is suspended.
        """
        if not self._user(user_id).is_enabled:
            message = f"The user {user_id} is suspended, so a key would not work. An admin can enable the user again."
            raise Conflict(message)
        key = presented or domain.new_key(self._entropy.take(domain.KEY_BYTES))
        self._keep(POSTHORN, self._draft(key, user_id, "set-up", EVERYTHING, None), None)
        return key

    def revoke_key(self, caller: Caller, user_id: str, key_id: str) -> None:
        """Revoke a key: in this process at once, in others after the seconds of their cache."""
        key = self._key_of(user_id, key_id, "This user has no such key. GET /users/{id}/keys lists them.")
        if not self._directory.delete_key(key, caller):
            require_admin_still(self._directory, caller)
            message = "Your user was changed at the same time. Try again."
            raise Conflict(message)
        self._revoked(caller.user_id, key)

    def revoke_own_key(self, caller: Caller, key_id: str) -> None:
        """Revoke one of the caller's own keys."""
        absent = "You have no such key. GET /me/keys lists them."
        key = self._key_of(caller.user_id, key_id, absent)
        if key.incarnation != caller.incarnation:
            raise KeyNotFound(absent)
        self._directory.delete_key(key)
        self._revoked(caller.user_id, key)

    def _keep(self, actor: str, draft: ApiKey, guard: Caller | None) -> ApiKey:
        """Write a key with the rights that its user has at that moment."""
        for _ in range(_TRIES):
            user = self._user(draft.user_id)
            key = replace(draft.with_copy_of(user), incarnation=user.incarnation)
            match self._directory.put_key(key, self._keys_per_user_max, guard):
                case KeyKept.KEPT:
                    self._audit.key(actor, AuditAction.KEY_MADE, key)
                    return key
                case KeyKept.FULL:
                    self._make_room(user)
                case KeyKept.CHANGED:
                    if guard is not None:
                        require_admin_still(self._directory, guard)
        message = "Others keep changing this user. Try again."
        raise Conflict(message)

    def _make_room(self, user: User) -> None:
        """Delete a user's expired keys; raise `LimitReached` if there are none."""
        now = self._clock.now()
        expired = [key for key in self._directory.keys_of(user.id) if key.is_expired(now)]
        if not expired:
            message = f"A user may have {self._keys_per_user_max} keys (KEYS_PER_USER_MAX). Revoke one first."
            raise LimitReached(message)
        for key in expired:
            self._directory.delete_key(key)
            self._revoked(POSTHORN, key)

    def _draft(
        self, presented: str, user_id: str, name: str, rights: frozenset[Right], expires_at: datetime | None
    ) -> ApiKey:
        """A key without the rights of its user."""
        return ApiKey(
            id=domain.key_id(presented),
            digest=domain.digest(presented),
            user_id=user_id,
            role=domain.Role.USER,
            groups=(),
            name=name,
            rights=rights,
            created_at=self._clock.now(),
            expires_at=expires_at,
        )

    def _page(
        self, user_id: str, after: str | None, limit: int, incarnation: str | None = None
    ) -> tuple[list[ApiKey], str | None]:
        """A user has few keys (`keys_per_user_max`), so all are read."""
        keys = sorted(self._directory.keys_of(user_id), key=lambda key: key.id)
        wanted = [key for key in keys if incarnation in {None, key.incarnation} and key.id > (after or "")]
        return wanted[:limit], wanted[limit - 1].id if len(wanted) > limit else None

    def _key_of(self, user_id: str, key_id: str, absent: str) -> ApiKey:
        key = self._directory.key(key_id)
        if key is None or key.user_id != user_id:
            raise KeyNotFound(absent)
        return key

    def _revoked(self, actor: str, key: ApiKey) -> None:
        self._audit.key(actor, AuditAction.KEY_REVOKED, key)
        self._callers.forget_key(key.id)

    def _user(self, user_id: str) -> User:
        user = self._directory.user(user_id)
        if user is None:
            message = "There is no such user. GET /users lists them."
            raise UserNotFound(message)
        return user
