"""`/notifications`: sending notifications over HTTPS."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from chalice.app import Blueprint, Response

from chalicelib.api import requests
from chalicelib.api.contracts import Answer, Contract, Header, Who
from chalicelib.api.partial import Results
from chalicelib.api.views import Call, view
from chalicelib.api.wire.model import NoQuery
from chalicelib.api.wire.notifications import AcceptedOut, NoneTakenOut, NotificationIn, NotificationsIn, TakenOut
from chalicelib.domain.errors import NotificationIdTaken, NotificationLoop, SchemaViolation
from chalicelib.domain.notifications import depth
from chalicelib.domain.payloads import raw_json

blueprint = Blueprint(__name__)

_KEY: Final = "notifications"


@blueprint.route("/notifications", methods=["POST"], content_types=[])
@view(
    blueprint,
    NoQuery,
    Contract(
        who=Who.PRODUCER,
        body=NotificationIn | NotificationsIn,
        headers=(Header.DEPTH,),
        answers=(Answer(HTTPStatus.ACCEPTED, TakenOut),),
        errors=(SchemaViolation, NotificationLoop, NotificationIdTaken),
        refused=NoneTakenOut,
    ),
)
def accept_notifications(call: Call[NoQuery]) -> Response:
    """Send one notification, or several under the key ``notifications``. Each is passed on as written."""
    text = call.text()
    members = raw_json.members(text)
    is_several = members.keys() == {_KEY}
    at_most = call.services.settings.notifications_per_request_max
    texts = requests.array_of(members[_KEY], _KEY, at_most, "NOTIFICATIONS_PER_REQUEST_MAX") if is_several else [text]
    results = call.services.intake.accept(call.caller, texts, depth.parse(call.request.headers.get(depth.HEADER)))
    return Results(_KEY if is_several else "", results).answer(
        HTTPStatus.ACCEPTED,
        "accepted",
        lambda index, taken: AcceptedOut(index=index, id=taken.id, deliver_at=taken.deliver_at),
    )
