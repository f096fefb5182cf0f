"""Headers and authentication in requests and responses: secrets are accepted, and shown as ``true``."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from chalicelib.api.wire.model import Incoming, without_defaults
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.webhooks import urls
from chalicelib.domain.webhooks.authentication import (
    SECRET_LENGTH_MAX,
    Authentication,
    AuthenticationDraft,
    BasicAuthentication,
    BearerAuthentication,
    ClientAuthentication,
    OAuth2Authentication,
)

NAME_LENGTH_MAX: Final = 1_000
"""Characters of a user name, a client id, or a scope."""


def _read_secret(value: Any) -> str | None:  # noqa: ANN401 - any JSON
    if value is True:
        return None
    if isinstance(value, str):
        return value
    kind = "secret"
    raise PydanticCustomError(kind, "It must be a string, or true to keep the present value")


_TRUE: Final = {"type": "boolean", "const": True}
_TRUE_OR_VALUE: Final = WithJsonSchema({"anyOf": [{"type": "string"}, _TRUE]})
_TRUE_OR_SECRET: Final = WithJsonSchema(
    {"anyOf": [{"type": "string", "minLength": 1, "maxLength": SECRET_LENGTH_MAX}, _TRUE]}
)
_LongText = Annotated[str, Field(min_length=1, max_length=SECRET_LENGTH_MAX)]

Secret = Annotated[_LongText | None, BeforeValidator(_read_secret), _TRUE_OR_SECRET]
"""``None`` for ``true``: the present value stays."""
ShortText = Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]
GivenHeaders = dict[str, Annotated[str | None, BeforeValidator(_read_secret), _TRUE_OR_VALUE]]


class Way(StrEnum):
    """How requests authenticate."""

    BASIC = "basic"
    BEARER = "bearer"
    OAUTH2 = "oauth2"


_MEMBERS: Final = {
    Way.BASIC: frozenset({"username", "password"}),
    Way.BEARER: frozenset({"token"}),
    Way.OAUTH2: frozenset({"token_url", "client_id", "client_secret"}),
}
_OPTIONAL: Final = {Way.OAUTH2: frozenset({"scope", "client_authentication"})}


class AuthenticationIn(Incoming):
    """`authentication`, with the members that its `type` has."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    type: Way
    username: ShortText = ""
    password: Secret = None
    token: Secret = None
    token_url: Annotated[str, Field(min_length=1, max_length=urls.LENGTH_MAX)] = ""
    client_id: ShortText = ""
    client_secret: Secret = None
    scope: ShortText | None = None
    client_authentication: ClientAuthentication = ClientAuthentication.BASIC

    def draft(self) -> AuthenticationDraft:
        """The input of the use case; raise `InvalidInput` if a member is missing, or belongs to another type."""
        self._require_members()
        match self.type:
            case Way.BASIC:
                return _draft(BasicAuthentication(self.username, self.password or ""), self.password)
            case Way.BEARER:
                return _draft(BearerAuthentication(self.token or ""), self.token)
            case Way.OAUTH2:
                client = OAuth2Authentication(
                    self.token_url, self.client_id, self.client_secret or "", self.scope, self.client_authentication
                )
                return _draft(client, self.client_secret)

    def _require_members(self) -> None:
        given = self.model_fields_set - {"type"}
        missing = _MEMBERS[self.type] - given
        unknown = given - _MEMBERS[self.type] - _OPTIONAL.get(self.type, frozenset())
        fields = {_path(name): "This is required." for name in missing}
        fields |= {_path(name): f"The type {self.type} does not have this." for name in unknown}
        if fields:
            where, problem = min(fields.items())
            message = f"{where}: {problem}"
            raise InvalidInput(message, fields)


def shown_headers(headers: tuple[tuple[str, str], ...]) -> dict[str, bool]:
    """The names of a webhook's custom headers."""
    return {name: True for name, _ in headers}


def shown_authentication(given: Authentication | None, *, is_own: bool) -> dict[str, str | bool] | None:
    """How requests authenticate, without the secret. The token server's URL is masked like the webhook's own."""
    match given:
        case None:
            return None
        case BasicAuthentication(username):
            return {"type": Way.BASIC, "username": username, "password": True}
        case BearerAuthentication():
            return {"type": Way.BEARER, "token": True}
        case OAuth2Authentication(token_url, client_id, _, scope, way):
            url = token_url if is_own else urls.masked(token_url)
            client: dict[str, str | bool] = {
                "type": Way.OAUTH2,
                "tokenUrl": url,
                "clientId": client_id,
                "clientSecret": True,
            }
            shown_way: dict[str, str | bool] = {} if way is ClientAuthentication.BASIC else {"clientAuthentication": way}
            return client | ({"scope": scope} if scope is not None else {}) | shown_way


def given_headers(headers: GivenHeaders | None) -> Mapping[str, str | None]:
    """The input of the use case."""
    return headers or {}


def given_authentication(given: AuthenticationIn | None) -> AuthenticationDraft | None:
    """The input of the use case."""
    return given.draft() if given is not None else None


def _draft(written: Authentication, secret: str | None) -> AuthenticationDraft:
    return AuthenticationDraft(written, keeps_secret=secret is None)


def _path(member: str) -> str:
    return f"authentication.{to_camel(member)}"
