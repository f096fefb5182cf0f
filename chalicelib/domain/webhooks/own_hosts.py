"""The service's own hosts. A webhook to one of them would create a loop of notifications."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from chalicelib.domain.errors import RefusedUrl
from chalicelib.domain.webhooks import urls

if TYPE_CHECKING:
    from collections.abc import Iterable

_API_ID: Final = re.compile(r"[a-z0-9]+")
_PROBLEM: Final = "its host is the service itself"


def require_foreign(url: str, own_hosts: Iterable[str]) -> None:
    """Raise `RefusedUrl` if a URL points at one of the service's own hosts.

    Args:
        url: a URL that `urls.parse` accepts.
        own_hosts: hosts with a port (``localhost:8000``), or without one for every port. ``id.execute-api.`` means every
            name that Amazon API Gateway has for the API with that id.

    """
    parsed = urls.parse(url)
    if any(_matches(parsed, each) for each in own_hosts):
        message = f"The URL is refused: {_PROBLEM}. A webhook there would create a loop of notifications."
        raise RefusedUrl(message, {"url": _PROBLEM})


def of_gateway(api_id: str | None) -> str | None:
    """The entry for all names of an API of Amazon API Gateway, including those of VPC endpoints."""
    if api_id is None or _API_ID.fullmatch(api_id) is None:
        return None
    return f"{api_id}.execute-api."


def _matches(parsed: urls.ReceiverUrl, own_host: str) -> bool:
    if own_host.endswith(".execute-api."):
        first, _, rest = parsed.host.partition(".")
        return rest.startswith("execute-api.") and re.split("-vpce-", first)[0] == own_host.partition(".")[0]
    host, port = _split(own_host.lower())
    return parsed.host == host and port in {None, parsed.port}


def _split(own_host: str) -> tuple[str, int | None]:
    """A host without brackets, and the port if there is one."""
    match = re.fullmatch(r"\[?([^\[\]]*?)\]?(?::([0-9]{1,5}))?", own_host)
    if match is None:
        return own_host, None
    return match[1], int(match[2]) if match[2] else None
