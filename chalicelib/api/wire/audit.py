"""Audit entries in requests and responses."""

from typing import Any, Final

from pydantic import Field
from pydantic.alias_generators import to_camel

from chalicelib.api.wire.model import GivenMoment, Moment, Outgoing, PageQuery, ShownId
from chalicelib.domain.directory.audit import AuditAction, AuditEntry
from chalicelib.domain.webhooks.owner_fields import OWNER_FIELDS

ID_PREFIX: Final = "aud_"
_WIRE_NAMES: Final = {each.name: each.wire for each in OWNER_FIELDS}
"""A user's `is_enabled` has the same name as a webhook's; other fields of a user are in camelCase."""


class AuditQuery(PageQuery):
    """The query of `GET /audit`; `since` is inclusive, `until` exclusive."""

    webhook_id: str | None = Field(None, description="Only entries about this webhook.")
    since: GivenMoment | None = Field(None, description="Only entries from this time on (inclusive): ISO 8601 with a zone.")
    until: GivenMoment | None = Field(None, description="Only entries before this time (exclusive): ISO 8601 with a zone.")


class ChangeOut(Outgoing):
    """The old and the new value of a field; null if there was or is none."""

    was: Any = Field(serialization_alias="from")
    became: Any = Field(serialization_alias="to")


class AuditOut(Outgoing):
    """An audit entry; `userId` is the owner, if it is about a webhook."""

    id: str
    at: Moment
    actor: ShownId
    action: AuditAction
    webhook_id: str | None
    user_id: ShownId | None
    key_id: str | None
    changes: dict[str, ChangeOut]

    @classmethod
    def of(cls, entry: AuditEntry) -> "AuditOut":
        """The entry in a response."""
        return cls(
            id=ID_PREFIX + entry.part,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            webhook_id=entry.webhook_id,
            user_id=entry.user_id,
            key_id=entry.key_id,
            changes={_wire_name(name): ChangeOut(was=was, became=became) for name, was, became in entry.changes},
        )


def _wire_name(name: str) -> str:
    return _WIRE_NAMES.get(name, to_camel(name))
