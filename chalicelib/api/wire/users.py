"""Users and their keys in requests and responses."""

from datetime import date
from typing import Final

from pydantic import ConfigDict, Field

from chalicelib.api.wire.model import GivenId, GivenMoment, Incoming, Moment, Outgoing, ShownId, without_defaults
from chalicelib.directory.service import UserDraft
from chalicelib.domain.directory.users import ApiKey, Caller, Right, Role, User

NAME_LENGTH_MAX: Final = 200
GROUPS_MAX: Final = 100
"""Groups of one user. Each webhook of the user has a subscription row for each group and type."""


class UserIn(Incoming):
    """The body of `PUT /users/{id}`. Members that are left out do not change.

    A new user gets their defaults, and needs a name.
    """

    model_config = ConfigDict(json_schema_extra=without_defaults)

    name: str = Field(default="", min_length=1, max_length=NAME_LENGTH_MAX)
    role: Role = Role.USER
    groups: list[GivenId] = Field(default=[], max_length=GROUPS_MAX)
    enabled: bool = True

    def draft(self) -> UserDraft:
        """The members that were in the body."""
        drafted: dict[str, UserDraft] = {
            "name": {"name": self.name},
            "role": {"role": self.role},
            "groups": {"groups": tuple(self.groups)},
            "enabled": {"is_enabled": self.enabled},
        }
        made: UserDraft = {}
        for member in self.model_fields_set:
            made.update(drafted[member])
        return made


class UserOut(Outgoing):
    """A user."""

    id: ShownId
    name: str
    role: Role
    groups: list[ShownId]
    enabled: bool
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, user: User) -> "UserOut":
        """A user in a response."""
        return cls(
            id=user.id,
            name=user.name,
            role=user.role,
            groups=list(user.groups),
            enabled=user.is_enabled,
            created_at=user.created_at,
            updated_at=user.updated_at,
        )


class MeOut(UserOut):
    """The caller: the user, and the rights of this key."""

    rights: list[Right]

    @classmethod
    def made(cls, user: User, caller: Caller) -> "MeOut":
        """The user, with the rights of the caller's key."""
        return cls(**dict(UserOut.of(user)), rights=sorted(caller.rights))


class KeyIn(Incoming):
    """The body of `POST /users/{id}/keys`."""

    name: str = Field(min_length=1, max_length=NAME_LENGTH_MAX)
    rights: list[Right] = Field(default=[Right.ALL], min_length=1, max_length=len(Right))
    expires_at: GivenMoment | None = None


class KeyOut(Outgoing):
    """A key without its secret value; `lastUsedOn` is a day in UTC."""

    id: str
    name: str
    rights: list[Right]
    created_at: Moment
    last_used_on: date | None
    expires_at: Moment | None

    @classmethod
    def of(cls, key: ApiKey) -> "KeyOut":
        """A key in a response."""
        return cls(
            id=key.id,
            name=key.name,
            rights=sorted(key.rights),
            created_at=key.created_at,
            last_used_on=key.last_used_on,
            expires_at=key.expires_at,
        )


class OwnKeyOut(KeyOut):
    """One of the caller's own keys; `current` is the key of this request."""

    current: bool

    @classmethod
    def seen_by(cls, caller: Caller, key: ApiKey) -> "OwnKeyOut":
        """A key in a response to its user."""
        return cls(**dict(KeyOut.of(key)), current=key.id == caller.key_id)


class KeyCreated(KeyOut):
    """A new key with its secret value, which is shown only here."""

    key: str

    @classmethod
    def made(cls, presented: str, key: ApiKey) -> "KeyCreated":
        """A new key in a response."""
        return cls(**KeyOut.of(key).model_dump(by_alias=False), key=presented)
