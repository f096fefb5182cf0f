"""`/console` and `/docs`: pages for people. They contain no secrets: they get their data from the API."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from chalice.app import Blueprint, Response

from chalicelib.api import errors, files
from chalicelib.api.contracts import HTML, Answer, Contract, Who, promised
from chalicelib.domain.errors import NotFound

blueprint = Blueprint(__name__)

_PAGE: Final = Contract(who=Who.ANYBODY, answers=(Answer(HTTPStatus.OK, str, media_types=(HTML,)),))
_ASSET: Final = Contract(
    who=Who.ANYBODY,
    answers=(Answer(HTTPStatus.OK, str, media_types=files.ASSET_MEDIA_TYPES),),
    errors=(NotFound,),
)


@blueprint.route("/console", methods=["GET", "HEAD"], content_types=[])
@promised(_PAGE)
def show_console() -> Response:
    """The console."""
    return files.page(blueprint.current_request, "console.html")


@blueprint.route("/docs", methods=["GET", "HEAD"], content_types=[])
@promised(_PAGE)
def show_docs() -> Response:
    """The reference of the API."""
    return files.page(blueprint.current_request, "docs.html")


@blueprint.route("/console/{name}", methods=["GET", "HEAD"], content_types=[])
@promised(_ASSET)
def show_asset(name: str) -> Response:
    """A script, style sheet or image of these pages."""
    try:
        return files.asset(name)
    except NotFound as error:
        return errors.answer_to(error)
