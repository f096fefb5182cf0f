"""Users, their groups, and their API keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

KEY_PREFIX: Final = "phk_"
KEY_BYTES: Final = 32
KEY_ID_PREFIX: Final = "key_"
_KEY_ID_DIGITS: Final = 24
INCARNATION_BYTES: Final = 16


class Role(StrEnum):
    """The role of a user."""

    USER = "user"
    """May see and change their own objects."""
    ADMIN = "admin"
    """May see and change all objects."""


class Right(StrEnum):
    """What a single key may do. A key has one or more rights."""

    SEND = "send"
    """Send notifications over HTTPS, with any role of the key's user."""
    READ = "read"
    """Read what the user may read, and change nothing."""
    ALL = "all"
    """Everything that the user may do. For an admin, this includes sending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user owns webhooks, and notifications name users.

    Args:
        incarnation: tells apart users with the same id, after one was deleted and another was created; empty for a user from
            before there were incarnations.
        is_enabled: whether the user's keys work and the user's webhooks are called.
        joined_at: group → when the membership began, if that is known.
        version: the number of changes of this incarnation, from 1.

    """

    id: str
    name: str
    role: Role
    groups: tuple[str, ...]
    created_at: datetime
    updated_at: datetime
    incarnation: str = ""
    is_enabled: bool = True
    joined_at: Mapping[str, datetime] = field(default_factory=dict, hash=False)
    version: int = 1

    def is_admin_behind(self, caller: Caller) -> bool:
        """Whether this is the caller's user, and still an admin who is not suspended."""
        is_same = self.id == caller.user_id and self.incarnation == caller.incarnation
        return is_same and self.is_enabled and self.role is Role.ADMIN


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """An API key as it is stored: its digest, without the key.

    `role`, `groups` and `is_enabled` are copied from its user, so that one read is enough.

    Args:
        incarnation: of its user. The key is valid only for this one.
        user_version: the version of its user that was copied.
        is_enabled: whether its user is not suspended.
        expires_at: the key is refused from then on; ``None`` if it does not expire.

    """

    id: str
    digest: str = field(repr=False)
    user_id: str
    role: Role
    groups: tuple[str, ...]
    name: str
    rights: frozenset[Right]
    created_at: datetime
    last_used_on: date | None = None
    incarnation: str = ""
    user_version: int = 0
    is_enabled: bool = True
    expires_at: datetime | None = None

    def carrying(self, user: User) -> ApiKey:
        """The key with the user's present role, groups and switch."""
        return replace(self, role=user.role, groups=user.groups, is_enabled=user.is_enabled, user_version=user.version)

    def is_expired(self, now: datetime) -> bool:
        """Whether the key has expired."""
        return self.expires_at is not None and self.expires_at <= now

    def is_for(self, presented: str) -> bool:
        """Whether this is the caller's key, compared in constant time."""
        return hmac.compare_digest(self.digest, digest(presented))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerNote:
    """A note that the webhooks of a user must be updated after a change or deletion of the user.

    `since` is the time of the last change. Webhooks that were created until `deleted_at` are deleted, also if there is a new
    user with that id by now; `deleted_by` is who deleted the user.
    """

    user_id: str
    since: datetime
    deleted_at: datetime | None = None
    deleted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """The user and the rights of a request, as its key has them: up to `KEY_CACHE_S` old.

    This is enough for reading. A write that outlives the request has a condition on the user of this `incarnation`.
    """

    user_id: str
    role: Role
    groups: tuple[str, ...] = ()
    rights: frozenset[Right] = frozenset({Right.ALL})
    incarnation: str = ""
    key_id: str = ""

    @property
    def is_admin(self) -> bool:
        """Whether they may see and change all objects."""
        return self.role is Role.ADMIN

    def may_send(self) -> bool:
        """Whether they may send notifications over HTTPS."""
        return Right.SEND in self.rights or (self.is_admin and Right.ALL in self.rights)

    def may_read(self) -> bool:
        """Whether they may read what their role allows."""
        return not self.rights.isdisjoint({Right.READ, Right.ALL})

    def may_change(self) -> bool:
        """Whether they may change what their role allows."""
        return Right.ALL in self.rights

    def may_touch(self, owner_id: str, incarnation: str = "") -> bool:
        """Whether they may see and change the objects of a user; an empty `incarnation` is not compared."""
        return self.is_admin or (self.user_id == owner_id and incarnation in {"", self.incarnation})


def new_incarnation(entropy: bytes) -> str:
    """A new incarnation, from 16 random bytes."""
    return entropy[:INCARNATION_BYTES].hex()


def new_key(entropy: bytes) -> str:
    """A new key, from 32 random bytes."""
    return KEY_PREFIX + base64.urlsafe_b64encode(entropy[:KEY_BYTES]).decode().rstrip("=")


def digest(key: str) -> str:
    """The SHA-256 of a key. Keys are long and random, so a slow hash would not help."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def key_id(key: str) -> str:
    """The id of a key: the beginning of its digest."""
    return KEY_ID_PREFIX + digest(key)[:_KEY_ID_DIGITS]
