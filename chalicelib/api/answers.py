"""Responses. Their JSON is made here, so that Chalice does not serialize our values."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from chalice.app import Response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel

SECURITY_HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
"""For every response that does not set them itself: it is data, and for this caller only."""


def json_text(status: HTTPStatus, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """A response with a JSON body."""
    return Response(text, {"Content-Type": "application/json", **(headers or {})}, int(status))


def one(status: HTTPStatus, model: BaseModel, headers: Mapping[str, str] | None = None) -> Response:
    """A response with one object."""
    return json_text(status, model.model_dump_json(), headers)


def several(models: Sequence[BaseModel]) -> Response:
    """A response with a short array of objects. A list that can be long is a page (`chalicelib.api.pages`)."""
    return json_text(HTTPStatus.OK, f"[{','.join(model.model_dump_json() for model in models)}]")


def nothing() -> Response:
    """A response without a body."""
    return Response("", {}, int(HTTPStatus.NO_CONTENT))
