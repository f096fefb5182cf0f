"""Answers as they leave the service: JSON text that is made here, so that Chalice never serialises a value of ours."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from chalice.app import Response

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel

SECURITY_HEADERS: Final = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
"""On every answer that does not say otherwise: it is data and nothing else, and it is for this caller alone."""


def json_text(status: HTTPStatus, text: str, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with a body of JSON."""
    return Response(text, {"Content-Type": "application/json", **(headers or {})}, int(status))


def one(status: HTTPStatus, model: BaseModel, headers: Mapping[str, str] | None = None) -> Response:
    """An answer with one object."""
    return json_text(status, model.model_dump_json(), headers)


def several(models: Sequence[BaseModel]) -> Response:
    """An answer with a short array of objects; one that can be long is a page (`chalicelib.api.pages`)."""
    return json_text(HTTPStatus.OK, f"[{','.join(model.model_dump_json() for model in models)}]")


def nothing() -> Response:
    """An answer that says only that it is done."""
    return Response("", {}, int(HTTPStatus.NO_CONTENT))
