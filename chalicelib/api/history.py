"""`/webhooks/history`: the records of attempts, and manual retries."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response

from chalicelib.api import answers, cursors, pages
from chalicelib.api.contracts import EXPENSIVE, Answer, Contract, Header, Who, ok
from chalicelib.api.cursors import Listing
from chalicelib.api.views import Call, Query, view
from chalicelib.api.wire.history import HistoryQuery, RecordOut, RecordSummary, RetryOut
from chalicelib.api.wire.model import NoQuery, PageQuery
from chalicelib.domain import ids
from chalicelib.domain.errors import (
    InvalidInput,
    RecordExpunged,
    RecordNotFound,
    WebhookDisabled,
    WebhookNotFound,
    WebhookPaused,
)
from chalicelib.domain.history.filters import require_period
from chalicelib.domain.notifications import notification_types
from chalicelib.history.ports import JournalPosition

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.domain.history.filters import HistoryFilter
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.intake.catalogue import Catalogue

blueprint = Blueprint(__name__)


@blueprint.route("/webhooks/history", methods=["GET"], content_types=[])
@view(
    blueprint,
    HistoryQuery,
    Contract(answers=(ok(list[RecordOut] | list[RecordSummary], Header.LINK),), errors=(WebhookNotFound,)),
)
def list_records(call: Call[HistoryQuery]) -> Response:
    """Records, newest first: of one webhook, of the caller's webhooks or, for an admin, of all webhooks."""
    wanted = _wanted(call)
    if call.caller.is_admin and call.query.webhook_id is None:
        return _page_of_all(call, wanted)
    return _merged_page(call, wanted)


@blueprint.route("/webhooks/history/{record_id}", methods=["GET"], content_types=[])
@view(blueprint, NoQuery, Contract(who=Who.OWNER, answers=(ok(RecordOut),), errors=(RecordNotFound,)))
def show_record(call: Call[NoQuery], record_id: str) -> Response:
    """One record, complete."""
    record = call.services.history.get(call.caller, record_id)
    return answers.one(HTTPStatus.OK, next(_shown(call, [record])))


@blueprint.route("/webhooks/history/{record_id}/attempts", methods=["GET"], content_types=[])
@view(
    blueprint,
    PageQuery,
    Contract(who=Who.OWNER, answers=(ok(list[RecordSummary], Header.LINK),), errors=(RecordNotFound,)),
)
def list_attempts(call: Call[PageQuery], record_id: str) -> Response:
    """All attempts of a record's delivery, newest first, without their bodies."""
    listing = Listing("attempts", (record_id,))
    before = _sort_key(cursors.decode(listing, call.query.cursor)) if call.query.cursor is not None else None
    records, rest = call.services.history.attempts(call.caller, record_id, before, call.query.limit)
    elements = ((_sort_of(each), RecordSummary.summed(each).model_dump_json()) for each in records)
    return pages.answer(call, listing, elements, rest)


@blueprint.route("/history/retry/{record_id}", methods=["POST"], content_types=[])
@blueprint.route("/webhooks/history/retry/{record_id}", methods=["POST"], content_types=[])
@view(
    blueprint,
    NoQuery,
    Contract(
        who=Who.OWNER,
        answers=(Answer(HTTPStatus.ACCEPTED, RetryOut),),
        errors=(RecordNotFound, WebhookPaused, WebhookDisabled, RecordExpunged),
        cost=EXPENSIVE,
    ),
)
def retry_record(call: Call[NoQuery], record_id: str) -> Response:
    """Retry an attempt, whatever its outcome was. A body is ignored."""
    retry_id = call.services.history.retry(call.caller, record_id)
    return answers.one(HTTPStatus.ACCEPTED, RetryOut(id=retry_id, retry_of=record_id))


@blueprint.route("/webhooks/history/{record_id}/expunge", methods=["POST"], content_types=[])
@view(blueprint, NoQuery, Contract(who=Who.OWNER, answers=(ok(RecordOut),), errors=(RecordNotFound,)))
def expunge_record(call: Call[NoQuery], record_id: str) -> Response:
    """Delete the bodies and headers of a record. A body is ignored."""
    record = call.services.history.expunge(call.caller, record_id)
    return answers.one(HTTPStatus.OK, next(_shown(call, [record])))


def _wanted(call: Call[HistoryQuery]) -> HistoryFilter:
    given = call.query.filters()
    require_period(given.since, given.until)
    return replace(given, notification_type=_type(call.services.catalogue, given.notification_type))


def _type(catalogue: Catalogue, given: str | None) -> str | None:
    """A type that is not in the catalogue is valid: its notifications are delivered too."""
    if given is None:
        return None
    if not notification_types.is_name(given):
        message = "notificationType is not the name of a notification type. GET /webhooks/actions lists them."
        raise InvalidInput(message, {"notificationType": "It is not the name of a notification type."})
    name = catalogue.canonical(given)
    return None if name == notification_types.ALL else name


def _merged_page(call: Call[HistoryQuery], wanted: HistoryFilter) -> Response:
    query, history, caller = call.query, call.services.history, call.caller
    listing = _listing("history", call.query, wanted)
    before = _sort_key(cursors.decode(listing, query.cursor)) if query.cursor is not None else None
    if query.webhook_id is not None:
        page = history.page_of_webhook(caller, query.webhook_id, before, wanted, query.limit, has_bodies=query.bodies)
    else:
        page = history.page_of_owner(caller, before, wanted, query.limit, has_bodies=query.bodies)
    records, rest = page
    return pages.answer(call, listing, zip(map(_sort_of, records), _listed(call, records), strict=True), rest)


def _page_of_all(call: Call[HistoryQuery], wanted: HistoryFilter) -> Response:
    listing = _listing("journal", call.query, wanted)
    given = call.query.cursor
    before = _journal_position(cursors.decode(listing, given)) if given is not None else None
    entries, rest = call.services.history.page_of_all(before, wanted, call.query.limit, has_bodies=call.query.bodies)
    positions = [_written(position) for _, position in entries]
    shown = _listed(call, [record for record, _ in entries])
    return pages.answer(call, listing, zip(positions, shown, strict=True), _written(rest) if rest is not None else None)


def _listing(kind: str, query: HistoryQuery, wanted: HistoryFilter) -> Listing:
    return Listing(kind, (query.webhook_id, *wanted.as_texts()))


def _sort_key(position: str) -> str:
    if not ids.is_part(position):
        raise cursors.invalid()
    return position


def _journal_position(position: str) -> JournalPosition:
    """A row of the journal, which the store checks, and an offset in it."""
    row, _, offset = position.rpartition(".")
    if not (row and offset.isascii() and offset.isdigit()):
        raise cursors.invalid()
    return JournalPosition(row, int(offset))


def _written(position: JournalPosition) -> str:
    """The reverse of `_journal_position`."""
    return f"{position.row}.{position.offset}"


def _sort_of(record: HistoryRecord) -> str:
    return record.attempt.record_id.sort


def _listed(call: Call[HistoryQuery], records: Sequence[HistoryRecord]) -> Iterator[str]:
    """The records as JSON, with or without bodies. Each is made when the page needs it."""
    shown = _shown(call, records) if call.query.bodies else map(RecordSummary.summed, records)
    return (each.model_dump_json() for each in shown)


def _shown(call: Call[Query], records: Sequence[HistoryRecord]) -> Iterator[RecordOut]:
    own = call.services.webhooks.own_among(call.caller, {each.attempt.webhook_id for each in records})
    return (RecordOut.of(each, is_own=each.attempt.webhook_id in own) for each in records)
