"""Regular expressions in linear time: those of Rust's `regex`, which is part of pydantic.

The patterns of a schema are those of ECMA-262. They are translated if the two differ in meaning: digits, word characters and
word boundaries are ASCII, a dot does not match a line separator, and `[`, `&&`, `--`, `~~` have no meaning in a class.
What the engine does not support is refused: look-around, back-references, possessive and doubled quantifiers.

The size of a pattern is estimated before it is compiled, with repetitions expanded: `(a{100}){100}` is 10,000 characters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.notifications.json_schema.work import Work

    Matches = Callable[[Work, str], bool]

SIZE_MAX: Final = 20_000
"""States of an expanded pattern: about one for an ASCII character, and more for others."""
_ANY: Final = 8
"""States of a dot, a negated class or a class that is not only ASCII: a character of UTF-8 has one to four bytes."""
_PROPERTY: Final = 100
"""States of a Unicode property, which has hundreds of ranges."""
_QUANTIFIER: Final = 3
_SEARCH: Final = 24
_COMPILE: Final = 1_500
_COMPILE_A_STATE: Final = 16
_STEPS_A_UNIT_SHIFT: Final = 5
_LENGTH_A_UNIT_SHIFT: Final = 8
_TOKEN: Final = re.compile(
    r"""
    (?P<quantifier>(?:[*+?]|\{(?P<least>\d+)(?P<comma>,(?P<most>\d*))?\})(?P<lazy>\??))
    | (?P<open>\((?:\?(?:P?<(?![=!])\w+>|[imsUuxR-]*[:)]|.))?)
    | (?P<close>\))
    | (?P<property>\\[pP](?:\{[^}]*\}|.))
    | (?P<control>\\c[A-Za-z])
    | (?P<escape>\\.)
    | (?P<any>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_FLAGS: Final = re.compile(r"\(\?[ims]*(-[ims]+)?[:)]|\(\?P?<\w+>|\(")
_SPACES: Final = r"\t\n\x0b\x0c\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_OUTSIDE: Final = {
    r"\s": f"[{_SPACES}]",
    r"\S": f"[^{_SPACES}]",
    r"\d": "[0-9]",
    r"\D": "[^0-9]",
    r"\w": "[0-9A-Za-z_]",
    r"\W": "[^0-9A-Za-z_]",
    r"\b": r"(?-u:\b)",
    r"\B": r"(?-u:\B)",
    r"\0": r"\x00",
}
_INSIDE: Final = {
    r"\s": _SPACES,
    r"\S": f"[^{_SPACES}]",
    r"\d": "0-9",
    r"\D": "[^0-9]",
    r"\w": "0-9A-Za-z_",
    r"\W": "[^0-9A-Za-z_]",
    r"\b": r"\x08",
    r"\0": r"\x00",
    "[": r"\[",
    "&": r"\&",
    "~": r"\~",
}
_DOT: Final = r"[^\n\r\u2028\u2029]"
_WIDE: Final = frozenset({".", r"\s", r"\S", r"\D", r"\W"})


class InvalidPattern(Exception):
    """A pattern that cannot be used; the message says why."""


class _Translated(NamedTuple):
    text: str
    size: int


def matcher(pattern: str, work: Work) -> Matches:
    """A function that searches a text for the pattern and spends units for it; raise `InvalidPattern`."""
    from pydantic_core import SchemaError, SchemaValidator  # noqa: PLC0415 - only if a schema has a pattern

    work.spend(_COMPILE + 4 * len(pattern))
    translated = _translated(pattern)
    work.spend(_COMPILE_A_STATE * translated.size)
    try:
        engine = SchemaValidator({"type": "str", "pattern": translated.text, "regex_engine": "rust-regex"})
    except SchemaError as error:
        raise InvalidPattern(_complaint(str(error))) from error
    size, find = _SEARCH + translated.size, engine.isinstance_python

    def matches(work: Work, text: str) -> bool:
        length = len(text)
        work.spend(2 + (length >> _LENGTH_A_UNIT_SHIFT) + (length * size >> _STEPS_A_UNIT_SHIFT))
        return find(text)

    return matches


def _complaint(error: str) -> str:
    found = re.search(r"error: (.+)", error)
    return found[1] if found else "it is too large once its repetitions are expanded"


