"""What keeps users and API keys.

Every method may raise `chalicelib.domain.errors.Unavailable` if the store or the queue refuses for now: then nothing,
or only a harmless part, was done, and the caller repeats the whole.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime

    from chalicelib.domain.directory.users import ApiKey, Caller, OwnerNote, User


class KeyKept(StrEnum):
    """What became of a new key."""

    KEPT = "kept"
    FULL = "full"
    """The user has as many keys as one may have."""
    CHANGED = "changed"
    """The user, or the admin who makes it, is not what was read before."""


class Directory(Protocol):
    """Users and their API keys.

    A `guard` is the admin who asks: the write is made only if that user is there in the key's incarnation, is an admin, and
    is not suspended. So two admins who remove each other at the same time do not both succeed.
    """

    def user(self, user_id: str) -> User | None:
        """One user."""

    def users_of(self, user_ids: Collection[str]) -> dict[str, User]:
        """Those of the users that exist (strongly consistent), by id."""

    def note_owner(self, user_id: str, at: datetime) -> None:
        """Note that the webhooks of a user are to follow, as a change of the user at that time would."""

    def names(self, user_ids: Collection[str]) -> dict[str, str]:
        """The names of those of the users that exist."""

    def users(self, after: str | None, limit: int) -> list[User]:
        """Users in the order of their ids, beginning behind the id `after`."""

    def put_user(self, user: User, guard: Caller | None = None) -> bool:
        """Create a user (`version` 1) or change one that is there at the version before this one, then `settle_keys`.

        A note that the webhooks are to follow (`since` is `updated_at`) is written in the same step. ``False``, and nothing
        is written, if the user is not there in that version and incarnation, or is there already, or if `guard` is no admin
        any more.
        """

    def delete_user(self, user_id: str, at: datetime, deleted_by: str, guard: Caller | None = None) -> bool:
        """Remove a user, with a note that the webhooks are to follow, then `settle_keys`.

        From the first step on nothing is made for the user. A deletion that is noted is not forgotten by a later change.
        ``False``, and nothing is written, if `guard` is no admin any more.
        """

    def settle_keys(self, user_id: str) -> None:
        """Remove the keys of earlier incarnations, all if there is no user; give the others what the user is now.

        It may be repeated at any time: `put_user` and `delete_user` are complete only after it.
        """

    def owner_note(self, user_id: str) -> OwnerNote | None:
        """What is noted of a user."""

    def owner_notes(self, noted_before: datetime, limit: int) -> list[OwnerNote]:
        """Notes that were left or renewed before that time: nobody works on them."""

    def renew_owner_note(self, note: OwnerNote, now: datetime) -> bool:
        """Say on a note that it is being worked on; ``False`` where it is gone, or there is a later change."""

    def forget_owner_note(self, note: OwnerNote) -> None:
        """Remove a note, unless there is a later change."""

    def key(self, key_id: str) -> ApiKey | None:
        """One key, by one read."""

    def keys_of(self, user_id: str) -> list[ApiKey]:
        """The keys of a user, oldest first."""

    def put_key(self, key: ApiKey, at_most: int, guard: Caller | None = None) -> KeyKept:
        """Keep a key, and count it; putting the same one again changes nothing.

        It is kept only if the user is the one that was copied to it, in incarnation and version, and has fewer than
        `at_most` keys, and if `guard` is still an admin: at the time of the write, whatever happens at the same time.
        """

    def delete_key(self, key: ApiKey, guard: Caller | None = None) -> bool:
        """Remove a key, and count it off; ``False``, and nothing is written, if `guard` is no admin any more."""

    def touch_key(self, key: ApiKey, used_on: date) -> None:
        """Note the day on which a key was used, unless it is gone."""
