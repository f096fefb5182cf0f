"""Splits JSON into parts and keeps each as it was written.

Receivers must get the producer's numbers, escapes and key order unchanged: ``1.10`` stays ``1.10``, and a number with thirty
digits keeps all of them. Parsing and serializing again does not guarantee that. So a document is split into its members, and
each value is kept as its original text, without the white space between tokens.
"""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Final, NoReturn

from chalicelib.domain.errors import InvalidInput

DEPTH_MAX: Final = 64
_TOKEN_OR_SPACE: Final = re.compile(r'("(?:[^"\\]|\\.)*")|[ \t\r\n]+')
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_STRING_OR_BRACKET: Final = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)
"""Matches a string without an end too. Otherwise the search for the end would start at each quote and be quadratic."""
_UNCARRIED: Final = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
"""Half a surrogate pair, which UTF-8 cannot encode, and the two characters that SQS refuses."""


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is not JSON"
    raise ValueError(message)


def _number_as_written(text: str) -> str:
    """Do not convert numbers. Values are kept as text, and a huge integer would be refused or slow."""
    return text


_DECODER: Final = json.JSONDecoder(
    parse_constant=_refuse_constant, parse_int=_number_as_written, parse_float=_number_as_written, strict=True
)


def members(text: str) -> dict[str, str]:
    """Split a JSON object into key → value as written; raise `InvalidInput` if it is not one, or repeats a key."""
    return dict(_cut(text, "{", "}"))


def require_single_keys(text: str) -> None:
    """Raise `InvalidInput` if a text is not a JSON object, or if an object at any depth repeats a key."""
    members(text)
    _SINGLE_KEYS.decode(text)


def _refuse_repeated(pairs: list[tuple[str, object]]) -> None:
    """Refuse an object with a repeated key. The decoder calls it for each object; the values are ignored."""
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            message = f"The JSON object is not valid: the key {key[:_KEY_LENGTH_MAX]!r} is repeated."
            raise InvalidInput(message)
        seen.add(key)


_KEY_LENGTH_MAX: Final = 100
_SINGLE_KEYS: Final = json.JSONDecoder(
    parse_constant=_refuse_constant,
    parse_int=_number_as_written,
    parse_float=_number_as_written,
    object_pairs_hook=_refuse_repeated,
)


def elements(text: str) -> list[str]:
    """Split a JSON array into its elements as written; raise `InvalidInput` if it is not one."""
    return [value for _, value in _cut(text, "[", "]")]


def compact(text: str) -> str:
    """Remove the white space between tokens, and nothing else."""
    return _TOKEN_OR_SPACE.sub(lambda match: match[1] or "", text)


def quote(text: str) -> str:
    """Serialize a string as JSON, without escaping Unicode."""
    return carriable(json.dumps(text, ensure_ascii=False))


def carriable(text: str) -> str:
    """Escape the few characters that a queue refuses. In a JSON document they can only be in strings."""
    if _is_carried(text):
        return text
    return _UNCARRIED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _is_carried(text: str) -> bool:
    """Whether SQS accepts a text. For nearly all texts this takes a tenth of the time of the regular expression."""
    if text.isascii():
        return True
    if "\ufffe" in text or "\uffff" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _cut(text: str, opening: str, closing: str) -> list[tuple[str, str]]:
    """Split the top level of an object or an array."""
    kind = "object" if opening == "{" else "array"
    _check_depth(text)
    try:
        position = _skip(text, 0)
        if text[position : position + 1] != opening:
            message = f"A JSON {kind} is expected."
            raise InvalidInput(message)
        found, position = _walk(text, _skip(text, position + 1), closing)
        if _skip(text, position) != len(text):
            message = f"There is other text after the JSON {kind}, at character {position}."
            raise InvalidInput(message)
    except IndexError as error:
        message = f"The JSON {kind} ends too early."
        raise InvalidInput(message) from error
    except ValueError as error:
        message = f"The JSON {kind} is not valid: {error}."
        raise InvalidInput(message) from error
    return found


def _walk(text: str, position: int, closing: str) -> tuple[list[tuple[str, str]], int]:
    """Read members until `closing`. Return them with the position after it."""
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    if text[position] == closing:
        return found, position + 1
    while True:
        key = ""
        if closing == "}":
            key, position = _key(text, position)
            if key in seen:
                message = f"the key {key[:_KEY_LENGTH_MAX]!r} is repeated"
                raise ValueError(message)
            seen.add(key)
        _, end = _DECODER.raw_decode(text, position)
        found.append((key, compact(text[position:end])))
        position = _skip(text, end)
        if text[position] == closing:
            return found, position + 1
        position = _expect(text, position, ",")


def _key(text: str, position: int) -> tuple[str, int]:
    """Read ``"key" :``. Return the key and the position of its value."""
    position = _expect(text, position, '"')
    key, position = scanstring(text, position, True)  # noqa: FBT003 - the signature of the standard library
    return key, _expect(text, _skip(text, position), ":")


def _expect(text: str, position: int, character: str) -> int:
    """Skip one character and the white space after it, but no white space after a string's opening quote."""
    if text[position] != character:
        message = f"{character!r} is expected at character {position}"
        raise ValueError(message)
    return position + 1 if character == '"' else _skip(text, position + 1)


def _skip(text: str, position: int) -> int:
    """The position after the white space at `position`."""
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _check_depth(text: str) -> None:
    """Refuse nesting that would exhaust the stack of a recursive parser, here or at the receiver."""
    depth = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        if depth > DEPTH_MAX:
            message = f"The JSON is nested deeper than {DEPTH_MAX} levels."
            raise InvalidInput(message)
