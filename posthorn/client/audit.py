"""`client.audit`: who changed what. Admins only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from posthorn.client.times import iso8601

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from posthorn.client.transport import Transport
    from posthorn.schemas import AuditLine


class Audit:
    """The audit log, newest entry first."""

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
        """Audit entries. `since` is inclusive, `until` is exclusive."""
        period = {"since": iso8601(since), "until": iso8601(until)}
        return self._transport.pages("/audit", {"webhookId": webhook_id, **period, "limit": page_length})
