"""Error responses: one for each status and set of codes, with an example for each code."""

from __future__ import annotations

from http import HTTPStatus
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from chalicelib.api import errors
from chalicelib.api.wire.errors import ErrorOut
from openapi import prose
from openapi.schemas import public_name

if TYPE_CHECKING:
    from chalicelib.api.contracts import Route
    from chalicelib.domain.errors import PosthornError
    from openapi.schemas import Json, Schemas

INTERNAL: Final = "internal_error"
_OF_THE_WHOLE: Final = {HTTPStatus.UNAUTHORIZED, HTTPStatus.UNSUPPORTED_MEDIA_TYPE}
"""Statuses that always concern the whole request, never single elements."""
THROTTLED: Final = "throttled"
_THROTTLED_TEXT: Final = "API Gateway received more requests than this stage or its AWS account allows."
_INTERNAL_TEXT: Final = "An error of the service. The message has an id by which the operator finds it in the log."


class Refusals:
    """The error responses, each made once.

    Args:
        schemas: the schemas, including `ErrorOut` and the routes' own `refused` models.

    """

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self.responses: Json = {}

    def of(self, route: Route) -> dict[int, Json]:
        """The error responses of a route by status, as references."""
        kinds = sorted(set(route.contract.errors_with(route.query)), key=lambda kind: (errors.STATUSES[kind], kind.code))
        found = {
            int(status): self._response(status, list(some), route.contract.refused)
            for status, some in groupby(kinds, errors.STATUSES.__getitem__)
        }
        own = {int(HTTPStatus.INTERNAL_SERVER_ERROR): self._internal()}
        return self._throttled() | found | own

    def _response(self, status: HTTPStatus, kinds: list[type[PosthornError]], refused: Any) -> Json:  # noqa: ANN401
        is_own = refused is not None and status not in _OF_THE_WHOLE
        texts = {kind.code: _sentence(kind) for kind in kinds}
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            texts[THROTTLED] = _THROTTLED_TEXT
        name = ".".join([*texts, *([public_name(refused.__name__)] if is_own else [])])
        shape = refused | ErrorOut if is_own else ErrorOut
        return self._shared(name, status, " Or: ".join(texts.values()), [*texts], shape)

    def _throttled(self) -> dict[int, Json]:
        """The response of API Gateway (`infra/template/refusals.json`) to a request that does not reach the service."""
        status = HTTPStatus.TOO_MANY_REQUESTS
        return {int(status): self._shared(THROTTLED, status, _THROTTLED_TEXT, [THROTTLED], ErrorOut)}

    def _internal(self) -> Json:
        return self._shared(INTERNAL, HTTPStatus.INTERNAL_SERVER_ERROR, _INTERNAL_TEXT, [INTERNAL], ErrorOut)

    def _shared(self, name: str, status: HTTPStatus, text: str, codes: list[str], shape: Any) -> Json:  # noqa: ANN401
        examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
        response: Json = {"description": text}
        if headers := _headers(status, codes):
            response["headers"] = headers
        response["content"] = {
            "application/json": {"schema": self._schemas.of(shape, "serialization"), "examples": examples}
        }
        self.responses[name] = response
        return {"$ref": f"#/components/responses/{name}"}


def examples() -> Json:
    """An example of each error by its code."""
    texts = {kind.code: _sentence(kind) for kind in errors.STATUSES}
    texts |= {INTERNAL: _INTERNAL_TEXT, THROTTLED: _THROTTLED_TEXT}
    return {code: {"summary": text, "value": {"error": errors.detail(code, text)}} for code, text in sorted(texts.items())}


def _sentence(kind: type[PosthornError]) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]


def _headers(status: HTTPStatus, codes: list[str]) -> Json:
    own = {
        name: {"schema": {"type": "string"}, "example": value, "required": True}
        for name, value in errors.headers_of(status).items()
    }
    retry: Json = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}} if THROTTLED in codes else {}
    return own | retry | ({} if codes == [THROTTLED] else prose.RATE_LIMIT)
