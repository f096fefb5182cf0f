"""`/webhooks/{id}/stats`: a webhook's attempts by hour."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.api import answers
from chalicelib.api.contracts import Contract, Who, ok
from chalicelib.api.views import Call, view
from chalicelib.api.wire.stats import StatsOut, StatsQuery
from chalicelib.domain.errors import WebhookNotFound

if TYPE_CHECKING:
    from chalice.app import Response

blueprint = Blueprint(__name__)


@blueprint.route("/webhooks/{webhook_id}/stats", methods=["GET"], content_types=[])
@view(blueprint, StatsQuery, Contract(who=Who.OWNER, answers=(ok(StatsOut),), errors=(WebhookNotFound,)))
def show_stats(call: Call[StatsQuery], webhook_id: str) -> Response:
    """A webhook's attempts and response times, by hour."""
    return answers.one(HTTPStatus.OK, StatsOut.of(call.services.stats.of_webhook(call.caller, webhook_id, call.query.since)))
