"""Static files: the console, and the description of the API.

They are text, so that API Gateway can compress them. A file with a digest in its name never changes and may be cached
forever. Other files are validated each time.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chalice.app import Response

from chalicelib.api import links
from chalicelib.domain.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalice.app import Request

FOLDER: Final = Path(__file__).parent.parent / "web"
"""`make console` and `make openapi` write it. It is in the repository, and CI checks that it matches its sources."""

_ASSET: Final = re.compile(r"[a-z]+-[A-Z0-9]{8}\.(?:js|css|svg)")
"""The names that the bundler makes: a name, a digest of the content, and a type."""
_TYPES: Final = MappingProxyType({
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
})  # fmt: skip
ASSET_MEDIA_TYPES: Final = tuple(_TYPES[suffix].partition(";")[0] for suffix in (".css", ".js", ".svg"))
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
"""Nothing from another host, nothing inline, and no text that becomes markup (w3.org/TR/CSP3, w3.org/TR/trusted-types)."""
_PAGE_HEADERS: Final = MappingProxyType({
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
})  # fmt: skip
_ROOT: Final = "{{root}}"
"""A page has it in place of the path at which the API is mounted."""


def page(request: Request, name: str) -> Response:
    """A page with the path at which the API is mounted: API Gateway's stage, or the root."""
    text = (FOLDER / name).read_text("utf-8").replace(_ROOT, html.escape(links.root(request)))
    return _answer(name, text, {"Cache-Control": _ASK_AGAIN, **_PAGE_HEADERS})


def asset(name: str) -> Response:
    """A file with a digest in its name; raise `NotFound` if it does not exist."""
    if _ASSET.fullmatch(name) is None or not (FOLDER / name).is_file():
        message = f"There is no file {name[:100]!r}. The console may have been updated: reload the page."
        raise NotFound(message)
    return _answer(name, (FOLDER / name).read_text("utf-8"), {"Cache-Control": _FOR_GOOD})


def document(request: Request, name: str, changes: Mapping[str, str]) -> Response:
    """A JSON file with a fixed name; 304 if the caller has the current version (RFC 9110, 13.1.2).

    Args:
        request: the request.
        name: of the file.
        changes: strings to replace. Each is in the file once.

    """
    text = (FOLDER / name).read_text("utf-8")
    for kept, served in changes.items():
        text = text.replace(json.dumps(kept), json.dumps(served), 1)
    headers = {"Cache-Control": _ASK_AGAIN, "ETag": f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'}
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response("", {**headers}, int(HTTPStatus.NOT_MODIFIED))
    return _answer(name, text, headers)


def _answer(name: str, text: str, headers: dict[str, str]) -> Response:
    return Response(text, {"Content-Type": _TYPES[Path(name).suffix], **headers}, int(HTTPStatus.OK))
