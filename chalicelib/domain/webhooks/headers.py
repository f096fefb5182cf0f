"""Custom headers that an owner adds to the requests of a webhook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import InvalidInput, RefusedHeader
from chalicelib.domain.notifications import depth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.delivery.attempt import Headers

USER_AGENT: Final = "Posthorn/1"
"""The default user agent."""
USER_AGENT_LENGTH_MAX: Final = 128
ACCEPT: Final = ("accept", "*/*")
"""Sent by default, since some receivers refuse a request without it. An owner may set another value."""
MASK: Final = "***"
"""Replaces values that may be secrets in the history."""

COUNT_MAX: Final = 20
NAME_LENGTH_MAX: Final = 128
VALUE_LENGTH_MAX: Final = 4_096

RESERVED: Final = frozenset(
    {
        "accept-encoding",  # the response is kept as received
        "connection",
        "content-encoding",
        "content-length",
        "content-type",  # describes the body that the service sends
        "cookie",
        "expect",
        "forwarded",
        "host",  # would address another host at the same IP address
        "keep-alive",
        depth.HEADER,
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "via",
    }
)
RESERVED_PREFIXES: Final = ("webhook-", "proxy-", "sec-", "x-forwarded-", ":")

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""RFC 9110, 5.6.2."""
_VALUE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?")
"""RFC 9110, 5.5, without obs-text: receivers decode non-ASCII bytes differently."""


def validated(headers: Mapping[str, str]) -> Headers:
    """The headers, with names in lower case; raise `RefusedHeader` with each that may not be sent.

    Values are never part of a message, since they may be secrets.
    """
    if len(headers) > COUNT_MAX:
        message = f"A webhook may have at most {COUNT_MAX} headers of its own."
        raise RefusedHeader(message, {"headers": f"more than {COUNT_MAX}"})
    problems = {f"headers.{name}": problem for name, value in headers.items() if (problem := _problem(name, value))}
    checked = {name.lower(): value for name, value in headers.items()}
    if len(checked) < len(headers):
        problems["headers"] = "two names differ only in case"
    if problems:
        message = "A header cannot be sent: " + "; ".join(sorted(set(problems.values()))) + "."
        raise RefusedHeader(message, problems)
    return tuple(checked.items())


def replaced(changed: Mapping[str, str | None], current: Headers) -> Headers:
    """The headers that replace `current`; ``None`` keeps the current value.

    Raises `RefusedHeader` if there is no current value, or if a header may not be sent.
    """
    values = dict(current)
    absent = [name for name, value in changed.items() if value is None and name.lower() not in values]
    if absent:
        message = f"The header {absent[0][:NAME_LENGTH_MAX]!r} has no value to keep. Send one."
        raise RefusedHeader(message, {f"headers.{name}": "there is no value to keep" for name in absent})
    return validated({name: values[name.lower()] if value is None else value for name, value in changed.items()})


def masked(headers: Headers) -> Headers:
    """Headers as the history keeps them. Values may be secrets, except those of reserved names and `ACCEPT`."""
    return tuple((name, value if _is_public(name, value) else MASK) for name, value in headers)


def have_secrets(headers: Headers) -> bool:
    """Whether a request has a header that may be a secret, which `masked` would hide."""
    return any(not _is_public(name, value) for name, value in headers)


def require_sendable(headers: Headers) -> None:
    """Raise `InvalidInput` if a name or a value could inject something into the request."""
    if any(_TOKEN.fullmatch(name) is None or (value and not is_value(value)) for name, value in headers):
        message = "A header of the request cannot be sent: its name or value has characters that are not allowed."
        raise InvalidInput(message)


def is_value(text: str) -> bool:
    """Whether a text can be sent as a header's value."""
    return _VALUE.fullmatch(text) is not None


def _is_public(name: str, value: str) -> bool:
    return _is_reserved(name) or (name, value) == ACCEPT


def _problem(name: str, value: str) -> str | None:
    if len(name) > NAME_LENGTH_MAX or _TOKEN.fullmatch(name) is None:
        return f"a name must have 1 to {NAME_LENGTH_MAX} letters, digits or -"
    if _is_reserved(name):
        return "the name is reserved for the service"
    if len(value) > VALUE_LENGTH_MAX or not is_value(value):
        return f"a value must have 1 to {VALUE_LENGTH_MAX:,} printable ASCII characters, with no space around it"
    return None


def _is_reserved(name: str) -> bool:
    return name.lower() in RESERVED or name.lower().startswith(RESERVED_PREFIXES)
