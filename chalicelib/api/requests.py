"""Parsing of requests. Every problem is an `InvalidInput` that says where it is."""

from __future__ import annotations

from email.message import Message
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import BaseModel, ValidationError

from chalicelib.api.errors import UnsupportedMediaType
from chalicelib.api.wire.model import several_of
from chalicelib.domain.errors import InvalidInput, TooLarge
from chalicelib.domain.payloads import raw_json
from chalicelib.domain.webhooks.own_hosts import of_gateway

if TYPE_CHECKING:
    from collections.abc import Collection

    from chalice.app import Request

Model = TypeVar("Model", bound=BaseModel)

_VERSION_DIGITS_MAX: Final = 15
_CHARSETS: Final = frozenset({"", "utf-8", "utf8", "us-ascii"})
_IDENTITY: Final = frozenset({"", "identity"})
_NAMES_LENGTH_MAX: Final = 100
_REPEATED: Final = "It is given more than once."
_WORDING: Final = {"extra_forbidden": "This member is not known.", "missing": "This is required."}


def text_of(request: Request, bytes_max: int) -> str:
    """The body as text."""
    body = _bytes_of(request)
    _require_plain(request.headers.get("content-encoding", ""))
    if len(body) > bytes_max:
        message = f"The body has {len(body)} bytes. The limit is {bytes_max} (REQUEST_BODY_BYTES_MAX)."
        raise TooLarge(message)
    if not body.strip():
        message = "The body is empty. Send JSON."
        raise InvalidInput(message)
    _require_json(request.headers.get("content-type", ""))
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        message = f"The body is not UTF-8, from byte {error.start} on."
        raise InvalidInput(message) from error


def has_body(request: Request) -> bool:
    """Whether there is a body, if it may be left out."""
    return bool(_bytes_of(request).strip())


def own_hosts(request: Request, known: Collection[str]) -> frozenset[str]:
    """The hosts of this service: those that the operator has set, and those of this request.

    A caller who forges `Host` can only make their own webhook's URL be refused.
    """
    context = request.context
    came_by = (request.headers.get("host"), context.get("domainName"), of_gateway(context.get("apiId")))
    return frozenset(known) | {each.lower() for each in came_by if each}


def version_of(request: Request) -> int | None:
    """The version in `If-Match` (RFC 9110, 13.1.1); ``None`` if any version is accepted."""
    given = request.headers.get("if-match", "*").strip()
    if given == "*":
        return None
    version = given.removeprefix("W/").strip('"')
    if not (version.isascii() and version.isdigit() and len(version) <= _VERSION_DIGITS_MAX):
        message = "If-Match must be the ETag of the webhook as you read it, or '*'."
        raise InvalidInput(message, {"If-Match": "It is not the ETag of a webhook."})
    return int(version)


def model_of(model: type[Model], text: str) -> Model:
    """Parse a JSON object into a model: the body, or an element of it."""
    raw_json.require_single_keys(text)  # refuses what pydantic accepts: duplicate keys, `NaN`
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        raise _invalid(error) from error


def model_and_raw_member(model: type[Model], text: str, key: str) -> tuple[Model, str | None]:
    """Parse a JSON object into a model, except for one object in it, which is returned as written.

    The model sees an empty object in its place, so that nothing in it is parsed and refused a second time.
    """
    members = raw_json.members(text)
    raw = members.get(key, "null")
    if raw.startswith("{"):
        members[key] = "{}"
    given = model_of(model, "{" + ",".join(f"{raw_json.quote(name)}:{value}" for name, value in members.items()) + "}")
    return given, None if raw == "null" else raw


def elements_of(text: str, key: str, at_most: int, setting: str) -> list[str]:
    """The elements of the only array in the body, each as written."""
    members = raw_json.members(text)
    unknown = {name: _WORDING["extra_forbidden"] for name in members if name != key}
    if unknown:
        message = f"Only {key!r} is known here."
        raise InvalidInput(message, unknown)
    if key not in members:
        message = f"{key!r} is required."
        raise InvalidInput(message, {key: _WORDING["missing"]})
    return array_of(members[key], key, at_most, setting)


def array_of(text: str, key: str, at_most: int, setting: str) -> list[str]:
    """The elements of an array of 1 to `at_most` elements."""
    try:
        elements = raw_json.elements(text)
    except InvalidInput as error:
        raise InvalidInput(error.message, {key: error.message}) from error
    if not elements:
        message = f"{key!r} is empty. Send at least one element."
        raise InvalidInput(message, {key: "It is empty."})
    if len(elements) > at_most:
        message = f"{key!r} has {len(elements)} elements. The limit for one request is {at_most} ({setting})."
        raise InvalidInput(message, {key: f"It has more than {at_most} elements."})
    return elements


def query_of(model: type[Model], request: Request) -> Model:
    """Parse the query parameters into a model."""
    given = request.query_params
    values = {name: given.getlist(name) for name in given} if given is not None else {}
    several = several_of(model)
    repeated = {name: _REPEATED for name, found in values.items() if len(found) != 1 and name not in several}
    if repeated:
        message = f"The query parameter {next(iter(repeated))[:100]!r} is given more than once."
        raise InvalidInput(message, repeated)
    try:
        return model.model_validate_strings({name: ",".join(found) for name, found in values.items()})
    except ValidationError as error:
        raise _invalid(error) from error


def _bytes_of(request: Request) -> bytes:
    try:
        body = request.raw_body
    except ValueError as error:
        message = "The body cannot be decoded."
        raise InvalidInput(message) from error
    return body.encode() if isinstance(body, str) else body


def _require_plain(content_encoding: str) -> None:
    """Raise `UnsupportedMediaType` for a body that is declared as encoded, for example with gzip.

    API Gateway decodes gzip and deflate, and leaves the header as it is. So the header decides, and such a body is refused
    there as it is here.
    """
    codings = {each.strip().lower() for each in content_encoding.split(",")} - _IDENTITY
    if codings:
        names = ", ".join(sorted(codings))[:_NAMES_LENGTH_MAX]
        message = f"The body is encoded ({names}). Send it unencoded, without the header 'Content-Encoding'."
        raise UnsupportedMediaType(message)


def _require_json(content_type: str) -> None:
    """Raise `UnsupportedMediaType` for anything but JSON, which is UTF-8 (RFC 8259, 8.1)."""
    header = Message()
    header["Content-Type"] = content_type or "none"
    charset = str(header.get_param("charset", "")).lower()
    if header.get_content_type() != "application/json" or charset not in _CHARSETS:
        message = "The body must be JSON in UTF-8, with the header 'Content-Type: application/json'."
        raise UnsupportedMediaType(message)


def _invalid(error: ValidationError) -> InvalidInput:
    """Pydantic's errors as path → problem."""
    fields: dict[str, str] = {}
    for found in error.errors(include_url=False, include_context=False, include_input=False):
        where = ".".join(map(str, found["loc"]))
        fields.setdefault(where, _WORDING.get(found["type"], f"{found['msg']}."))
    where, problem = next(iter(fields.items()))
    return InvalidInput(f"{where[:100]}: {problem}" if where else problem, {key: fields[key] for key in fields if key})
