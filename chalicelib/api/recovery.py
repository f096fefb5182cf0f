"""`/webhooks/{webhook_id}/test`, `…/recover` and `…/recoveries`: tests, and deliveries of a period again."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from chalice.app import Blueprint, Response

from chalicelib.api import answers, cursors, pages, requests
from chalicelib.api.contracts import EXPENSIVE, Answer, Contract, Header, Who, ok
from chalicelib.api.views import Call, view
from chalicelib.api.wire.history import RecordOut
from chalicelib.api.wire.model import NoQuery, PageQuery
from chalicelib.api.wire.recovery import RecoveryIn, RecoveryOut, TestIn, TestOut
from chalicelib.domain import ids
from chalicelib.domain.errors import (
    AnotherTestRunning,
    InvalidInput,
    RecoveryNotFound,
    RecoveryRunning,
    VersionConflict,
    WebhookDisabled,
    WebhookNotFound,
    WebhookPaused,
)
from chalicelib.domain.ids import RecordId
from chalicelib.domain.payloads import raw_json

if TYPE_CHECKING:
    from chalicelib.domain.history.recovery import Recovery

blueprint = Blueprint(__name__)

_KEY: Final = "notification"


@blueprint.route("/webhooks/{webhook_id}/test", methods=["POST"], content_types=[])
@view(
    blueprint,
    NoQuery,
    Contract(
        who=Who.OWNER,
        body=TestIn,
        is_body_optional=True,
        answers=(ok(RecordOut), Answer(HTTPStatus.ACCEPTED, TestOut, (Header.LOCATION,))),
        errors=(WebhookNotFound, WebhookPaused, WebhookDisabled, AnotherTestRunning),
        cost=EXPENSIVE,
    ),
)
def try_webhook(call: Call[NoQuery], webhook_id: str) -> Response:
    """Send a test notification, and wait up to 3 seconds for the outcome."""
    found = call.services.tester.run(call.caller, webhook_id, _given(call))
    if isinstance(found, RecordId):
        return answers.one(HTTPStatus.ACCEPTED, TestOut(id=str(found)), {"Location": f"/webhooks/history/{found}"})
    own = call.services.webhooks.own_among(call.caller, {webhook_id})
    return answers.one(HTTPStatus.OK, RecordOut.of(found, is_own=webhook_id in own))


@blueprint.route("/webhooks/{webhook_id}/recover", methods=["POST"], content_types=[])
@view(
    blueprint,
    NoQuery,
    Contract(
        who=Who.OWNER,
        body=RecoveryIn,
        answers=(Answer(HTTPStatus.ACCEPTED, RecoveryOut, (Header.LOCATION,)),),
        errors=(WebhookNotFound, WebhookPaused, WebhookDisabled, RecoveryRunning, VersionConflict),
        cost=EXPENSIVE,
    ),
)
def start_recovery(call: Call[NoQuery], webhook_id: str) -> Response:
    """Start a recovery: the deliveries of a period are enqueued again, in the background."""
    wanted = requests.model_of(RecoveryIn, call.text())
    recovery = call.services.recoveries.start(call.caller, webhook_id, wanted.only, wanted.since, wanted.until)
    location = f"/webhooks/{recovery.webhook_id}/recoveries/{recovery.id}"
    return _shown(HTTPStatus.ACCEPTED, recovery, {"Location": location})


@blueprint.route("/webhooks/{webhook_id}/recoveries", methods=["GET"], content_types=[])
@view(
    blueprint,
    PageQuery,
    Contract(who=Who.OWNER, answers=(ok(list[RecoveryOut], Header.LINK),), errors=(WebhookNotFound,)),
)
def list_recoveries(call: Call[PageQuery], webhook_id: str) -> Response:
    """The recoveries of a webhook, newest first."""
    listing = cursors.Listing("recoveries", (webhook_id,))
    before = cursors.decode(listing, call.query.cursor) if call.query.cursor is not None else None
    if before is not None and not ids.is_id(ids.RECOVERY, before):
        raise cursors.invalid()
    page, rest = call.services.recoveries.page(call.caller, webhook_id, before, call.query.limit)
    elements = ((recovery.id, RecoveryOut.of(recovery).model_dump_json()) for recovery in page)
    return pages.answer(call, listing, elements, rest)


@blueprint.route("/webhooks/{webhook_id}/recoveries/{recovery_id}", methods=["GET"], content_types=[])
@view(blueprint, NoQuery, Contract(who=Who.OWNER, answers=(ok(RecoveryOut),), errors=(WebhookNotFound, RecoveryNotFound)))
def show_recovery(call: Call[NoQuery], webhook_id: str, recovery_id: str) -> Response:
    """The progress of a recovery."""
    return _shown(HTTPStatus.OK, call.services.recoveries.get(call.caller, webhook_id, recovery_id))


@blueprint.route("/webhooks/{webhook_id}/recoveries/{recovery_id}", methods=["DELETE"], content_types=[])
@view(blueprint, NoQuery, Contract(who=Who.OWNER, answers=(ok(RecoveryOut),), errors=(WebhookNotFound, RecoveryNotFound)))
def stop_recovery(call: Call[NoQuery], webhook_id: str, recovery_id: str) -> Response:
    """Stop a recovery. Deliveries that are already enqueued are still sent."""
    return _shown(HTTPStatus.OK, call.services.recoveries.stop(call.caller, webhook_id, recovery_id))


def _given(call: Call[NoQuery]) -> str | None:
    """The notification in the body, as written."""
    if not requests.has_body(call.request):
        return None
    members = raw_json.members(call.text())
    unknown = {name: "This member is not known." for name in members if name != _KEY}
    if unknown:
        message = f"Only {_KEY!r} is known here."
        raise InvalidInput(message, unknown)
    return members.get(_KEY)


def _shown(status: HTTPStatus, recovery: Recovery, headers: dict[str, str] | None = None) -> Response:
    return answers.one(status, RecoveryOut.of(recovery), headers)
