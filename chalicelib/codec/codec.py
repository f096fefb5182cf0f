"""Frozen dataclasses as JSON and as plain values, by msgspec.

msgspec refuses half a surrogate pair, which a producer's JSON may have. Such JSON is written and read by the module `json`,
with the half as an escape.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import msgspec

from chalicelib.codec.forms import Form, Forms, Refused
from chalicelib.domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

Plain = dict[str, Any]
"""A JSON object as Python values; times and bytes are not converted."""

_T = TypeVar("_T")
_ENCODER: Final = msgspec.json.Encoder()
_ESCAPING: Final = json.JSONEncoder(separators=(",", ":"))
_PROBLEM_LENGTH_MAX: Final = 200
_MISSING: Final = re.compile(r"Object missing required field `(\w+)`")
_PATH: Final = re.compile(r" - at `\$\.?(.*)`$", re.DOTALL)


class Codec:
    """Writes and reads dataclasses. See `Forms` for the arguments."""

    def __init__(
        self,
        own: Mapping[Any, Form] | None = None,
        aside: Mapping[type, Mapping[str, Any]] | None = None,
        *,
        omits_empty: bool = True,
    ) -> None:
        self._forms = Forms(own or {}, aside or {}, omits_empty=omits_empty)
        self._decoders: dict[type, msgspec.json.Decoder[Any]] = {}

    def prepare(self, *kinds: type) -> Self:
        """Derive the forms now. In Lambda, the import of a module has a full core."""
        for kind in kinds:
            self._decoder(kind)
        return self

    def to_bytes(self, value: object) -> bytes:
        """JSON in UTF-8."""
        stored = self._stored(value)
        try:
            return _ENCODER.encode(stored)
        except UnicodeEncodeError:
            return _escaped(stored).encode()

    def to_text(self, value: object) -> str:
        """JSON in ASCII. SQS does not accept every character."""
        stored = self._stored(value)
        try:
            text = _ENCODER.encode(stored).decode()
        except UnicodeEncodeError:
            return _escaped(stored)
        return text if text.isascii() else _escaped(stored)

    def from_json(self, kind: type[_T], data: str | bytes) -> _T:
        """The reverse of `to_bytes` and of `to_text`; raise `InvalidInput`, which names the member that is not valid."""
        return self.loaded(kind, self.decoded(kind, data))

    def to_plain(self, value: object) -> Plain:
        """The members as plain values."""
        plain: Plain = msgspec.to_builtins(self._stored(value), builtin_types=(bytes, datetime), order="deterministic")
        return plain

    def from_plain(self, kind: type[_T], plain: Plain) -> _T:
        """The reverse of `to_plain`; times may be texts. Raise `InvalidInput` as `from_json` does."""
        return self.loaded(kind, converted(plain, self._forms.of(kind).stored))

    def _stored(self, value: object) -> Any:  # noqa: ANN401 - a Struct that was made at run time
        form = self._forms.of(type(value))
        return value if form.store is None else form.store(value)

    def decoded(self, kind: type, data: str | bytes) -> Any:  # noqa: ANN401
        """The Struct of a dataclass. Fields that are stored elsewhere can be set on it before `loaded`."""
        try:
            return self._decoder(kind).decode(data)
        except msgspec.ValidationError as error:
            raise _refusal(error) from error
        except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
            return converted(_parsed(data), self._forms.of(kind).stored)

    def _decoder(self, kind: type) -> msgspec.json.Decoder[Any]:
        if kind not in self._decoders:
            self._decoders[kind] = msgspec.json.Decoder(self._forms.of(kind).stored)
        return self._decoders[kind]

    def loaded(self, kind: type[_T], stored: Any) -> _T:  # noqa: ANN401
        """The dataclass of a Struct."""
        load = self._forms.of(kind).load
        try:
            loaded: _T = stored if load is None else load(stored)
        except Refused as refused:
            raise _not_valid(refused.path, str(refused)) from refused
        return loaded


def converted(plain: Any, kind: Any) -> Any:  # noqa: ANN401
    """Plain values as a type that msgspec knows; raise `InvalidInput`, which names the member that is not valid."""
    try:
        return msgspec.convert(plain, kind, builtin_types=(bytes,))
    except msgspec.ValidationError as error:
        raise _refusal(error) from error
    except UnicodeEncodeError as error:
        message = "The message is not valid: a name has half a surrogate pair."
        raise InvalidInput(message) from error


def _escaped(stored: Any) -> str:  # noqa: ANN401
    return _ESCAPING.encode(msgspec.to_builtins(stored))


def _parsed(data: str | bytes) -> Any:  # noqa: ANN401
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        message = f"The message is no JSON: {error}."
        raise InvalidInput(message) from error


def _refusal(error: msgspec.ValidationError) -> InvalidInput:
    """Msgspec's error as ours, with its path."""
    path = found[1] if (found := _PATH.search(str(error))) else ""
    problem = _PATH.sub("", str(error))
    if missing := _MISSING.match(problem):
        path, problem = f"{path}.{missing[1]}".removeprefix("."), "it is missing"
    return _not_valid(path, problem.replace("`", "")[:_PROBLEM_LENGTH_MAX])


def _not_valid(path: str, problem: str) -> InvalidInput:
    problem = problem[:1].lower() + problem[1:]
    if not path:
        return InvalidInput(f"The message is not valid: {problem}.")
    return InvalidInput(f"The message's {path} is not valid: {problem}.", {path: problem})
