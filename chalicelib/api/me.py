"""`/me`: who the caller is."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.api import answers
from chalicelib.api.contracts import Contract, ok
from chalicelib.api.views import Call, view
from chalicelib.api.wire.model import NoQuery
from chalicelib.api.wire.users import MeOut

if TYPE_CHECKING:
    from chalice.app import Response

blueprint = Blueprint(__name__)


@blueprint.route("/me", methods=["GET"], content_types=[])
@view(blueprint, NoQuery, Contract(answers=(ok(MeOut),)))
def show_me(call: Call[NoQuery]) -> Response:
    """The user whose key this is, and what the key may do."""
    return answers.one(HTTPStatus.OK, MeOut.made(call.house.directory.me(call.caller), call.caller))
