"""Pages of lists: as many items as were requested, or as fit into a response. The cursor leads to the next page."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from chalicelib.api import answers, cursors, links, sizes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalice.app import Response

    from chalicelib.api.cursors import Listing
    from chalicelib.api.views import Call


def answer(call: Call[Any], listing: Listing, elements: Iterable[tuple[str, str]], rest: str | None) -> Response:
    """An array of the items that fit (PAGE_BYTES_MAX), and a link to the next page if there is one.

    A page has at least one item, of any size: otherwise no page would come after it.

    Args:
        call: the request.
        listing: the list that the cursor belongs to.
        elements: each with its JSON, and the position after it. Only those that fit are taken.
        rest: the position after all of them; ``None`` at the end of the list.

    """
    room_bytes, texts, position = call.services.settings.page_bytes_max, list[str](), rest
    for after, text in elements:
        room_bytes -= sizes.quoted(text)
        if room_bytes < 0 and texts:
            rest = position
            break
        texts.append(text)
        position = after
    cursor = cursors.encode(listing, rest) if rest is not None else None
    return answers.json_text(HTTPStatus.OK, f"[{','.join(texts)}]", links.to_next(call.request, cursor))
