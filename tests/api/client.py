"""How the tests call the API: through Chalice's own gateway, with methods named in the words of the API.

Each call is checked against the description of the API. A status, a code or a member that is not in it fails the test.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from chalice.config import Config
from chalice.local import LocalGateway, RouteMatcher

from app import app
from tests.api import lambdas, promises

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

JSON: Final = MappingProxyType({"Content-Type": "application/json"})
_GATEWAY: Final = LocalGateway(app, Config.create(chalice_app=app, project_dir=".", app_name="posthorn"))
_ROUTES: Final = RouteMatcher([*app.routes])


@dataclass(frozen=True)
class Answer:
    """A response. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever JSON brought
        return json.loads(self.text)

    @property
    def error(self) -> dict[str, Any]:
        """The error. It must have exactly the members that the API promises."""
        error: dict[str, Any] = self.json["error"]
        assert error.keys() - {"fields"} == {"code", "message"}
        return error

    @property
    def next_path(self) -> str | None:
        """The URL in the `Link` header."""
        link = self.headers.get("link")
        if link is None:
            return None
        parts = urlsplit(link.removeprefix("<").removesuffix('>; rel="next"'))
        return f"{parts.path}?{parts.query}"


def answer_of(response: Mapping[str, Any]) -> Answer:
    """Parse a Lambda function's result for API Gateway. A result that Lambda would refuse fails the test."""
    assert isinstance(lambdas.taken(response)["body"], str)
    headers = {name.lower(): value for name, value in response["headers"].items()}
    return Answer(response["statusCode"], headers, response["body"])


class Api:
    """The API, called by one caller."""

    def __init__(self, key: str | None = None) -> None:
        self._authorization = {} if key is None else {"Authorization": f"Bearer {key}"}

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, headers=headers)

    def delete(self, path: str) -> Answer:
        return self.send("DELETE", path)

    def post(self, path: str, body: object = None) -> Answer:
        return self.send("POST", path, None if body is None else json.dumps(body).encode(), JSON)

    def put(self, path: str, body: object) -> Answer:
        return self.send("PUT", path, json.dumps(body).encode(), JSON)

    def patch(self, path: str, body: object, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send("PATCH", path, json.dumps(body).encode(), {**JSON, **named})

    def post_text(self, path: str, text: str) -> Answer:
        """Send a body as raw text."""
        return self.send("POST", path, text.encode(), JSON)

    def pages(self, path: str) -> Iterator[list[Any]]:
        """The pages of a list, found by the `Link` headers."""
        rest: str | None = path
        while rest is not None:
            answer = self.get(rest)
            assert answer.status == 200, answer.text
            yield answer.json
            rest = answer.next_path

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] = MappingProxyType({})
    ) -> Answer:
        answer = self._sent(method, path, body, headers)
        _hold(method, path, body, answer)
        return answer

    def send_unheld(self, method: str, path: str, body: bytes) -> Answer:
        """Whether Python's validators cannot read a body: a number of 5,000 digits, a leap second."""
        return self._sent(method, path, body, JSON)

    def _sent(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        sent = {"Host": "localhost:8000", **self._authorization, **headers}
        return answer_of(_GATEWAY.handle_request(method=method, path=path, headers=sent, body=body))


def _hold(method: str, path: str, body: bytes | None, answer: Answer) -> None:
    """Check a call against its description. A method that a path does not have must be refused."""
    described = "GET" if method == "HEAD" and answer.status != HTTPStatus.METHOD_NOT_ALLOWED else method
    promised = promises.promise_of(described, _ROUTES.match_route(path).route)
    if promised is None:
        assert answer.status == HTTPStatus.METHOD_NOT_ALLOWED
    else:
        promised.check(body, answer.status, answer.headers, answer.text)
