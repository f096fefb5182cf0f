"""The audit: who changed what, without secrets.

Real values are compared, but the entry contains them as an admin may see them. So a new password is a change from `true` to
`true`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.webhooks.owner_fields import OWNER_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.domain.directory.users import User
    from chalicelib.domain.webhooks.webhook import Webhook

POSTHORN: Final = "posthorn"
"""The actor of changes that the service makes by itself."""


class AuditAction(StrEnum):
    """What was done."""

    WEBHOOK_CREATED = "webhookCreated"
    WEBHOOK_CHANGED = "webhookChanged"
    WEBHOOK_PAUSED = "webhookPaused"
    WEBHOOK_ENABLED = "webhookEnabled"
    WEBHOOK_DISABLED = "webhookDisabled"
    WEBHOOK_ROTATED = "webhookRotated"
    WEBHOOK_DELETED = "webhookDeleted"
    USER_CREATED = "userCreated"
    USER_CHANGED = "userChanged"
    USER_DELETED = "userDeleted"
    KEY_MADE = "keyMade"
    KEY_REVOKED = "keyRevoked"


Changes = tuple[tuple[str, Any, Any], ...]
"""For each changed field: its name, the old value, the new value; masked, as JSON values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An entry of the audit. `part` is the sortable part of its id, which contains the time."""

    part: str
    at: datetime
    actor: str
    action: AuditAction
    webhook_id: str | None = None
    user_id: str | None = None
    key_id: str | None = None
    changes: Changes = ()


def _as_is(value: Any) -> Any:  # noqa: ANN401 - any field's
    return value


_SHOWN: Final[Mapping[str, Callable[[Any], Any]]] = MappingProxyType(
    {each.name: each.mask or each.show for each in OWNER_FIELDS} | {"disabled_reason": _as_is, "may_reach_private": _as_is}
)
"""The fields of a webhook that are compared, each with a function that masks its value for admins."""
SHOWN: Final = frozenset(_SHOWN)

HIDDEN: Final = frozenset({
    "id", "owner_id", "owner_incarnation", "groups", "created_at", "updated_at", "version", "secrets", "health",
})  # fmt: skip
"""The other fields: set by the service, implied by the action, or secret."""

_USER_FIELDS: Final = ("name", "role", "groups", "is_enabled")


def webhook_changes(old: Webhook | None, new: Webhook | None) -> Changes:
    """The differences between two states of a webhook; ``None`` if it did not exist before, or does not after."""
    found = []
    for name, show in _SHOWN.items():
        before, after = (None if each is None else getattr(each, name) for each in (old, new))
        if before != after:
            found.append((name, _seen(old, before, show), _seen(new, after, show)))
    return tuple(found)


def user_changes(old: User | None, new: User | None) -> Changes:
    """What differs between two states of a user."""
    pairs = [(name, *(_as_json(getattr(each, name, None)) for each in (old, new))) for name in _USER_FIELDS]
    return tuple((name, before, after) for name, before, after in pairs if before != after)


def action_of(old: Webhook, new: Webhook) -> AuditAction:
    """The most specific action for an owner's change."""
    if new.secrets != old.secrets:
        return AuditAction.WEBHOOK_ROTATED
    if new.is_live != old.is_live:
        return AuditAction.WEBHOOK_ENABLED if new.is_live else AuditAction.WEBHOOK_PAUSED
    return AuditAction.WEBHOOK_CHANGED


def _seen(owner: Webhook | None, value: Any, show: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - any field's
    return None if owner is None else show(value)


def _as_json(value: Any) -> Any:  # noqa: ANN401 - any field's
    return list(value) if isinstance(value, tuple) else value
