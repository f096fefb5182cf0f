"""Plain JSON values, read with their types checked, so that a malformed message names the field that is wrong with it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, overload

from chalicelib.domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import StrEnum

Plain = dict[str, Any]
"""What `json` makes of an object, and what goes back into one."""

_Kind = TypeVar("_Kind", bound="StrEnum")
_Value = TypeVar("_Value")


def dumps(values: Plain) -> str:
    """Compact JSON in ASCII, so that half a surrogate pair, which no queue takes, travels as an escape."""
    return json.dumps(_without_nothing(values), separators=(",", ":"))


def dump_bytes(values: Plain) -> bytes:
    """Compact JSON in UTF-8, which compresses better; half a surrogate pair keeps its own three bytes."""
    text = json.dumps(_without_nothing(values), separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def loads(text: str | bytes) -> Fields:
    """Read a JSON object; raise `InvalidInput` where it is not one."""
    try:
        values = json.loads(text if isinstance(text, str) else text.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        message = f"The message is no JSON: {error}."
        raise InvalidInput(message) from error
    if not isinstance(values, dict):
        message = "The message is no JSON object."
        raise InvalidInput(message)
    return Fields(values)


@overload
def moment(at: datetime) -> str: ...
@overload
def moment(at: datetime | None) -> str | None: ...
def moment(at: datetime | None) -> str | None:
    """A time as ISO 8601 in UTC with its microseconds: such texts sort as their times do."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="microseconds")


def _without_nothing(values: Plain) -> Plain:
    return {key: value for key, value in values.items() if value is not None}


class Fields:
    """The members of one object; each reader raises `InvalidInput` where a member is not of its type."""

    def __init__(self, values: Plain) -> None:
        self._values = values

    def text(self, key: str) -> str:
        """A string."""
        return self._typed(key, str)

    def whole(self, key: str) -> int:
        """A whole number."""
        value = self._typed(key, int)
        return _refuse(key, "a whole number") if isinstance(value, bool) else value

    def number(self, key: str) -> float:
        """A number."""
        value = self._values.get(key)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return _refuse(key, "a number")
        try:
            return float(value)
        except OverflowError:
            return _refuse(key, "a number of bounded size")

    def flag(self, key: str) -> bool:
        """True or false; false where it is absent."""
        return key in self._values and self._typed(key, bool)

    def time(self, key: str) -> datetime:
        """A time as `moment` writes it."""
        try:
            at = datetime.fromisoformat(self.text(key))
            return at.astimezone(UTC) if at.tzinfo else _refuse(key, "a time with its offset")
        except (ValueError, OverflowError):
            return _refuse(key, "a time")

    def kind(self, key: str, kinds: type[_Kind]) -> _Kind:
        """A member of a closed set."""
        try:
            return kinds(self.text(key))
        except ValueError:
            return _refuse(key, f"one of {', '.join(kinds)}")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of strings."""
        values = self._typed(key, list)
        return tuple(values) if all(isinstance(value, str) for value in values) else _refuse(key, "strings")

    def wholes(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        values = self._typed(key, list)
        return tuple(values) if all(type(value) is int for value in values) else _refuse(key, "whole numbers")

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """A list of pairs of strings."""
        values = self._typed(key, list)
        try:
            pairs = tuple((first, second) for first, second in values)
        except (TypeError, ValueError):
            return _refuse(key, "pairs")
        are_texts = all(isinstance(part, str) for pair in pairs for part in pair)
        return pairs if are_texts else _refuse(key, "pairs of strings")

    def objects(self, key: str) -> list[Fields]:
        """A list of objects."""
        values = self._typed(key, list)
        return [Fields(value) if isinstance(value, dict) else _refuse(key, "objects") for value in values]

    def object(self, key: str) -> Fields:
        """An object."""
        return Fields(self._typed(key, dict))

    def optional(self, key: str, read: Callable[[str], _Value]) -> _Value | None:
        """What `read` makes of a member; ``None`` where it is absent or null."""
        return None if self._values.get(key) is None else read(key)

    def _typed(self, key: str, kind: type[_Value]) -> _Value:
        value = self._values.get(key)
        return value if isinstance(value, kind) else _refuse(key, f"a value of type {kind.__name__}")


def _refuse(key: str, wanted: str) -> NoReturn:
    problem = f"{wanted} is expected"
    message = f"The message's {key} is not valid: {problem}."
    raise InvalidInput(message, {key: problem})
