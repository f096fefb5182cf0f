"""`/webhooks`: create, show, change and delete webhooks."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from chalice.app import Blueprint, Response

from chalicelib.api import answers, cursors, pages, requests
from chalicelib.api.contracts import EXPENSIVE, NOTHING, Answer, Contract, Header, Who, ok
from chalicelib.api.partial import Results
from chalicelib.api.views import Call, Query, view
from chalicelib.api.wire import webhooks as wire
from chalicelib.api.wire.model import NoQuery, PageQuery
from chalicelib.api.wire.webhooks import (
    NoneCreated,
    RotationIn,
    WebhookIn,
    WebhookOut,
    WebhookPatch,
    WebhooksCreated,
    WebhooksIn,
    WebhookWithSecret,
)
from chalicelib.domain import ids
from chalicelib.domain.errors import (
    Forbidden,
    InvalidExpression,
    LimitReached,
    PosthornError,
    RefusedHeader,
    RefusedUrl,
    UnknownNotificationType,
    VersionConflict,
    WebhookNotFound,
)

if TYPE_CHECKING:
    from pydantic import BaseModel

    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.webhooks.service import WebhookDraft

blueprint = Blueprint(__name__)

_LISTING: Final = cursors.Listing("webhooks")


@blueprint.route("/webhooks", methods=["POST"], content_types=[])
@view(
    blueprint,
    NoQuery,
    Contract(
        body=WebhooksIn,
        answers=(Answer(HTTPStatus.CREATED, WebhooksCreated),),
        errors=(UnknownNotificationType, Forbidden, RefusedUrl, RefusedHeader, InvalidExpression, LimitReached),
        refused=NoneCreated,
        cost=EXPENSIVE,
    ),
)
def create_webhooks(call: Call[NoQuery]) -> Response:
    """Create one or several webhooks. Each is created or refused separately."""
    at_most = call.services.settings.webhooks_per_request_max
    elements = requests.elements_of(call.text(), "webhooks", at_most, "WEBHOOKS_PER_REQUEST_MAX")
    drafts = [_draft(element) for element in elements]
    good = [draft for draft in drafts if not isinstance(draft, PosthornError)]
    made = iter(call.services.webhooks.create(call.caller, good, call.own_hosts()))
    results: list[Webhook | PosthornError] = [draft if isinstance(draft, PosthornError) else next(made) for draft in drafts]
    now = call.services.clock.now()
    return Results("webhooks", results).answer(
        HTTPStatus.CREATED, "createdWebhooks", lambda _, webhook: wire.with_secret(webhook, now)
    )


@blueprint.route("/webhooks", methods=["GET"], content_types=[])
@view(blueprint, PageQuery, Contract(answers=(ok(list[WebhookOut], Header.LINK),)))
def list_webhooks(call: Call[PageQuery]) -> Response:
    """The caller's webhooks; for an admin, all webhooks."""
    after = cursors.decode(_LISTING, call.query.cursor) if call.query.cursor is not None else None
    if after is not None and not ids.is_id(ids.WEBHOOK, after):
        raise cursors.invalid()
    page, rest = call.services.webhooks.page(call.caller, after, call.query.limit)
    elements = ((webhook.id, _shown(call, webhook).model_dump_json()) for webhook in page)
    return pages.answer(call, _LISTING, elements, rest)


@blueprint.route("/webhooks/{webhook_id}", methods=["GET"], content_types=[])
@view(blueprint, NoQuery, Contract(who=Who.OWNER, answers=(ok(WebhookOut, Header.ETAG),), errors=(WebhookNotFound,)))
def show_webhook(call: Call[NoQuery], webhook_id: str) -> Response:
    """One webhook. Its version is the ETag."""
    return _one(call, call.services.webhooks.get(call.caller, webhook_id))


@blueprint.route("/webhooks/{webhook_id}", methods=["PATCH"], content_types=[])
@view(
    blueprint,
    NoQuery,
    Contract(
        who=Who.OWNER,
        body=WebhookPatch,
        headers=(Header.IF_MATCH,),
        answers=(ok(WebhookOut, Header.ETAG),),
        errors=(
            UnknownNotificationType,
            Forbidden,
            WebhookNotFound,
            VersionConflict,
            RefusedUrl,
            RefusedHeader,
            InvalidExpression,
        ),
    ),
)
def edit_webhook(call: Call[NoQuery], webhook_id: str) -> Response:
    """Change a webhook; with `If-Match`, only if nobody else has changed it in the meantime."""
    edit = requests.model_of(WebhookPatch, call.text()).edit()
    version = requests.version_of(call.request)
    return _one(call, call.services.editor.edit(call.caller, webhook_id, edit, version, call.own_hosts()))


@blueprint.route("/webhooks/{webhook_id}/secret/rotate", methods=["POST"], content_types=[])
@view(
    blueprint,
    NoQuery,
    Contract(
        who=Who.OWNER,
        body=RotationIn,
        is_body_optional=True,
        answers=(ok(WebhookWithSecret),),
        errors=(Forbidden, WebhookNotFound, VersionConflict),
    ),
)
def rotate_secret(call: Call[NoQuery], webhook_id: str) -> Response:
    """Give a webhook a new secret. For a while, requests are signed with the old one too."""
    rotation = requests.model_of(RotationIn, call.text()) if requests.has_body(call.request) else RotationIn()
    webhook = call.services.editor.rotate(call.caller, webhook_id, rotation.overlap_seconds)
    is_own = webhook.owner_id == call.caller.user_id
    return answers.one(HTTPStatus.OK, wire.with_secret(webhook, call.services.clock.now(), is_own=is_own))


@blueprint.route("/webhooks/{webhook_id}", methods=["DELETE"], content_types=[])
@view(blueprint, NoQuery, Contract(who=Who.OWNER, answers=(NOTHING,), errors=(Forbidden, WebhookNotFound)))
def delete_webhook(call: Call[NoQuery], webhook_id: str) -> Response:
    """Delete a webhook and its history."""
    call.services.webhooks.delete(call.caller, webhook_id)
    return answers.nothing()


def _draft(element: str) -> WebhookDraft | PosthornError:
    try:
        return requests.model_of(WebhookIn, element).draft()
    except PosthornError as error:
        return error


def _one(call: Call[NoQuery], webhook: Webhook) -> Response:
    return answers.one(HTTPStatus.OK, _shown(call, webhook), {"ETag": f'"{webhook.version}"'})


def _shown(call: Call[Query], webhook: Webhook) -> BaseModel:
    return wire.out(webhook, call.services.clock.now(), is_own=webhook.owner_id == call.caller.user_id)