class _Group:
    """The size of a group in parentheses, and of its last part."""

    def __init__(self) -> None:
        self.total = 0
        self.last = 0

    def add(self, size: int) -> None:
        self.total += size
        self.last = size

    def extend(self, size: int) -> None:
        self.total += size
        self.last += size

    def repeat(self, times: int) -> None:
        self.total += self.last * (max(times, 1) - 1)
        self.last *= max(times, 1)


class _Translator:
    def __init__(self) -> None:
        self._parts: list[str] = []
        self._groups = [_Group()]
        self._is_repeated = False

    def of(self, pattern: str) -> _Translated:
        at = 0
        while at < len(pattern):
            at = self._class(pattern, at) if pattern[at] == "[" else self._token(pattern, at)
            if self._groups[-1].total > SIZE_MAX:
                message = f"it is larger than {SIZE_MAX} states once its repetitions are expanded"
                raise InvalidPattern(message)
        return _Translated("".join(self._parts), 1 + sum(group.total for group in self._groups))

    def _token(self, pattern: str, at: int) -> int:
        found = _TOKEN.match(pattern, at)
        if found is None:
            message = "it cannot be parsed"
            raise InvalidPattern(message)
        text, kind = found[0], str(found.lastgroup)
        if found["quantifier"]:
            self._quantifier(found)
            return found.end()
        self._is_repeated = False
        if found["open"]:
            self._open(text)
        elif found["close"]:
            self._close()
        elif found["control"]:
            self._atom(f"\\x{ord(text[2]) % 32:02x}", 1)
        else:
            self._atom(_DOT if text == "." else _OUTSIDE.get(text, text), _size(text, kind))
        return found.end()

    def _atom(self, text: str, size: int) -> None:
        self._parts.append(text)
        self._groups[-1].add(size)

    def _quantifier(self, found: re.Match[str]) -> None:
        if self._is_repeated:
            message = f"a quantifier after a quantifier ({found[0]}) is not supported"
            raise InvalidPattern(message)
        self._is_repeated = True
        self._parts.append(found[0])
        self._groups[-1].extend(_QUANTIFIER)
        if found["least"]:
            self._groups[-1].repeat(min(max(int(found["least"][:6]), int((found["most"] or "0")[:6])), SIZE_MAX + 1))

    def _open(self, text: str) -> None:
        if not _FLAGS.fullmatch(text):
            message = f"{text} is not supported: look-around, back-references and other group extensions cannot be used"
            raise InvalidPattern(message)
        self._parts.append(text)
        if not (text.startswith("(?") and text.endswith(")")):
            self._groups.append(_Group())

    def _close(self) -> None:
        if len(self._groups) == 1:
            message = "a closing parenthesis has no opening one"
            raise InvalidPattern(message)
        inner = self._groups.pop()
        self._atom(")", inner.total + 1)

    def _class(self, pattern: str, at: int) -> int:
        """Translate a class in brackets; return the position after it."""
        self._is_repeated = False
        begin = at + (2 if pattern.startswith("[^", at) else 1)
        parts, sizes, at = [pattern[at:begin]], [1 if begin - at == 1 else _ANY], begin
        while at < len(pattern) and pattern[at] != "]":
            found = _TOKEN.match(pattern, at) if pattern[at] == "\\" else None
            text = found[0] if found else pattern[at]
            parts.append(_in_class(text, is_last=parts[-1] == "-"))
            sizes.append(_size(text, found.lastgroup if found else None, ascii_size=0))
            at += len(text)
        if at >= len(pattern):
            message = "a class in brackets is not closed"
            raise InvalidPattern(message)
        self._atom("".join(parts) + "]", sum(sizes))
        return at + 1


def _in_class(text: str, *, is_last: bool) -> str:
    if text.startswith("\\c") and len(text) > len(r"\c"):
        return f"\\x{ord(text[2]) % 32:02x}"
    if text == "-" and is_last:
        return r"\-"  # in Rust, "--" is the difference of two sets
    return _INSIDE.get(text, text)


def _size(text: str, kind: str | None, ascii_size: int = 1) -> int:
    if kind == "property":
        return _PROPERTY
    if text in _WIDE or not text.isascii():
        return _ANY
    return ascii_size


def _translated(pattern: str) -> _Translated:
    return _Translator().of(pattern)
