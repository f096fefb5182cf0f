"""Calls of the API, as API Gateway makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chalice.local import LambdaEventConverter, RouteMatcher

from app import app

if TYPE_CHECKING:
    from collections.abc import Mapping

_CONVERTER: Final = LambdaEventConverter(RouteMatcher([*app.routes]), app.api.binary_types)


def event(method: str, path: str, key: str, body: str | None = None, **headers: str) -> dict[str, Any]:
    """The event of one request."""
    given: Mapping[str, str] = {"authorization": f"Bearer {key}", "content-type": "application/json", **headers}
    made: dict[str, Any] = _CONVERTER.create_lambda_event(method, path, dict(given), None if body is None else body.encode())
    return made


def handle(request: Any, context: Any) -> Any:  # noqa: ANN401 - Lambda's
    """Call the API's function."""
    return app(request, context)
