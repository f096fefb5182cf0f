"""`/health`: whether the API responds. It needs no key."""

from __future__ import annotations

from http import HTTPStatus

from chalice.app import Blueprint, Response

from chalicelib.api import answers
from chalicelib.api.contracts import Contract, Who, ok, promised
from chalicelib.api.wire.health import HealthyOut

blueprint = Blueprint(__name__)


@blueprint.route("/health", methods=["GET", "HEAD"], content_types=[])
@promised(Contract(who=Who.ANYBODY, answers=(ok(HealthyOut),)))
def show_health() -> Response:
    """Whether the API responds."""
    return answers.json_text(HTTPStatus.OK, '{"status":"ok"}')
