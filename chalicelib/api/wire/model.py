"""The base classes of requests' and responses' models, and the types of their members."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
    create_model,
)
from pydantic.alias_generators import to_camel
from pydantic_core import CoreSchema, PydanticCustomError

from chalicelib.api import cursors
from chalicelib.domain import times
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notifications.notification import PRINCIPAL_LENGTH_MAX, principal, principal_as_written

PAGE_LENGTH: Final = 50
PAGE_LENGTH_MAX: Final = 200
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
_Model = TypeVar("_Model", bound=BaseModel)


class Incoming(BaseModel):
    """A request's body, or a part of it: values are not converted, and unknown members are refused."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, alias_generator=to_camel)


class Outgoing(BaseModel):
    """A response's body, or a part of it."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True)


class Described(Outgoing):
    """A model for the description only: other code writes or parses the JSON. It is built when the description is made."""

    model_config = ConfigDict(defer_build=True)


@dataclass(frozen=True)
class DescribedAs:
    """Marks a member that other code parses, and that the description shows as a model."""

    model: type[Described]

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The model's schema, for pydantic."""
        self.model.model_rebuild()
        return handler(self.model.__pydantic_core_schema__)


class NoQuery(BaseModel):
    """The query of a route without parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class PageQuery(NoQuery):
    """The query of a list."""

    limit: int = Field(PAGE_LENGTH, ge=1, le=PAGE_LENGTH_MAX, description="The largest number of items on the page.")
    cursor: str | None = Field(
        None,
        max_length=cursors.LENGTH_MAX,
        description="Where the page begins: from the `Link` header of the page before, with the same filters.",
    )


def extended(name: str, base: type[_Model], members: Mapping[str, tuple[Any, Any]]) -> type[_Model]:
    """A model with the members of its base and those of a declaration."""
    given: dict[str, Any] = {"__base__": base, "__doc__": base.__doc__, **members}
    made: type[_Model] = create_model(name, **given)
    return made


def _split(given: Any) -> Any:  # noqa: ANN401 - any value of a query
    return given.split(",") if isinstance(given, str) else given


SEVERAL: Final = BeforeValidator(_split)
"""Marks a query parameter that takes several values: separated by commas, or each in a parameter of that name."""


def several_of(query: type[BaseModel]) -> set[str]:
    """The names of the parameters that take several values."""
    return {field.alias or name for name, field in query.model_fields.items() if SEVERAL in field.metadata}


def without_defaults(schema: dict[str, Any]) -> None:
    """Leave the defaults out of the description, for a model in which a missing member has a meaning of its own."""
    for member in schema["properties"].values():
        member.pop("default", None)


def never_null(schema: dict[str, Any]) -> None:
    """Describe a member that may be left out, but may not be null."""
    schema.update(schema.pop("anyOf")[0])


def left_out() -> Any:  # noqa: ANN401 - as pydantic's `Field`
    """The field of a response's member that is left out if it is null."""
    return Field(None, exclude_if=lambda value: value is None, json_schema_extra=never_null)


def moment(at: datetime) -> str:
    """A time in a response: ``2021-10-15T15:22:10.079Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _read_principal(value: Any) -> str:  # noqa: ANN401 - any JSON
    try:
        found = principal(value)
    except InvalidInput as error:
        kind, message = "principal", error.message
        raise PydanticCustomError(kind, "{problem}", {"problem": message[0].upper() + message[1:]}) from error
    if found is None:
        kind = "principal"
        raise PydanticCustomError(kind, "It must be an integer or a string")
    return found


def _read_moment(given: Any) -> datetime:  # noqa: ANN401 - any JSON
    """Parse ISO 8601 with a time zone. A ``+`` that was not percent-encoded arrives as a space.

    A time near the end of the calendar is moved, so that the service can calculate with it. There are no records there.
    """
    text = given if isinstance(given, str) else ""
    at = times.parse(text.replace(" ", "+") if "T" in text.upper() else text)
    if at is None:
        kind = "moment"
        raise PydanticCustomError(kind, "It must be a time in ISO 8601 with a time zone, as in 2021-10-15T15:22:10Z")
    return min(max(at, _EARLIEST), _LATEST)


_DATE_TIME: Final = WithJsonSchema({"type": "string", "format": "date-time"})

Moment = Annotated[datetime, PlainSerializer(moment, return_type=str), _DATE_TIME]
GivenMoment = Annotated[datetime, BeforeValidator(_read_moment), _DATE_TIME]
GivenId = Annotated[
    str,
    BeforeValidator(_read_principal),
    WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1, "maxLength": PRINCIPAL_LENGTH_MAX}, {"type": "integer"}]}),
]
ShownId = Annotated[int | str, AfterValidator(lambda given: principal_as_written(str(given)))]
