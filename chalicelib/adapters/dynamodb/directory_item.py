"""Users and keys as items of the directory table.

==================  ========  =========================================================================================
pk                  sk        what it is
==================  ========  =========================================================================================
``user``            user id   a user, with `key_count`: how many keys there are (absent until it was counted)
key id              ``key``   a key, with its user's role, groups and switch: one read tells who is asking
``keys|<user id>``  key id    a pointer from a user to a key
``owners``          user id   what is left to do for a user's webhooks: `since`, `noted_at`, `deleted_at`, `deleted_by`
``audit|2026-03``   audit id  a line of the audit (`chalicelib.adapters.dynamodb.audit`), the only kind that expires
==================  ========  =========================================================================================
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.dynamodb import values
from chalicelib.codec.fields import Fields, moment
from chalicelib.domain.directory.users import ApiKey, OwnerNote, Right, Role, User

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.adapters.dynamodb.values import Item

USERS: Final = "user"
OWNER_NOTES: Final = "owners"
NO_KEYS: Final[Item] = {"key_count": {"N": "0"}}
_NOTIFY: Final = "notify"


def user_key(user_id: str) -> Item:
    """Where a user stands."""
    return values.item({"pk": USERS, "sk": user_id})


def encode_user(user: User) -> Item:
    """A user as an item, without `key_count`, which is the table's own."""
    attributes = changeable(user)
    joined_at = attributes.pop("joined_at")
    return user_key(user.id) | values.item(attributes) | {"joined_at": {"M": joined_at}}


def changeable(user: User) -> dict[str, Any]:
    """The attributes of a user but for the key, as values; `joined_at` as an item."""
    return {
        "name": user.name,
        "role": user.role.value,
        "groups": list(user.groups),
        "created_at": moment(user.created_at),
        "updated_at": moment(user.updated_at),
        "incarnation": user.incarnation,
        "is_enabled": int(user.is_enabled),
        "version": user.version,
        "joined_at": values.item({group: moment(at) for group, at in user.joined_at.items()}),
    }


def decode_user(item: Item) -> User:
    """The reverse of `encode_user`."""
    fields = Fields(values.plain(item))
    return User(
        id=fields.text("sk"),
        name=fields.text("name"),
        role=fields.kind("role", Role),
        groups=fields.texts("groups"),
        created_at=fields.time("created_at"),
        updated_at=fields.time("updated_at"),
        incarnation=fields.optional("incarnation", fields.text) or "",
        is_enabled=fields.optional("is_enabled", fields.whole) != 0,
        joined_at=_joined_at(item),
        version=fields.optional("version", fields.whole) or 1,
    )


def key_count(item: Item) -> int | None:
    """How many keys a user has; ``None`` if they were not counted yet."""
    fields = Fields(values.plain(item))
    return fields.optional("key_count", fields.whole)


def _joined_at(item: Item) -> dict[str, datetime]:
    """Nothing in an item that was written before memberships had times."""
    kept = values.plain(item.get("joined_at", {"M": {}})["M"])
    fields = Fields(kept)
    return {group: fields.time(group) for group in kept}


def key_key(key_id: str) -> Item:
    """Where an API key stands."""
    return values.item({"pk": key_id, "sk": "key"})


def pointers(user_id: str) -> str:
    """The partition of the pointers from a user to their keys."""
    return f"keys|{user_id}"


def pointer_key(key: ApiKey) -> Item:
    """Where the pointer to an API key stands."""
    return pointer_of(key.user_id, key.id)


def pointer_of(user_id: str, key_id: str) -> Item:
    """The same, by the two ids."""
    return values.item({"pk": pointers(user_id), "sk": key_id})


def owner_note_key(user_id: str) -> Item:
    """Where the note on a user's webhooks stands."""
    return values.item({"pk": OWNER_NOTES, "sk": user_id})


def decode_owner_note(item: Item) -> OwnerNote:
    """The note of an item."""
    fields = Fields(values.plain(item))
    return OwnerNote(
        user_id=fields.text("sk"),
        since=fields.time("since"),
        deleted_at=fields.optional("deleted_at", fields.time),
        deleted_by=fields.optional("deleted_by", fields.text),
    )


def encode_key(key: ApiKey) -> Item:
    """An API key as an item. `expires_at` is the attribute by which the table removes items: a key must not have it."""
    return key_key(key.id) | values.item(
        {
            "digest": key.digest,
            "user_id": key.user_id,
            "role": key.role.value,
            "groups": list(key.groups),
            "name": key.name,
            "rights": sorted(key.rights),
            "created_at": moment(key.created_at),
            "last_used_on": None if key.last_used_on is None else key.last_used_on.isoformat(),
            "incarnation": key.incarnation,
            "user_version": key.user_version,
            "is_enabled": int(key.is_enabled),
            "valid_until": moment(key.expires_at),
        }
    )


def decode_key(item: Item) -> ApiKey:
    """The reverse of `encode_key`."""
    fields = Fields(values.plain(item))
    last_used_on = fields.optional("last_used_on", fields.text)
    return ApiKey(
        id=fields.text("pk"),
        digest=fields.text("digest"),
        user_id=fields.text("user_id"),
        role=fields.kind("role", Role),
        groups=fields.texts("groups"),
        name=fields.text("name"),
        rights=_rights(fields.texts("rights")),
        created_at=fields.time("created_at"),
        last_used_on=None if last_used_on is None else date.fromisoformat(last_used_on),
        incarnation=fields.optional("incarnation", fields.text) or "",
        user_version=fields.optional("user_version", fields.whole) or 0,
        is_enabled=fields.optional("is_enabled", fields.whole) != 0,
        expires_at=fields.optional("valid_until", fields.time),
    )


def _rights(kept: tuple[str, ...]) -> frozenset[Right]:
    """Keys from before `all` had no rights, or `notify`: both could do everything that their user could."""
    if not set(kept) <= {_NOTIFY}:
        return frozenset(map(Right, kept))
    return frozenset({Right.ALL, Right.SEND}) if kept else frozenset({Right.ALL})
