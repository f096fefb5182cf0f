"""`/openapi.json`: what the API takes and gives, for programs. `make openapi` writes it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from chalice.app import Blueprint, Response

from chalicelib.api import files
from chalicelib.api.contracts import Answer, Contract, Header, Who, ok, promised

blueprint = Blueprint(__name__)


@blueprint.route("/openapi.json", methods=["GET", "HEAD"], content_types=[])
@promised(
    Contract(
        who=Who.ANYBODY,
        headers=(Header.IF_NONE_MATCH,),
        answers=(ok(dict[str, Any], Header.ETAG), Answer(HTTPStatus.NOT_MODIFIED, headers=(Header.ETAG,))),
    )
)
def show_document() -> Response:
    """The description of the API: the document that is read here."""
    return files.document(blueprint.current_request, "openapi.json")
