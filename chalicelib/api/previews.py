"""`/webhooks/preview`: the request that a webhook would get."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Blueprint, Response

from chalicelib.api import answers, requests
from chalicelib.api.contracts import EXPENSIVE, Contract, ok
from chalicelib.api.views import Call, view
from chalicelib.api.wire.model import NoQuery
from chalicelib.api.wire.previews import PreviewIn, PreviewOut
from chalicelib.domain.errors import (
    Forbidden,
    InvalidExpression,
    InvalidInput,
    RefusedHeader,
    UnknownNotificationType,
    WebhookNotFound,
)

if TYPE_CHECKING:
    from chalicelib.webhooks.preview import Preview

blueprint = Blueprint(__name__)


@blueprint.route("/webhooks/preview", methods=["POST"], content_types=[])
@view(
    blueprint,
    NoQuery,
    Contract(
        body=PreviewIn,
        answers=(ok(PreviewOut),),
        errors=(UnknownNotificationType, Forbidden, WebhookNotFound, RefusedHeader, InvalidExpression),
        cost=EXPENSIVE,
    ),
)
def preview_webhook(call: Call[NoQuery]) -> Response:
    """Show the request that a webhook would get for a notification. Nothing is sent or stored."""
    given, notification = requests.model_and_raw_member(PreviewIn, call.text(), "notification")
    return answers.one(HTTPStatus.OK, PreviewOut.of(_preview(call, given, notification)))


def _preview(call: Call[NoQuery], given: PreviewIn, notification: str | None) -> Preview:
    previewer = call.services.previewer
    if given.webhook is not None and given.webhook_id is None:
        return previewer.of_draft(call.caller, given.webhook.draft(), notification)
    if given.webhook_id is not None and given.webhook is None:
        return previewer.of_webhook(call.caller, given.webhook_id, notification)
    message = "Give either 'webhook' or 'webhookId'."
    raise InvalidInput(message, {"webhook": "Give either this or webhookId."})
