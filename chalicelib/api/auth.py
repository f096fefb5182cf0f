"""Who is asking: the one place that reads the ``Authorization`` header."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalice.app import Request

    from chalicelib.bootstrap import House
    from chalicelib.domain.directory import Caller


def authenticate(request: Request, house: House) -> Caller:
    """The caller behind the key in the header; raise `NotAuthenticated` where there is none."""
    return house.directory.authenticate(request.headers.get("authorization"))
