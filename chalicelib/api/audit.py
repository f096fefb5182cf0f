"""`/audit`: who changed what. Admins only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response

from chalicelib.access.ports import AuditFilter
from chalicelib.api import cursors, pages
from chalicelib.api.contracts import Contract, Header, Who, ok
from chalicelib.api.views import Call, view
from chalicelib.api.wire.audit import AuditOut, AuditQuery
from chalicelib.domain import ids
from chalicelib.domain.history.filters import require_period

if TYPE_CHECKING:
    from chalicelib.api.cursors import Listing

blueprint = Blueprint(__name__)


@blueprint.route("/audit", methods=["GET"], content_types=[])
@view(blueprint, AuditQuery, Contract(who=Who.ADMIN, answers=(ok(list[AuditOut], Header.LINK),)))
def list_audit(call: Call[AuditQuery]) -> Response:
    """Audit entries, newest first."""
    wanted = AuditFilter(call.query.webhook_id, call.query.since, call.query.until)
    require_period(wanted.since, wanted.until)
    listing = _listing(wanted)
    before = cursors.decode(listing, call.query.cursor) if call.query.cursor is not None else None
    if before is not None and not ids.is_part(before):
        raise cursors.invalid()
    lines, rest = call.services.auditor.page(before, wanted, call.query.limit)
    return pages.answer(call, listing, ((line.part, AuditOut.of(line).model_dump_json()) for line in lines), rest)


def _listing(wanted: AuditFilter) -> Listing:
    times = [None if at is None else at.isoformat() for at in (wanted.since, wanted.until)]
    return cursors.Listing("audit", (wanted.webhook_id, *times))
