"""Hooks of schemathesis: the ids of existing objects, and the requests that it may not make, each with a reason.

It runs in a process of its own, which finds these hooks by SCHEMATHESIS_HOOKS. CONFORMING_KEY is the admin's key.
CONFORMING_IDS maps, as JSON, the ids in the examples of the document to ids of existing objects: one, or several that are
used in turn.
"""

from __future__ import annotations

import itertools
import json
import os
from typing import TYPE_CHECKING, Any, Final

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData

from chalicelib.domain.directory import users
from chalicelib.domain.errors import PosthornError
from chalicelib.domain.webhooks import urls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis import Case, HookContext, Response
    from schemathesis.core.failures import Failure

_NOBODY: Final = "http://127.0.0.1:9/"
"""The discard port of this machine, so that no request and no name lookup leaves it."""
_URLS: Final = {"url", "tokenUrl"}
_BODY_OPTIONAL: Final = {"POST /webhooks/{webhook_id}/test", "POST /webhooks/{webhook_id}/secret/rotate"}
_OWN_KEY_ID: Final = users.key_id(os.environ["CONFORMING_KEY"])
_IDS: Final[dict[str, Iterator[str]]] = {
    name: itertools.cycle(ids) for name, ids in json.loads(os.environ["CONFORMING_IDS"]).items()
}


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], kwargs: dict[str, Any]) -> None:  # noqa: ARG001 - its signature
    """Keep requests on this machine, do not delete what the run needs, and use ids of existing objects.

    A webhook to any other address would be looked up and called. After the key is deleted everything would be 401, and after
    the webhook is deleted most requests 404.
    """
    case.body = _kept_here(case.body)
    for name, value in case.path_parameters.items():
        if case.operation.label != "DELETE /webhooks/{webhook_id}":
            case.path_parameters[name] = next(_IDS[value]) if value in _IDS else value
        if case.method == "DELETE" and value == _OWN_KEY_ID:
            case.path_parameters[name] = "key_0"


@schemathesis.hook
def filter_failure(context: HookContext, failure: Failure, case: Case[Any], response: Response) -> bool:  # noqa: ARG001
    """An optional body that is left out is valid, although it is reported as invalid data."""
    return not (
        isinstance(failure, AcceptedNegativeData) and case.operation.label in _BODY_OPTIONAL and not response.request.body
    )


def _kept_here(value: Any) -> Any:  # noqa: ANN401 - whatever was generated
    if isinstance(value, list):
        return [_kept_here(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {key: _here(each) if key in _URLS else _kept_here(each) for key, each in value.items()}


def _here(value: Any) -> Any:  # noqa: ANN401 - whatever was generated
    """An address on which nothing listens, in place of any that can be called. Invalid ones are kept, to be refused."""
    try:
        urls.parse(value)
    except (PosthornError, TypeError, AttributeError):
        return _kept_here(value)
    return _NOBODY
