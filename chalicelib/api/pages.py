"""A page of a list: as many elements as were asked for, or as many as fit an answer; the cursor leads to the rest."""

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
    """An array of the elements that fit (PAGE_BYTES_MAX), and a link to the next page where there is one.

    One element of any size makes a page: without it, nobody would get past it.

    Args:
        call: the request.
        listing: the list that the cursor belongs to.
        elements: each with the position to read on after it, and its JSON; only those that fit are drawn.
        rest: the position to read on from after all of them; ``None`` at the end of the list.

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
