"""Errors in responses. `chalicelib.api.errors` and `chalicelib.api.partial` write them."""

from chalicelib.api.wire.model import Described, left_out


class ErrorDetail(Described):
    """An error: `code` is for programs and does not change, `message` is for people, `fields` names the invalid members."""

    code: str
    message: str
    fields: dict[str, str] | None = left_out()


class ErrorOut(Described):
    """The body of an error response."""

    error: ErrorDetail


class ElementError(ErrorDetail):
    """Why an element of the request was refused; `index` is its position in the request, from 0."""

    index: int
