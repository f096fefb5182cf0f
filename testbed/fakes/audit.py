"""The audit in memory."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.access.ports import AuditFilter
    from chalicelib.domain.directory.audit import AuditEntry
    from chalicelib.ports import Clock


class FakeAudit:
    """Keeps entries, with their changes as JSON."""

    def __init__(self, clock: Clock, audit_days: int = 400) -> None:
        self.lines: list[AuditEntry] = []
        self._clock = clock
        self._kept_for = timedelta(days=audit_days)

    def write(self, entry: AuditEntry) -> None:
        changes = json.loads(json.dumps(entry.changes))
        self.lines.append(replace(entry, changes=tuple(map(tuple, changes))))

    def page(self, before: str | None, wanted: AuditFilter, limit: int) -> tuple[list[AuditEntry], str | None]:
        oldest = self._clock.now() - self._kept_for
        found = [
            line
            for line in sorted(self.lines, key=lambda line: line.part, reverse=True)
            if (before is None or line.part < before)
            and line.at >= max(oldest, wanted.since or oldest)
            and (wanted.until is None or line.at < wanted.until)
            and wanted.webhook_id in {None, line.webhook_id}
        ]
        return found[:limit], found[limit - 1].part if len(found) > limit else None
