"""`/me`: the caller, and the caller's own keys."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from chalice.app import Blueprint

from chalicelib.api import answers, cursors, key_ids, pages
from chalicelib.api.contracts import NOTHING, Contract, Header, Who, ok
from chalicelib.api.views import Call, view
from chalicelib.api.wire.model import NoQuery, PageQuery
from chalicelib.api.wire.users import MeOut, OwnKeyOut
from chalicelib.domain.errors import KeyNotFound

if TYPE_CHECKING:
    from chalice.app import Response

blueprint = Blueprint(__name__)

_LISTING: Final = cursors.Listing("own keys")


@blueprint.route("/me", methods=["GET"], content_types=[])
@view(blueprint, NoQuery, Contract(who=Who.ANY_KEY, answers=(ok(MeOut),)))
def show_me(call: Call[NoQuery]) -> Response:
    """The user of this key, and the key's rights."""
    return answers.one(HTTPStatus.OK, MeOut.made(call.services.directory.me(call.caller), call.caller))


@blueprint.route("/me/keys", methods=["GET"], content_types=[])
@view(blueprint, PageQuery, Contract(answers=(ok(list[OwnKeyOut], Header.LINK),)))
def list_own_keys(call: Call[PageQuery]) -> Response:
    """The caller's own keys by id, without the secret values."""
    after = cursors.decode(_LISTING, call.query.cursor) if call.query.cursor is not None else None
    page, rest = call.services.keys.own_keys(call.caller, after, call.query.limit)
    shown = ((key.id, OwnKeyOut.seen_by(call.caller, key).model_dump_json()) for key in page)
    return pages.answer(call, _LISTING, shown, rest)


@blueprint.route("/me/keys/{key_id}", methods=["DELETE"], content_types=[])
@view(blueprint, NoQuery, Contract(answers=(NOTHING,), errors=(KeyNotFound,)))
def revoke_own_key(call: Call[NoQuery], key_id: str) -> Response:
    """Revoke one of the caller's own keys. It may be the key of this request."""
    call.services.keys.revoke_own_key(call.caller, key_ids.read(key_id))
    return answers.nothing()
