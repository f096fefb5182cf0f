"""`/webhooks/actions`: the catalogue of notification types."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from chalice.app import Blueprint, Response

from chalicelib.api import answers, cursors, pages, requests
from chalicelib.api.contracts import NOTHING, Answer, Contract, Header, Who, ok
from chalicelib.api.views import Call, view
from chalicelib.api.wire.actions import ActionIn, ActionOut, ActionsQuery, ActionWithSchema
from chalicelib.api.wire.model import NoQuery
from chalicelib.domain.errors import Conflict, LimitReached, NotificationTypeNotFound
from chalicelib.domain.notifications import notification_types
from chalicelib.domain.payloads import raw_json

if TYPE_CHECKING:
    from chalicelib.domain.notifications.catalogue import CatalogueEntry

blueprint = Blueprint(__name__)

_LISTING: Final = cursors.Listing("actions")


@blueprint.route("/webhooks/actions", methods=["GET"], content_types=[])
@view(blueprint, ActionsQuery, Contract(answers=(ok(list[ActionOut] | list[str], Header.LINK),)))
def list_actions(call: Call[ActionsQuery]) -> Response:
    """The notification types that a webhook can subscribe to: their names or, with `details`, objects."""
    after = cursors.decode(_LISTING, call.query.cursor) if call.query.cursor is not None else None
    if after is not None and not notification_types.is_name(after):
        raise cursors.invalid()
    page, rest = call.services.notification_types.page(after, call.query.limit)
    shown = _details if call.query.details else _name
    return pages.answer(call, _LISTING, ((entry.name, shown(entry)) for entry in page), rest)


@blueprint.route("/webhooks/actions/{name}", methods=["GET"], content_types=[])
@view(blueprint, NoQuery, Contract(answers=(ok(ActionWithSchema),), errors=(NotificationTypeNotFound,)))
def show_action(call: Call[NoQuery], name: str) -> Response:
    """A notification type with its schema."""
    return _whole(HTTPStatus.OK, call.services.notification_types.get(name))


@blueprint.route("/webhooks/actions/{name}", methods=["PUT"], content_types=[])
@view(
    blueprint,
    NoQuery,
    Contract(
        who=Who.ADMIN,
        body=ActionIn,
        answers=(ok(ActionWithSchema), Answer(HTTPStatus.CREATED, ActionWithSchema)),
        errors=(Conflict, LimitReached),
    ),
)
def put_action(call: Call[NoQuery], name: str) -> Response:
    """Add a notification type, or change one that an admin has added."""
    text = call.text()
    wanted = requests.model_of(ActionIn, text)
    schema = None if wanted.json_schema is None else raw_json.members(text)["schema"]
    entry, is_new = call.services.notification_types.put(
        call.caller, name, template=wanted.template, description=wanted.description, schema=schema
    )
    return _whole(HTTPStatus.CREATED if is_new else HTTPStatus.OK, entry)


@blueprint.route("/webhooks/actions/{name}", methods=["DELETE"], content_types=[])
@view(blueprint, NoQuery, Contract(who=Who.ADMIN, answers=(NOTHING,), errors=(NotificationTypeNotFound, Conflict)))
def delete_action(call: Call[NoQuery], name: str) -> Response:
    """Delete a notification type that an admin has added."""
    call.services.notification_types.delete(call.caller, name)
    return answers.nothing()


def _whole(status: HTTPStatus, entry: CatalogueEntry) -> Response:
    """A type with its schema, whose numbers stay as written."""
    return answers.json_text(status, f'{_details(entry)[:-1]},"schema":{entry.schema or "null"}}}')


def _name(entry: CatalogueEntry) -> str:
    return json.dumps(entry.name)


def _details(entry: CatalogueEntry) -> str:
    return ActionOut.of(entry).model_dump_json()
