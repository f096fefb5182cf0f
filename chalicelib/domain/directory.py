"""Who there is: users, their groups, and the keys by which they are known."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

KEY_PREFIX: Final = "phk_"
KEY_BYTES: Final = 32
KEY_ID_PREFIX: Final = "key_"
_KEY_ID_DIGITS: Final = 24


class Role(StrEnum):
    """What a user may do."""

    USER = "user"
    """Touches what is their own."""
    ADMIN = "admin"
    """Touches everything."""


class Right(StrEnum):
    """What a single key may do beyond its user's role."""

    NOTIFY = "notify"
    """Send notifications over HTTPS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who owns webhooks, or about whom notifications speak.

    Args:
        incarnation: changes when a user is deleted and another one of the same id is created; empty for a user from before
            there were incarnations.
        is_enabled: whether the user's keys work and the user's webhooks are called.
        joined_at: group → when the membership began, for the groups of which that is known.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is kept: its digest, never itself. `role` and `groups` are its user's, beside it for one read."""

    id: str
    digest: str = field(repr=False)
    user_id: str
    role: Role
    groups: tuple[str, ...]
    name: str
    rights: frozenset[Right]
    created_at: datetime
    last_used_on: date | None = None

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
    """Who is asking, and what they may do; `key_id` is the key by which they ask."""

    user_id: str
    role: Role
    groups: tuple[str, ...] = ()
    rights: frozenset[Right] = frozenset()
    key_id: str = ""

    @property
    def is_admin(self) -> bool:
        """Whether everything is theirs to touch."""
        return self.role is Role.ADMIN

    def may_notify(self) -> bool:
        """Whether they may send notifications over HTTPS."""
        return self.is_admin or Right.NOTIFY in self.rights

    def may_touch(self, owner_id: str) -> bool:
        """Whether they may see and change what `owner_id` owns."""
        return self.is_admin or self.user_id == owner_id


def new_key(entropy: bytes) -> str:
    """A fresh key from 32 random bytes, shown once."""
    return KEY_PREFIX + base64.urlsafe_b64encode(entropy[:KEY_BYTES]).decode().rstrip("=")


def digest(key: str) -> str:
    """The SHA-256 of a key; keys are long and random, so a slow hash would buy nothing."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def key_id(key: str) -> str:
    """The id by which a key is found, listed and revoked: the head of its digest."""
    return KEY_ID_PREFIX + digest(key)[:_KEY_ID_DIGITS]
