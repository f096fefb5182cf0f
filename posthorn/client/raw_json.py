"""JSON as it was written: numbers keep their digits on the way through Python.

A parse followed by a dump makes `1.10` to `1.1`, `1E400` to `Infinity` and `-0` to `0`, and keeps one of two equal
keys. Here a number stays the text that it was, and what cannot be kept is refused.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, NoReturn, Self


@dataclass(frozen=True, slots=True)
class RawJson:
    """JSON text that is sent as it is; raise `ValueError` if it is no JSON.

    It can be anywhere in what the client is given: a whole notification, or one number in it.
    """

    text: str

    def __post_init__(self) -> None:
        """Check it."""
        _CHECK.decode(self.text)

    @property
    def is_object(self) -> bool:
        """Whether it has members, or could have some."""
        return self.text.lstrip().startswith("{")

    @property
    def is_array(self) -> bool:
        """Whether it has elements, or could have some."""
        return self.text.lstrip().startswith("[")


@dataclass(frozen=True, slots=True)
class _Number(RawJson):
    """A number, which the parser has checked."""

    def __post_init__(self) -> None:
        """It is checked already."""


class WrittenFloat(float):
    """A number with a fraction or an exponent, as an answer has it; `dumps` writes it as it was written."""

    __slots__ = ("text",)
    text: str

    def __new__(cls, text: str) -> Self:
        """Parse it."""
        made = super().__new__(cls, text)
        made.text = text
        return made


def values(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Parse JSON into what Python computes with; raise `ValueError` for what is no JSON."""
    return _VALUES.decode(text)


def loads(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Parse JSON, each number as a `RawJson`; raise `ValueError` for what is no JSON, or has a key twice."""
    return _DECODER.decode(text)


def dumps(value: object) -> str:
    """The JSON of a value; what is a `RawJson` stays as it was written."""
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
    """A key as `json` writes it: what is no text is written as its value is."""
    return json.dumps(key if isinstance(key, str) else json.dumps(key, allow_nan=False))


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            message = f"the key {key!r} is there twice"
            raise ValueError(message)
        members[key] = value
    return members


def _refuse(name: str) -> NoReturn:
    message = f"{name} is no number of JSON"
    raise ValueError(message)


def _as_it_is(number: str) -> str:
    """Numbers are checked alone: as values, the longest would be refused."""
    return number


def _whole(number: str) -> int | WrittenFloat:
    """Python has no negative zero among its integers."""
    return WrittenFloat(number) if number == "-0" else int(number)


_VALUES: Final = json.JSONDecoder(parse_float=WrittenFloat, parse_int=_whole, parse_constant=_refuse)
_CHECK: Final = json.JSONDecoder(parse_int=_as_it_is, parse_float=_as_it_is, parse_constant=_refuse)
_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_members, parse_int=_Number, parse_float=_Number, parse_constant=_refuse
)
