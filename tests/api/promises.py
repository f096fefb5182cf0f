"""Checks the API's responses against its description."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from jsonschema import Draft202012Validator, FormatChecker

from app import app
from openapi.document import document_of

if TYPE_CHECKING:
    from collections.abc import Mapping

Json = dict[str, Any]

DOCUMENT: Final = document_of(app)
_JSON: Final = "application/json"
_TOLD: Final = frozenset({"etag", "link", "location", "retry-after", "www-authenticate"})
"""Headers that must be described in every response that has them, including those of the rate limits."""
_METHODS: Final = ("get", "put", "post", "delete", "patch")


def _closed(components: Json) -> Json:
    """The components, with objects closed that are not declared open: they may have only the declared members."""
    closed: Json = copy.deepcopy(components)
    for schema in closed["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return closed


_CLOSED: Final = _closed(DOCUMENT["components"])


@dataclass(frozen=True)
class Promise:
    """An operation of the description."""

    method: str
    path: str

    @property
    def operation(self) -> Json:
        found: Json = DOCUMENT["paths"][self.path][self.method]
        return found

    def response(self, status: int) -> Json:
        """The description of a status, which the operation must have."""
        responses = self.operation["responses"]
        assert str(status) in responses, f"{self.method} {self.path} answers {status}, which is not documented"
        found: Json = resolved(responses[str(status)])
        return found

    def check(self, body: bytes | None, status: int, headers: Mapping[str, str], text: str) -> None:
        """Check a request and its response. Header names are in lower case."""
        response = self.response(status)
        self._check_headers(response, headers)
        self._check_body(response, status, headers, text)
        if _is_success(status):
            self._check_request(body, text)

    def _check_headers(self, response: Json, headers: Mapping[str, str]) -> None:
        told = {name.lower(): resolved(each) for name, each in response.get("headers", {}).items()}
        assert {name for name, each in told.items() if each.get("required")} <= headers.keys()
        assert {each for each in headers if each in _TOLD or each.startswith("ratelimit-")} <= told.keys()

    def _check_body(self, response: Json, status: int, headers: Mapping[str, str], text: str) -> None:
        if "content" not in response:
            assert text == ""
            return
        media_type = headers["content-type"].partition(";")[0]
        assert media_type in response["content"]
        if media_type != _JSON:
            return
        value = json.loads(text)
        response_validator(self.path, self.method, str(status)).validate(value)
        if not _is_success(status):
            assert value["error"]["code"] in response["content"][_JSON]["examples"], "this code is not documented there"

    def _check_request(self, body: bytes | None, text: str) -> None:
        """Check that an accepted request was valid. If elements are accepted separately, this applies if all were."""
        asked = self.operation.get("requestBody")
        if asked is None or (text and isinstance(json.loads(text), dict) and json.loads(text).get("errors")):
            return
        if body is None or not body.strip():
            assert not asked["required"]
            return
        request_validator(self.path, self.method).validate(json.loads(body))


def _is_success(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.BAD_REQUEST


def promise_of(method: str, path: str) -> Promise | None:
    """The operation of a method of a path; ``None`` if it is not described."""
    return Promise(method.lower(), path) if method.lower() in DOCUMENT["paths"].get(path, {}) else None


def operations() -> list[tuple[str, str]]:
    """Method and path of every operation."""
    return [(method, path) for path, item in DOCUMENT["paths"].items() for method in _METHODS if method in item]


def resolved(value: Json) -> Json:
    """A part of the document, with a reference resolved."""
    if "$ref" not in value:
        return value
    found: Any = DOCUMENT
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return resolved(found)


@cache
def response_validator(path: str, method: str, status: str) -> Draft202012Validator:
    """A validator for the JSON body of a response. It is closed, so that it notices undescribed members."""
    content = resolved(DOCUMENT["paths"][path][method]["responses"][status])["content"]
    return validator_of(content[_JSON]["schema"], _CLOSED)


@cache
def request_validator(path: str, method: str) -> Draft202012Validator:
    """A validator for the body of a request."""
    return validator_of(DOCUMENT["paths"][path][method]["requestBody"]["content"][_JSON]["schema"])


def validator_of(schema: Json, components: Json = DOCUMENT["components"]) -> Draft202012Validator:
    """A validator for a schema of the document."""
    checker = FormatChecker(["date", "date-time"])
    return Draft202012Validator(schema | {"components": components}, format_checker=checker)
