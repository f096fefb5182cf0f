"""Writing and reading the audit.

An entry is written after its change. If the process dies in between, or the table refuses the entry, the change has none:
the change still succeeds. A refused entry is logged with its content.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from chalicelib.domain import ids
from chalicelib.domain.directory import audit
from chalicelib.domain.directory.audit import AuditEntry
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from chalicelib.access.ports import AuditFilter, AuditLog
    from chalicelib.domain.directory.audit import AuditAction
    from chalicelib.domain.directory.users import ApiKey, User
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.ports import Clock, Entropy

log = logging.getLogger(__name__)


class Auditor:
    """Writes audit entries, and lists them for `/audit`."""

    def __init__(self, *, lines: AuditLog, clock: Clock, entropy: Entropy) -> None:
        self._lines = lines
        self._clock = clock
        self._entropy = entropy

    def webhook(self, actor: str, action: AuditAction, old: Webhook | None, new: Webhook | None) -> None:
        """Write what somebody did to a webhook; ``None`` means that it did not exist before, or does not exist any more."""
        subject = new or old
        changes = audit.webhook_changes(old, new)
        owner_id = None if subject is None else subject.owner_id
        self._write(actor, action, webhook_id=subject and subject.id, user_id=owner_id, changes=changes)

    def user(self, actor: str, action: AuditAction, old: User | None, new: User | None) -> None:
        """Write what somebody did to a user."""
        subject = new or old
        self._write(actor, action, user_id=subject and subject.id, changes=audit.user_changes(old, new))

    def key(self, actor: str, action: AuditAction, key: ApiKey) -> None:
        """Write that somebody created or revoked a key."""
        self._write(actor, action, user_id=key.user_id, key_id=key.id)

    def page(self, before: str | None, wanted: AuditFilter, limit: int) -> tuple[list[AuditEntry], str | None]:
        """Entries, newest first, and the sort key after which to continue."""
        return self._lines.page(before, wanted, limit)

    def _write(self, actor: str, action: AuditAction, **about: Any) -> None:  # noqa: ANN401 - members of an entry
        now = self._clock.now()
        part = ids.sortable(now, self._entropy.take(ids.ENTROPY_BYTES))
        entry = AuditEntry(part=part, at=now, actor=actor, action=action, **about)
        try:
            self._lines.write(entry)
        except Unavailable as error:
            details = {"actor": actor, "action": action.value, **about, "reason": error.message}
            log.error("audit.not_written", extra=details)  # noqa: TRY400 - the reason is in the entry, and a traceback adds nothing
