"""JSON that keeps its numbers as written.

Parsing with `json.loads` and writing with `json.dumps` changes `1.10` to `1.1`, `1E400` to `Infinity` and `-0` to `0`, and
drops one of two equal keys. Here a number keeps its text, and what cannot be kept is refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, NoReturn, Self


@dataclass(frozen=True, slots=True)
class RawJson:
    """JSON text that is sent unchanged; raise `ValueError` if it is not valid JSON.

    It may be any part of a request: a whole notification, or a single number in it.
    """

    text: str

    def __post_init__(self) -> None:
        """Validate the text."""
        _VALIDATOR.decode(self.text)

    @property
    def is_object(self) -> bool:
        """Whether it is a JSON object."""
        return self.text.lstrip().startswith("{")

    @property
    def is_array(self) -> bool:
        """Whether it is a JSON array."""
        return self.text.lstrip().startswith("[")


@dataclass(frozen=True, slots=True)
class _Number(RawJson):
    """A number that the parser has already validated."""

    def __post_init__(self) -> None:
        """Skip the validation."""


class WrittenFloat(float):
    """A number with a fraction or an exponent, from a response. `dumps` writes it with the same digits."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """Parse the text of a number, and keep it."""
        number = super().__new__(cls, text)
        number.text = text
        return number


def parse(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Parse JSON into numbers that Python can compute with; raise `ValueError` if it is not valid JSON."""
    return _PARSER.decode(text)


def loads(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Parse JSON, with each number as a `RawJson`; raise `ValueError` if it is not valid JSON, or has a duplicate key."""
    return _LOADER.decode(text)


def dumps(value: object) -> str:
    """Write a value as JSON. A `RawJson` in it is written unchanged."""
    match value:
        case RawJson() | WrittenFloat():
            return value.text
        case dict():
            return "{" + ", ".join(f"{_key(key)}: {dumps(each)}" for key, each in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(map(dumps, value)) + "]"
        case _:
            return json.dumps(value, allow_nan=False)


def _key(key: object) -> str:
    """A key as `json.dumps` writes it: a key that is not a string becomes the string of its JSON."""
    return json.dumps(key if isinstance(key, str) else json.dumps(key, allow_nan=False))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            message = f"duplicate key {key!r}"
            raise ValueError(message)
        members[key] = value
    return members


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is not a JSON number"
    raise ValueError(message)


def _unparsed(number: str) -> str:
    """Leave a number as text: Python refuses to parse very long integers."""
    return number


def _integer(number: str) -> int | WrittenFloat:
    """Python's integers have no negative zero."""
    return WrittenFloat(number) if number == "-0" else int(number)


_PARSER: Final = json.JSONDecoder(parse_float=WrittenFloat, parse_int=_integer, parse_constant=_refuse_constant)
_VALIDATOR: Final = json.JSONDecoder(parse_int=_unparsed, parse_float=_unparsed, parse_constant=_refuse_constant)
_LOADER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_Number, parse_float=_Number, parse_constant=_refuse_constant
)
