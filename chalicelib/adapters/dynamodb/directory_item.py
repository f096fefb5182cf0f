"""Users and keys as items of the directory table.

==================  ========  =========================================================================================
pk                  sk        what it is
==================  ========  =========================================================================================
``user``            user id   a user
key id              ``key``   a key, with its user's role and groups: one read tells who is asking
``keys|<user id>``  key id    a pointer from a user to a key
``owners``          user id   what is left to do for a user's webhooks: `since`, `noted_at`, `deleted_at`, `deleted_by`
``audit|2026-03``   audit id  a line of the audit (`chalicelib.adapters.dynamodb.audit`), the only kind that expires
==================  ========  =========================================================================================
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.dynamodb import values
from chalicelib.domain.directory import ApiKey, OwnerNote, Right, Role, User
from chalicelib.services.fields import Fields, moment

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.adapters.dynamodb.values import Item

USERS: Final = "user"
OWNER_NOTES: Final = "owners"


def user_key(user_id: str) -> Item:
    """Where a user stands."""
    return values.item({"pk": USERS, "sk": user_id})


def encode_user(user: User) -> Item:
    """A user as an item."""
    return (
        user_key(user.id)
        | values.item(
            {
                "name": user.name,
                "role": user.role.value,
                "groups": list(user.groups),
                "created_at": moment(user.created_at),
                "updated_at": moment(user.updated_at),
                "incarnation": user.incarnation,
                "is_enabled": int(user.is_enabled),
            }
        )
        | {"joined_at": {"M": values.item({group: moment(at) for group, at in user.joined_at.items()})}}
    )


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
        incarnation=item.get("incarnation", {"S": ""})["S"],
        is_enabled=item.get("is_enabled", {"N": "1"})["N"] == "1",
        joined_at=_joined_at(item),
    )


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
    """An API key as an item."""
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
        rights=frozenset(map(Right, fields.texts("rights"))),
        created_at=fields.time("created_at"),
        last_used_on=None if last_used_on is None else date.fromisoformat(last_used_on),
    )
