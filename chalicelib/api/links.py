"""URLs as the caller knows them: of the next page (RFC 8288), and of the API's root."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from chalice.app import MultiDict

if TYPE_CHECKING:
    from chalice.app import Request

_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?")
_PATH_CHARACTERS: Final = "/%-._~!$&'()*+=:@"


def to_next(request: Request, cursor: str | None) -> dict[str, str]:
    """The `Link` header of the next page; empty on the last page."""
    if cursor is None:
        return {}
    given = request.query_params or MultiDict({})
    others = [(name, value) for name in given if name != "cursor" for value in given.getlist(name)]
    query = urlencode([*others, ("cursor", cursor)])
    return {"Link": f'<{_origin(request)}{_path(request)}?{query}>; rel="next"'}


def root(request: Request) -> str:
    """The path at which the API is mounted, with a slash at the end. A path with empty parts counts as `/`."""
    mounted = _path(request).rstrip("/").split("/")
    own = len(request.path.strip("/").split("/"))
    return "/".join([*mounted[:-own], ""]) if all(mounted[1:]) and not mounted[0] else "/"


def base(request: Request) -> str:
    """The URL to which the API's paths are appended. It has no slash at the end, unless it is only a slash."""
    return (_origin(request) + root(request)).rstrip("/") or "/"


def _path(request: Request) -> str:
    """The path as the caller wrote it: with API Gateway it begins with the stage or the domain's base path."""
    return quote(request.context.get("path") or request.path, safe=_PATH_CHARACTERS)


def _origin(request: Request) -> str:
    """Scheme and host as the caller knows them. If they are not known: empty, so that links are relative."""
    host = request.headers.get("host") or request.context.get("domainName") or ""
    scheme = request.headers.get("x-forwarded-proto", "http").lower()
    if _HOST.fullmatch(host) is None or scheme not in {"http", "https"}:
        return ""
    return f"{scheme}://{host}"
