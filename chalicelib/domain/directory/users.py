"""Users, their groups and their API keys."""

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
    """The role of a user."""

    USER = "user"
    """May read and change what they own."""
    ADMIN = "admin"
    """May read and change everything."""


class Right(StrEnum):
    """What a key may do. A key has one or more rights and may do nothing else."""

    SEND = "send"
    """Send notifications over HTTPS, with any role of the key's user."""
    READ = "read"
    """Read what the role of the key's user allows; change nothing."""
    ALL = "all"
    """Everything that the role of the key's user allows. For an admin this includes sending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who owns webhooks, or whom notifications concern.

    Args:
        incarnation: distinguishes the user from an earlier one with the same id who was deleted; empty for a user from
            before there were incarnations.
        is_enabled: whether the user's keys work and the user's webhooks are called.
        joined_at: group → when the user joined it, if that is known.
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

    def is_still_admin(self, caller: Caller) -> bool:
        """Whether this is still the caller's user, and still an admin who is not suspended."""
        is_same = self.id == caller.user_id and self.incarnation == caller.incarnation
        return is_same and self.is_enabled and self.role is Role.ADMIN


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """An API key as it is stored: only its digest, never the key itself.

    `role`, `groups` and `is_enabled` are copied from its user, so that one read identifies the caller.

    Args:
        incarnation: the user's incarnation. The key is not valid for any other.
        user_version: the version of the user from which it was copied.
        is_enabled: whether its user is not suspended.
        expires_at: when the key expires; ``None`` if it does not.

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

    def with_copy_of(self, user: User) -> ApiKey:
        """The key with the copied fields taken from its user."""
        return replace(self, role=user.role, groups=user.groups, is_enabled=user.is_enabled, user_version=user.version)

    def is_expired(self, now: datetime) -> bool:
        """Whether the key has expired."""
        return self.expires_at is not None and self.expires_at <= now

    def is_for(self, presented: str) -> bool:
        """Whether a presented key is this one, compared in constant time."""
        return hmac.compare_digest(self.digest, digest(presented))


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerNote:
    """A note that the webhooks of a user must be updated, because the user was changed or deleted.

    `since` is the time of the last change. If the user was deleted, webhooks that were created until `deleted_at` are
    deleted too, even if there is a new user with that id. `deleted_by` is who deleted the user.
    """

    user_id: str
    since: datetime
    deleted_at: datetime | None = None
    deleted_by: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request, and what they may do. It comes from their key and may be up to `KEY_CACHE_S` old.

    That is sufficient for reading. What outlives the request is written on a condition on the user of this `incarnation`.
    """

    user_id: str
    role: Role
    groups: tuple[str, ...] = ()
    rights: frozenset[Right] = frozenset({Right.ALL})
    incarnation: str = ""
    key_id: str = ""

    @property
    def is_admin(self) -> bool:
        """Whether they may read and change everything."""
        return self.role is Role.ADMIN

    def may_send(self) -> bool:
        """Whether the key allows sending notifications over HTTPS."""
        return Right.SEND in self.rights or (self.is_admin and Right.ALL in self.rights)

    def may_read(self) -> bool:
        """Whether the key allows reading what the role allows to read."""
        return not self.rights.isdisjoint({Right.READ, Right.ALL})

    def may_change(self) -> bool:
        """Whether the key allows changing what the role allows to change."""
        return Right.ALL in self.rights

    def may_touch(self, owner_id: str, incarnation: str = "") -> bool:
        """Whether they may read and change what `owner_id` owns; `incarnation` is empty if it is not known."""
        return self.is_admin or (self.user_id == owner_id and incarnation in {"", self.incarnation})


def new_incarnation(entropy: bytes) -> str:
    """A new incarnation, from 16 random bytes."""
    return entropy[:INCARNATION_BYTES].hex()


def new_key(entropy: bytes) -> str:
    """A new API key, from 32 random bytes. It is shown once."""
    return KEY_PREFIX + base64.urlsafe_b64encode(entropy[:KEY_BYTES]).decode().rstrip("=")


def digest(key: str) -> str:
    """The SHA-256 of a key. Keys are long and random, so a slow hash would add no security."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def key_id(key: str) -> str:
    """The id by which a key is found, listed and revoked: the start of its digest."""
    return KEY_ID_PREFIX + digest(key)[:_KEY_ID_DIGITS]
