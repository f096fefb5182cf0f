"""Users and keys as items of the directory table.

==================  ========  =========================================================================================
pk                  sk        what it is
==================  ========  =========================================================================================
``user``            user id   a user, with `key_count`: how many keys there are (absent until it was counted)
key id              ``key``   a key, with its user's role, groups and switch: one read identifies the caller
``keys|<user id>``  key id    a pointer from a user to a key
``owners``          user id   what is left to do for a user's webhooks: `since`, `noted_at`, `deleted_at`, `deleted_by`
``audit|2026-03``   audit id  a line of the audit (`chalicelib.adapters.dynamodb.audit`), the only kind that expires
==================  ========  =========================================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.dynamodb import values
from chalicelib.adapters.dynamodb.stored import Key, Stored
from chalicelib.codec.codec import Codec
from chalicelib.domain.directory.users import ApiKey, OwnerNote, Right, User

if TYPE_CHECKING:
    from chalicelib.adapters.dynamodb.values import Item, Value

USERS: Final = "user"
OWNER_NOTES: Final = "owners"
NO_KEYS: Final[Item] = values.item({"key_count": 0})
_NOTIFY: Final = "notify"
_CODEC: Final = Codec(omits_empty=False)
"""Empty fields are written too. Otherwise the update of a user would keep the old value."""


class UserName(Stored, frozen=True):
    """The id and the name of a user."""

    sk: str
    name: str


class KeyCount(Stored, frozen=True):
    """The number of a user's keys; ``None`` if they were not counted yet."""

    key_count: int | None = None


def user_key(user_id: str) -> Item:
    """The key of a user."""
    return Key(pk=USERS, sk=user_id).to_item()


def encode_user(user: User) -> Item:
    """A user as an item, without `key_count`, which only the table has."""
    return user_key(user.id) | values.item(changeable(user))


def changeable(user: User) -> dict[str, Value]:
    """The attributes of a user, without the key."""
    attributes = _CODEC.to_plain(user)
    del attributes["id"]
    return attributes


def decode_user(item: Item) -> User:
    """The reverse of `encode_user`."""
    plain = values.plain(item)
    return _CODEC.from_plain(User, {**plain, "id": plain["sk"]})


def key_count(item: Item) -> int | None:
    """How many keys a user has; ``None`` if they were not counted yet."""
    return KeyCount.of(item).key_count


def key_key(key_id: str) -> Item:
    """The key of an API key."""
    return Key(pk=key_id, sk="key").to_item()


def pointers(user_id: str) -> str:
    """The partition of the pointers from a user to their keys."""
    return f"keys|{user_id}"


def pointer_key(key: ApiKey) -> Item:
    """The key of the pointer to an API key."""
    return pointer_of(key.user_id, key.id)


def pointer_of(user_id: str, key_id: str) -> Item:
    """The key of the pointer, by the two ids."""
    return Key(pk=pointers(user_id), sk=key_id).to_item()


def owner_note_key(user_id: str) -> Item:
    """The key of the note on a user's webhooks."""
    return Key(pk=OWNER_NOTES, sk=user_id).to_item()


def decode_owner_note(item: Item) -> OwnerNote:
    """The note of an item."""
    plain = values.plain(item)
    return _CODEC.from_plain(OwnerNote, {**plain, "user_id": plain["sk"]})


def encode_key(key: ApiKey) -> Item:
    """An API key as an item. Its attribute is not `expires_at`: that is the table's TTL, which would remove the key."""
    attributes = _CODEC.to_plain(key)
    attributes["valid_until"] = attributes.pop("expires_at")
    return key_key(attributes.pop("id")) | values.item(attributes)


def decode_key(item: Item) -> ApiKey:
    """The reverse of `encode_key`."""
    plain = values.plain(item)
    own = {"id": plain["pk"], "expires_at": plain.get("valid_until"), "rights": _rights(plain.get("rights"))}
    return _CODEC.from_plain(ApiKey, {**plain, **own})


def _rights(kept: Any) -> Any:  # noqa: ANN401 - any value of the attribute
    """Keys from before the right `all` have no rights, or `notify`: both could do everything that their user could."""
    return {(): [Right.ALL], (_NOTIFY,): [Right.ALL, Right.SEND]}.get(tuple(kept), kept) if isinstance(kept, list) else kept
