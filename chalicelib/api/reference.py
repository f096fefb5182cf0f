"""`/openapi.json`: the description of the API, for programs. `make openapi` writes it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from chalice.app import Blueprint, Response

from chalicelib.api import files, links
from chalicelib.api.contracts import Answer, Contract, Header, Who, ok, promised

SERVER: Final = "http://127.0.0.1:8000"
"""The URL in the file: where `make run` starts the service. A service replaces it by its own URL.

It cannot be relative to the document. A path of the API is appended to the URL unchanged (spec.openapis.org/oas/v3.1.1,
"Server Object"), so the URL must not end in a slash. But every relative URL that keeps the stage of API Gateway does.
"""

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
    """The description of the API: this document."""
    request = blueprint.current_request
    return files.document(request, "openapi.json", {SERVER: links.base(request)})
