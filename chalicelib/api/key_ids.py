"""Ids of API keys in paths."""

from __future__ import annotations

import re
from typing import Final

from chalicelib.domain.directory.users import KEY_ID_PREFIX
from chalicelib.domain.errors import KeyNotFound

_KEY_ID: Final = re.compile(rf"{KEY_ID_PREFIX}[0-9a-f]{{1,64}}")


def read(given: str) -> str:
    """The id; raise `KeyNotFound` if no key can have it."""
    if _KEY_ID.fullmatch(given) is None:
        message = "No key has such an id. GET /users/{id}/keys and GET /me/keys list the ids."
        raise KeyNotFound(message)
    return given
