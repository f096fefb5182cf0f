"""Ports of the directory.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store is temporarily unavailable. Then nothing was done,
or only a harmless part, and the caller repeats all of it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from chalicelib.domain.directory.users import ApiKey, Caller, OwnerNote, User


class KeyKept(StrEnum):
    """The result of adding a key."""

    KEPT = "kept"
    FULL = "full"
    """The user already has as many keys as allowed."""
    CHANGED = "changed"
    """The user, or the admin who creates the key, has changed since the read."""


class Directory(Protocol):
    """Users and their API keys.

    A `guard` is the admin who asks. The write is made only if that user exists in the key's incarnation, is an admin, and is
    not suspended. So two admins who remove each other at the same time do not both succeed.
    """

    def user(self, user_id: str) -> User | None:
        """One user."""

    def users_of(self, user_ids: Collection[str]) -> dict[str, User]:
        """Those of the users that exist (strongly consistent), by id."""

    def note_owner(self, user_id: str, at: datetime) -> None:
        """Write a note that the webhooks of a user must be updated, as after a change of the user at that time."""

    def names(self, user_ids: Collection[str]) -> dict[str, str]:
        """The names of those users that exist."""

    def users(self, after: str | None, limit: int) -> list[User]:
        """Users by id, after the id `after`."""

    def put_user(self, user: User, guard: Caller | None = None) -> bool:
        """Create a user (`version` 1), or change one that is at the previous version, then `settle_keys`.

        The same step writes a note that the webhooks must be updated (`since` is `updated_at`). ``False``, and nothing is
        written, if the user is not at that version and incarnation, or exists already, or if `guard` is not an admin any
        more.
        """

    def delete_user(self, user_id: str, at: datetime, deleted_by: str, guard: Caller | None = None) -> bool:
        """Delete a user, with a note that the webhooks must be deleted, then `settle_keys`.

        After the first step nothing is created for the user. A later change does not overwrite the note of a deletion.
        ``False``, and nothing is written, if `guard` is not an admin any more.
        """

    def settle_keys(self, user_id: str) -> None:
        """Delete the keys of earlier incarnations, or all if there is no user; copy the user's present rights to the others.

        Idempotent: `put_user` and `delete_user` are complete only after it.
        """

    def owner_note(self, user_id: str) -> OwnerNote | None:
        """The note on a user."""

    def owner_notes(self, noted_before: datetime, limit: int) -> list[OwnerNote]:
        """Notes that were written or renewed before that time: nobody works on them."""

    def renew_owner_note(self, note: OwnerNote, now: datetime) -> bool:
        """Renew a note while its update is running; ``False`` if it is gone, or there is a later change."""

    def forget_owner_note(self, note: OwnerNote) -> None:
        """Delete a note, unless there is a later change."""

    def key(self, key_id: str) -> ApiKey | None:
        """One key, by one read."""

    def keys_of(self, user_id: str) -> list[ApiKey]:
        """The keys of a user, oldest first."""

    def put_key(self, key: ApiKey, at_most: int, guard: Caller | None = None) -> KeyKept:
        """Write a key, and count it. Writing the same key again changes nothing.

        It is written only if the user still has the incarnation and the version that were copied to it, has fewer than
        `at_most` keys, and if `guard` is still an admin. All of this is checked in the same step.
        """

    def delete_key(self, key: ApiKey, guard: Caller | None = None) -> bool:
        """Delete a key, and uncount it; ``False``, and nothing is written, if `guard` is not an admin any more."""

    def touch_key(self, key: ApiKey, used_on: date) -> None:
        """Write the day on which a key was used, unless the key is deleted."""
