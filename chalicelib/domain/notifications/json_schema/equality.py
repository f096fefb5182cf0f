"""Keys for JSON values: two values are equal in the sense of JSON Schema exactly if their keys are equal.

1 equals 1.0 and differs from true. The order of an object's members is ignored. Making a key takes time linear in the size
of the value, so uniqueness and membership can use sets. Keys contain strings, because an attacker cannot predict their
hashes: numbers hash to themselves, and 5,000 numbers with the same hash would make a set quadratic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.notifications.json_schema.work import Work

Key = str | int | tuple[str, ...]


class Values:
    """Makes keys. The keys of arrays and objects are numbers, the same for equal values."""

    __slots__ = ("_keyed", "_known", "_numbers")

    def __init__(self, known: Mapping[Key, int]) -> None:
        self._known = known
        self._numbers: dict[Key, int] = {}
        self._keyed: dict[int, int] = {}

    @property
    def numbers(self) -> dict[Key, int]:
        """The numbers given so far, for later instances to start from."""
        return self._numbers

    def key(self, value: Any, work: Work) -> Key:
        """The key of a value. The value must live as long as this object."""
        kind = value.__class__
        if kind is str:
            work.spend(1 + (len(value) >> 6))
            return str(value)
        if kind is dict or kind is list:
            found = self._keyed.get(id(value))
            if found is None:
                work.spend(8 + (6 if kind is dict else 2) * len(value))
                text = self._members(value, work) if kind is dict else self._items(value, work)
                found = self._keyed[id(value)] = self._number(text)
            return found
        work.spend(2)
        return (_scalar(value, work),)

    def _items(self, value: list[Any], work: Work) -> Key:
        return ("[", ",".join([str(self._number(self.key(each, work))) for each in value]))

    def _members(self, value: dict[str, Any], work: Work) -> Key:
        number, key = self._number, self.key
        return (
            "{",
            ",".join(sorted([f"{number(key(name, work))}:{number(key(each, work))}" for name, each in value.items()])),
        )

    def _number(self, key: Key) -> int:
        if key.__class__ is int:
            return int(key)  # the key of an array or an object
        found = self._known.get(key)
        if found is None:
            found = self._numbers.setdefault(key, len(self._known) + len(self._numbers))
        return found


def _scalar(value: float | bool | None, work: Work) -> str:  # noqa: FBT001 - any scalar
    if value is None or value is True or value is False:
        return str(value)
    if value.__class__ is float and not value.is_integer():
        work.spend(4)
        return repr(value)
    whole = int(value)
    work.spend(whole.bit_length() >> 8)
    return format(whole, "x")
