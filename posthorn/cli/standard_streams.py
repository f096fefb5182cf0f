"""Prepares standard input, output and error: a terminal, pipe or service manager may use any encoding, or close them."""

from __future__ import annotations

import codecs
import io
import os
import sys
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping

_ERROR_HANDLER: Final = "posthorn.replace"
_REPLACEMENTS: Final[Mapping[str, str]] = MappingProxyType({"→": ">", "←": "<", "✓": "+", "✗": "!", "…": "~"})
"""For the symbols that this program prints. Each is one character, so that columns stay aligned."""


def prepare() -> None:
    """Make the streams usable.

    Characters that the encoding lacks (ASCII, Latin-1) are written as escape sequences instead of causing an error. A
    stream that is closed (`>&-`) is replaced with /dev/null.
    """
    codecs.register_error(_ERROR_HANDLER, _replace)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - open until the process ends
        elif mode == "w" and isinstance(stream, io.TextIOWrapper) and not _is_unicode(stream.encoding):
            stream.reconfigure(errors=_ERROR_HANDLER)


def discard(stream: TextIO) -> None:
    """Redirect a stream whose reader has gone to /dev/null; else the interpreter reports an error when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_unicode(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith("utf")


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    replaced = (_REPLACEMENTS.get(each) or each.encode("ascii", "backslashreplace").decode() for each in text)
    return "".join(replaced), error.end
