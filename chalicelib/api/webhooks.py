"""`/webhooks`: making, showing and deleting them."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from chalice.app import Blueprint, Response

from chalicelib.api import answers, cursors, links, requests
from chalicelib.api.partial import Results
from chalicelib.api.views import Call, view
from chalicelib.api.wire.model import NoQuery, PageQuery
from chalicelib.api.wire.webhooks import WebhookCreated, WebhookIn, WebhookOut
from chalicelib.domain import ids, notification_types
from chalicelib.domain.errors import PosthornError

if TYPE_CHECKING:
    from chalicelib.domain.directory import Caller
    from chalicelib.domain.webhook import Webhook
    from chalicelib.services.webhooks import WebhookDraft

blueprint = Blueprint(__name__)

_LISTING: Final = cursors.Listing("webhooks")
_ACTIONS: Final = json.dumps(notification_types.NAMES)


@blueprint.route("/webhooks", methods=["POST"], content_types=[])
@view(blueprint, NoQuery)
def create_webhooks(call: Call[NoQuery]) -> Response:
    """Make one or several webhooks; each is made or refused by itself."""
    at_most = call.house.settings.webhooks_per_request_max
    elements = requests.elements_of(call.text(), "webhooks", at_most, "WEBHOOKS_PER_REQUEST_MAX")
    drafts = [_draft(element) for element in elements]
    made = iter(call.house.webhooks.create(call.caller, [draft for draft in drafts if not isinstance(draft, PosthornError)]))
    results: list[Webhook | PosthornError] = [draft if isinstance(draft, PosthornError) else next(made) for draft in drafts]
    return Results("webhooks", results).answer(
        HTTPStatus.CREATED, "createdWebhooks", lambda _, webhook: WebhookCreated.made(webhook)
    )


@blueprint.route("/webhooks", methods=["GET"], content_types=[])
@view(blueprint, PageQuery)
def list_webhooks(call: Call[PageQuery]) -> Response:
    """The caller's webhooks, an admin's: all."""
    after = cursors.decode(_LISTING, call.query.cursor) if call.query.cursor is not None else None
    if after is not None and not ids.is_id(ids.WEBHOOK, after):
        raise cursors.invalid()
    page, rest = call.house.webhooks.page(call.caller, after, call.query.limit)
    cursor = cursors.encode(_LISTING, rest) if rest is not None else None
    return answers.several([_shown(call.caller, webhook) for webhook in page], links.to_next(call.request, cursor))


@blueprint.route("/webhooks/actions", methods=["GET"], content_types=[])
@view(blueprint, NoQuery)
def list_actions(_: Call[NoQuery]) -> Response:
    """The notification types that a webhook can ask for."""
    return answers.json_text(HTTPStatus.OK, _ACTIONS)


@blueprint.route("/webhooks/{webhook_id}", methods=["GET"], content_types=[])
@view(blueprint, NoQuery)
def show_webhook(call: Call[NoQuery], webhook_id: str) -> Response:
    """One webhook."""
    return answers.one(HTTPStatus.OK, _shown(call.caller, call.house.webhooks.get(call.caller, webhook_id)))


@blueprint.route("/webhooks/{webhook_id}", methods=["DELETE"], content_types=[])
@view(blueprint, NoQuery)
def delete_webhook(call: Call[NoQuery], webhook_id: str) -> Response:
    """Delete a webhook and its history."""
    call.house.webhooks.delete(call.caller, webhook_id)
    return answers.nothing()


def _draft(element: str) -> WebhookDraft | PosthornError:
    try:
        return requests.model_of(WebhookIn, element).draft()
    except PosthornError as error:
        return error


def _shown(caller: Caller, webhook: Webhook) -> WebhookOut:
    return WebhookOut.of(webhook, is_own=webhook.owner_id == caller.user_id)
