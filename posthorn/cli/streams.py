"""Standard input, output and error as a terminal, a pipe or a service manager gives them: any encoding, or closed."""

from __future__ import annotations

import codecs
import io
import os
import sys
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from collections.abc import Mapping

_ERRORS: Final = "posthorn.legible"
_PLAIN: Final[Mapping[str, str]] = MappingProxyType({"→": ">", "←": "<", "✓": "+", "✗": "!", "…": "~"})
"""Our own signs where the encoding has none of them: of one character each, so that columns stay."""


def prepare() -> None:
    """Make the streams fit to be used, whatever they are.

    What an encoding cannot say (ASCII, Latin-1) is written by its number instead of ending the command. A stream that is
    closed (`>&-`) is as good as /dev/null.
    """
    codecs.register_error(_ERRORS, _legible)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - until the process ends
        elif mode == "w" and isinstance(stream, io.TextIOWrapper) and not _is_unicode(stream.encoding):
            stream.reconfigure(errors=_ERRORS)


def give_up(stream: TextIO) -> None:
    """Nobody reads it any more: let what is still written go nowhere, or the interpreter complains at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _is_unicode(encoding: str) -> bool:
    return codecs.lookup(encoding).name.startswith("utf")


def _legible(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    return "".join(_PLAIN.get(each) or each.encode("ascii", "backslashreplace").decode() for each in text), error.end
