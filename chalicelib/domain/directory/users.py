"""Who there is: users, their groups, and the keys by which they are known."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final

KEY_PREFIX: Final = "phk_"
KEY_BYTES: Final = 32
KEY_ID_PREFIX: Final = "key_"
_KEY_ID_DIGITS: Final = 24
INCARNATION_BYTES: Final = 16


class Role(StrEnum):
    """What a user may do."""

    USER = "user"
    """Touches what is their own."""
    ADMIN = "admin"
    """Touches everything."""


class Right(StrEnum):
    """What a single key may do. A key has one or more of them, and may do nothing else."""

    SEND = "send"
    """Send notifications over HTTPS, whatever the role of the key's user."""
    READ = "read"
    """Read what the role of the key's user may read; change nothing."""
    ALL = "all"
    """Everything that the role of the key's user may do: for an admin, this includes sending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who owns webhooks, or about whom notifications speak.

    Args:
        incarnation: changes when a user is deleted and another one of the same id is created; empty for a user from before
            there were incarnations.
        is_enabled: whether the user's keys work and the user's webhooks are called.
        joined_at: group → when the membership began, for the groups of which that is known.
        version: counts the changes of this incarnation, from 1.

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
        """Whether this is still the user whose key the caller presented, and still an admin who is not suspended."""
        is_same = self.id == caller.user_id and self.incarnation == caller.incarnation
        return is_same and self.is_enabled and self.role is Role.ADMIN


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is kept: its digest, never itself.

    `role`, `groups` and `is_enabled` are copied from its user, so that one read is enough to know the caller.

    Args:
        incarnation: that of its user; the key is worthless with any other.
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
        """The key with what is copied from its user."""
        return replace(self, role=user.role, groups=user.groups, is_enabled=user.is_enabled, user_version=user.version)

    def is_expired(self, now: datetime) -> bool:
        """Whether the key is refused because of its age."""
        return self.expires_at is not None and self.expires_at <= now

    def is_for(self, presented: str) -> bool:
        """Whether the key that was presented is this one, in constant time."""
        return hmac.compare_digest(self.digest, digest(presented))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerNote:
    """What is left to do for the webhooks of a user, since that user was changed or deleted.

    `since` is the time of the last change. Webhooks that were made until `deleted_at` go with the user who was deleted then,
    also if there is a new user of that id meanwhile; `deleted_by` is who did it.
    """

    user_id: str
    since: datetime
    deleted_at: datetime | None = None
    deleted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking, and what they may do, as their key says: up to `KEY_CACHE_S` old.

    That is good enough for reading. What outlives the request is written under a condition on the user of this
    `incarnation`.
    """

    user_id: str
    role: Role
    groups: tuple[str, ...] = ()
    rights: frozenset[Right] = frozenset({Right.ALL})
    incarnation: str = ""
    key_id: str = ""

    @property
    def is_admin(self) -> bool:
        """Whether everything is theirs to touch."""
        return self.role is Role.ADMIN

    def may_send(self) -> bool:
        """Whether they may send notifications over HTTPS."""
        return Right.SEND in self.rights or (self.is_admin and Right.ALL in self.rights)

    def may_read(self) -> bool:
        """Whether they may read what their role may read."""
        return not self.rights.isdisjoint({Right.READ, Right.ALL})

    def may_change(self) -> bool:
        """Whether they may change what their role may change."""
        return Right.ALL in self.rights

    def may_touch(self, owner_id: str, incarnation: str = "") -> bool:
        """Whether they may see and change what the user `owner_id` owns, of that incarnation; empty if it is not known."""
        return self.is_admin or (self.user_id == owner_id and incarnation in {"", self.incarnation})


def new_incarnation(entropy: bytes) -> str:
    """What tells one user from an earlier one of the same id; from 16 random bytes."""
    return entropy[:INCARNATION_BYTES].hex()


def new_key(entropy: bytes) -> str:
    """A fresh key from 32 random bytes, shown once."""
    return KEY_PREFIX + base64.urlsafe_b64encode(entropy[:KEY_BYTES]).decode().rstrip("=")


def digest(key: str) -> str:
    """The SHA-256 of a key; keys are long and random, so a slow hash would buy nothing."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def key_id(key: str) -> str:
    """The id by which a key is found, listed and revoked: the head of its digest."""
    return KEY_ID_PREFIX + digest(key)[:_KEY_ID_DIGITS]
