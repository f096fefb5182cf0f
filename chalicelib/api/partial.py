"""Requests with several elements. Each is accepted or refused separately."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from chalicelib.api import answers, errors, sizes
from chalicelib.domain.errors import InvalidInput, PosthornError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalice.app import Response
    from pydantic import BaseModel

Taken = TypeVar("Taken")
_BRIEF_LENGTH_MAX: Final = 100
"""For messages, if a thousand of them do not fit into a response otherwise."""
_FRAME_BYTES_MAX: Final = 300_000
"""The error of the whole request, with twenty fields of characters that take 14 bytes each, and the names of the members."""


class Results(Generic[Taken]):
    """The result of each element, in the order of the request.

    Args:
        key: the member of the body that has the elements; empty if the body is the only element.
        results: for each element its result, or the error.

    """

    def __init__(self, key: str, results: Sequence[Taken | PosthornError]) -> None:
        self._key = key
        self._taken: list[tuple[int, Taken]] = []
        self._refused: list[tuple[int, PosthornError]] = []
        for index, result in enumerate(results):
            if isinstance(result, PosthornError):
                self._refused.append((index, result))
            else:
                self._taken.append((index, result))

    def answer(self, status: HTTPStatus, key: str, model_of: Callable[[int, Taken], BaseModel]) -> Response:
        """The response, with the accepted elements under `key` and the errors under ``errors``.

        If no element was accepted, there is an ``error`` as well. The status is that of all errors, or 400 if they differ.
        """
        models = ",".join(model_of(index, taken).model_dump_json() for index, taken in self._taken)
        problems = self._problems(sizes.BODY_BYTES_MAX - sizes.quoted(models) - _FRAME_BYTES_MAX)
        text = f'"{key}":[{models}],"errors":{problems}'
        if self._taken:
            return answers.json_text(status, f"{{{text}}}")
        shared = {errors.status_of(error) for _, error in self._refused}
        status = shared.pop() if len(shared) == 1 else HTTPStatus.BAD_REQUEST
        return answers.json_text(status, f'{{"error":{json.dumps(self._summary())},{text}}}', errors.headers_of(status))

    def _problems(self, room_bytes: int) -> str:
        """The errors of elements. If they do not all fit, they have no fields, or short messages."""
        whole = [{"index": index, **self._detail(index, error)} for index, error in self._refused]
        without_fields = [{key: each[key] for key in ("index", "code", "message")} for each in whole]
        brief = [each | {"message": each["message"][:_BRIEF_LENGTH_MAX]} for each in without_fields]
        texts = map(json.dumps, (whole, without_fields))
        return next((text for text in texts if sizes.quoted(text) <= room_bytes), None) or json.dumps(brief)

    def _detail(self, index: int, error: PosthornError) -> dict[str, Any]:
        return errors.detail(error.code, error.message, self._fields(index, error))

    def _fields(self, index: int, error: PosthornError) -> dict[str, str]:
        """The error's fields by their path from the root of the body."""
        prefix = f"{self._key}.{index}." if self._key else ""
        return {f"{prefix}{name}": problem for name, problem in error.fields.items()}

    def _summary(self) -> dict[str, Any]:
        index, first = self._refused[0]
        if len(self._refused) == 1:
            return self._detail(index, first)
        codes = {error.code for _, error in self._refused}
        fields = {name: problem for number, error in self._refused for name, problem in self._fields(number, error).items()}
        message = f"All {len(self._refused)} elements were refused; 'errors' has the reasons. The first: {first.message}"
        return errors.detail(first.code if len(codes) == 1 else InvalidInput.code, message, fields)
