"""Errors on the wire, as `chalicelib.api.errors` and `chalicelib.api.partial` write them."""

from chalicelib.api.wire.model import Described, left_out


class ErrorDetail(Described):
    """What was wrong: `code` is for programs and stays, `message` is for people, `fields` leads to the places."""

    code: str
    message: str
    fields: dict[str, str] | None = left_out()


class ErrorOut(Described):
    """An error."""

    error: ErrorDetail


class ElementError(ErrorDetail):
    """Why an element of the request was refused; `index` is its place in it, from 0."""

    index: int
