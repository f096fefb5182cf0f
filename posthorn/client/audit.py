"""`client.audit`: who changed what, for admins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posthorn.client.times import written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from posthorn.client.shown import AuditLine
    from posthorn.client.transport import Transport


class Audit:
    """Lines of the audit, newest first."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(
        self,
        *,
        webhook_id: str | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        page_length: int | None = None,
    ) -> Iterator[AuditLine]:
        """Lines, page by page as they are taken; `since` is inclusive, `until` exclusive."""
        span = {"since": written(since), "until": written(until)}
        return self._transport.pages("/audit", {"webhookId": webhook_id, **span, "limit": page_length})
