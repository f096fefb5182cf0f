"""`/queues`: how many messages wait, and how many are dead letters. Admins only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalice.app import Blueprint

from chalicelib.api import answers
from chalicelib.api.contracts import Contract, Who, ok
from chalicelib.api.views import Call, view
from chalicelib.api.wire.model import NoQuery
from chalicelib.api.wire.queues import QueueOut

if TYPE_CHECKING:
    from chalice.app import Response

blueprint = Blueprint(__name__)


@blueprint.route("/queues", methods=["GET"], content_types=[])
@view(blueprint, NoQuery, Contract(who=Who.ADMIN, answers=(ok(list[QueueOut]),)))
def list_queues(call: Call[NoQuery]) -> Response:
    """All queues of the service, in the order of a notification's path."""
    return answers.several([QueueOut.of(each) for each in call.services.queues.depths()])
