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
"""Headers that are described wherever they are; those of the rate limits too."""
_METHODS: Final = ("get", "put", "post", "delete", "patch")


def _closed(components: Json) -> Json:
    """The components, where an object that does not say that it is open has no member but those that are named."""
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
        """What is said of a status; the operation has to say something."""
        responses = self.operation["responses"]
        assert str(status) in responses, f"{self.method} {self.path} answers {status}, which is not documented"
        found: Json = resolved(responses[str(status)])
        return found

    def check(self, body: bytes | None, status: int, headers: Mapping[str, str], text: str) -> None:
        """Hold one exchange against it; header names are in lower case."""
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
        """What was taken is what may be sent; where elements are taken or refused one by one, all of them were."""
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
    """What is promised of a method of a path, if anything is."""
    return Promise(method.lower(), path) if method.lower() in DOCUMENT["paths"].get(path, {}) else None


def operations() -> list[tuple[str, str]]:
    """Method and path of every operation."""
    return [(method, path) for path, item in DOCUMENT["paths"].items() for method in _METHODS if method in item]


def resolved(value: Json) -> Json:
    """A part of the document, or the one that it refers to."""
    if "$ref" not in value:
        return value
    found: Any = DOCUMENT
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return resolved(found)


@cache
def response_validator(path: str, method: str, status: str) -> Draft202012Validator:
    """Checks a body of JSON that was answered: closed, so that a member that nobody described is noticed."""
    content = resolved(DOCUMENT["paths"][path][method]["responses"][status])["content"]
    return validator_of(content[_JSON]["schema"], _CLOSED)


@cache
def request_validator(path: str, method: str) -> Draft202012Validator:
    """Checks a body that was sent."""
    return validator_of(DOCUMENT["paths"][path][method]["requestBody"]["content"][_JSON]["schema"])


def validator_of(schema: Json, components: Json = DOCUMENT["components"]) -> Draft202012Validator:
    """Checks values against a schema of the document."""
    checker = FormatChecker(["date", "date-time"])
    return Draft202012Validator(schema | {"components": components}, format_checker=checker)
