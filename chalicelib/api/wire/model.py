"""What all models of the wire share: how they are read and written, and the types of their members."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from chalicelib.api import cursors
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notification import principal, principal_as_written

PAGE_LENGTH: Final = 50
PAGE_LENGTH_MAX: Final = 200
_EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)


class Incoming(BaseModel):
    """A body, or a part of it: nothing is converted, and nothing unknown is let through."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, alias_generator=to_camel)


class Outgoing(BaseModel):
    """An answer, or a part of it."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True, serialize_by_alias=True)


class NoQuery(BaseModel):
    """The query of a route that takes no parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class PageQuery(NoQuery):
    """The query of a list."""

    limit: int = Field(PAGE_LENGTH, ge=1, le=PAGE_LENGTH_MAX)
    cursor: str | None = Field(None, max_length=cursors.LENGTH_MAX)


def moment(at: datetime) -> str:
    """A time as it is written on the wire: ``2021-10-15T15:22:10.079Z``."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def _read_principal(value: Any) -> str:  # noqa: ANN401 - whatever JSON brought
    try:
        found = principal(value)
    except InvalidInput as error:
        kind, message = "principal", error.message
        raise PydanticCustomError(kind, "{problem}", {"problem": message[0].upper() + message[1:]}) from error
    if found is None:
        kind = "principal"
        raise PydanticCustomError(kind, "An integer or a string is expected")
    return found


def _read_moment(text: str) -> datetime:
    """Read ISO 8601 with its zone; a ``+`` that was not percent-encoded comes as a space.

    A time at an end of the calendar is taken for one that leaves room to calculate: no record is older, none younger.
    """
    written = text.replace(" ", "+") if "T" in text else text
    try:
        at = datetime.fromisoformat(written)
        if at.tzinfo is not None:
            return min(max(at.astimezone(UTC), _EARLIEST), _LATEST)
    except (ValueError, OverflowError):
        pass
    kind = "moment"
    raise PydanticCustomError(kind, "A time in ISO 8601 with its zone is expected, as in 2021-10-15T15:22:10Z")


Moment = Annotated[datetime, PlainSerializer(moment, return_type=str)]
GivenMoment = Annotated[datetime, BeforeValidator(_read_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
GivenId = Annotated[
    str, BeforeValidator(_read_principal), WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}]})
]
ShownId = Annotated[int | str, AfterValidator(lambda given: principal_as_written(str(given)))]
