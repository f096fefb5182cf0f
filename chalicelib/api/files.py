"""Files that are served as they are: the console, and what describes the API.

They are text, so that API Gateway can compress them. A file whose name carries a digest of its content never changes and may
be kept for good; any other is asked for again each time.
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
"""What `make console` and `make openapi` write; it is in the repository, and CI proves that it matches its sources."""

_ASSET: Final = re.compile(r"[a-z]+-[A-Z0-9]{8}\.(?:js|css|svg)")
"""The bundler's names: what it is, a digest of its content, and its type."""
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
"""Stands in a page for the path that the API is mounted at."""


def page(request: Request, name: str) -> Response:
    """A page, told where the API is mounted: behind API Gateway below the stage, else at the top."""
    text = (FOLDER / name).read_text("utf-8").replace(_ROOT, html.escape(links.root(request)))
    return _answer(name, text, {"Cache-Control": _ASK_AGAIN, **_PAGE_HEADERS})


def asset(name: str) -> Response:
    """A file whose name changes with its content; raise `NotFound` where there is none."""
    if _ASSET.fullmatch(name) is None or not (FOLDER / name).is_file():
        message = f"There is no file {name[:100]!r}; a newer version of the console may have taken its place: load it again."
        raise NotFound(message)
    return _answer(name, (FOLDER / name).read_text("utf-8"), {"Cache-Control": _FOR_GOOD})


def document(request: Request, name: str, changes: Mapping[str, str]) -> Response:
    """A file of JSON under a name that stays; 304 if the caller has it already (RFC 9110, 13.1.2).

    Args:
        request: what asks for it.
        name: the file's.
        changes: strings that take the place of others; each stands once in the file.

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
