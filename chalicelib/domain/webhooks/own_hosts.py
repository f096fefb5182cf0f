"""The service's own hosts. A webhook to one of them would send notifications round in a circle."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import RefusedUrl
from chalicelib.domain.webhooks import urls

if TYPE_CHECKING:
    from collections.abc import Iterable

_API_ID: Final = re.compile(r"[a-z0-9]+")
_PROBLEM: Final = "its host is the service itself"


def require_foreign(url: str, own: Iterable[str]) -> None:
    """Raise `RefusedUrl` for a URL of one of the service's own hosts.

    Args:
        url: one that `urls.parse` accepts.
        own: hosts. With a port (``localhost:8000``) only that port is meant, without one every port. ``id.execute-api.``
            means every name that Amazon API Gateway has for the API of that id.

    """
    parsed = urls.parse(url)
    if any(_is(parsed, each) for each in own):
        message = f"The URL is refused: {_PROBLEM}. The webhook would send notifications round in a circle."
        raise RefusedUrl(message, {"url": _PROBLEM})


def of_gateway(api_id: str | None) -> str | None:
    """The entry for all names of an API of Amazon API Gateway, also those for VPC endpoints."""
    if api_id is None or _API_ID.fullmatch(api_id) is None:
        return None
    return f"{api_id}.execute-api."


def _is(parsed: urls.ReceiverUrl, own: str) -> bool:
    if own.endswith(".execute-api."):
        first, _, rest = parsed.host.partition(".")
        return rest.startswith("execute-api.") and re.split("-vpce-", first)[0] == own.partition(".")[0]
    host, port = _split(own.lower())
    return parsed.host == host and port in {None, parsed.port}


def _split(own: str) -> tuple[str, int | None]:
    """A host without brackets, and the port if there is one."""
    match = re.fullmatch(r"\[?([^\[\]]*?)\]?(?::([0-9]{1,5}))?", own)
    if match is None:
        return own, None
    return match[1], int(match[2]) if match[2] else None
