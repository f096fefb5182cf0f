"""Every operation of the service's OpenAPI document has a method, and the method sends its query parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, get_type_hints

import pytest

from posthorn.client import Client
from posthorn.schemas import RecordFilters
from tests.client.document import operations
from tests.client.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Callable

_SPAN: Final = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}
_RECORDS: Final[dict[str, Any]] = dict.fromkeys(get_type_hints(RecordFilters), "x") | {"page_length": 1}
_WEBHOOK: Final[Any] = {"url": "https://x", "name": "x", "notificationType": ["x"]}

METHODS: Final[dict[str, Callable[[Client], object]]] = {
    "GET /webhooks": lambda client: client.webhooks.list(page_length=1),
    "POST /webhooks": lambda client: client.webhooks.create(_WEBHOOK),
    "POST /webhooks/preview": lambda client: client.webhooks.preview(webhook_id="wh_1"),
    "GET /webhooks/{webhook_id}": lambda client: client.webhooks.get("wh_1"),
    "PATCH /webhooks/{webhook_id}": lambda client: client.webhooks.pause("wh_1"),
    "DELETE /webhooks/{webhook_id}": lambda client: client.webhooks.delete("wh_1"),
    "POST /webhooks/{webhook_id}/secret/rotate": lambda client: client.webhooks.rotate("wh_1", overlap_s=0),
    "GET /webhooks/{webhook_id}/stats": lambda client: client.webhooks.stats("wh_1", since=_SPAN["since"]),
    "POST /webhooks/{webhook_id}/test": lambda client: client.webhooks.test("wh_1"),
    "POST /webhooks/{webhook_id}/recover": lambda client: client.webhooks.recover("wh_1", only="all", **_SPAN),
    "GET /webhooks/{webhook_id}/recoveries": lambda client: list(client.webhooks.recoveries("wh_1", page_length=5)),
    "GET /webhooks/{webhook_id}/recoveries/{recovery_id}": lambda client: client.webhooks.recovery("wh_1", "rcv_1"),
    "DELETE /webhooks/{webhook_id}/recoveries/{recovery_id}": lambda client: client.webhooks.stop_recovery("wh_1", "rcv_1"),
    "GET /webhooks/history": lambda client: client.history.summaries(**_RECORDS),
    "GET /webhooks/history/{record_id}": lambda client: client.history.get("rec_1"),
    "GET /webhooks/history/{record_id}/attempts": lambda client: client.history.attempts("rec_1", page_length=1),
    "POST /webhooks/history/{record_id}/expunge": lambda client: client.history.expunge("rec_1"),
    "POST /webhooks/history/retry/{record_id}": lambda client: client.history.retry("rec_1"),
    "POST /notifications": lambda client: client.notifications.send({"notificationType": "x"}),
    "GET /webhooks/actions": lambda client: client.actions.list(page_length=1),
    "GET /webhooks/actions/{name}": lambda client: client.actions.get("x"),
    "PUT /webhooks/actions/{name}": lambda client: client.actions.put("x", {}),
    "DELETE /webhooks/actions/{name}": lambda client: client.actions.delete("x"),
    "GET /users": lambda client: client.users.list(page_length=1),
    "GET /users/{user_id}": lambda client: client.users.get(1),
    "PUT /users/{user_id}": lambda client: client.users.put(1, {"name": "x"}),
    "DELETE /users/{user_id}": lambda client: client.users.delete(1),
    "GET /users/{user_id}/keys": lambda client: client.keys.list(1, page_length=1),
    "POST /users/{user_id}/keys": lambda client: client.keys.create(1, {"name": "x"}),
    "DELETE /users/{user_id}/keys/{key_id}": lambda client: client.keys.revoke(1, "key_1"),
    "GET /audit": lambda client: client.audit.list(webhook_id="wh_1", page_length=1, **_SPAN),
    "GET /queues": lambda client: client.queues(),
    "GET /me": lambda client: client.me(),
    "GET /me/keys": lambda client: client.keys.own(page_length=1),
    "DELETE /me/keys/{key_id}": lambda client: client.keys.revoke_own("key_1"),
    "GET /health": lambda client: client.health(),
}
FOR_BROWSERS: Final = {"GET /openapi.json", "GET /docs", "GET /console", "GET /console/{name}"}
SAME_AS_ANOTHER: Final = {"POST /history/retry/{record_id}"}


@pytest.fixture
def recording() -> Recording:
    return Recording()


def test_every_operation_has_a_method() -> None:
    assert operations().keys() - FOR_BROWSERS - SAME_AS_ANOTHER == METHODS.keys()


@pytest.mark.parametrize("operation", sorted(METHODS))
def test_a_method_requests_its_operation(operation: str, recording: Recording) -> None:
    METHODS[operation](Client(transport=recording))
    method, path, query = recording.requested[0]
    template = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(operation))
    assert re.fullmatch(template, f"{method} {path}")
    assert query == {name for name in _parameters(operation) if name != "cursor"}


def test_an_unknown_filter_of_records_is_refused(recording: Recording) -> None:
    unknown: Any = {"webhook": "wh_1"}
    with pytest.raises(TypeError, match="no filter 'webhook'"):
        Client(transport=recording).history.list(**unknown)
    assert recording.requested == []


def _parameters(operation: str) -> set[str]:
    """The names of an operation's query parameters in the document. Headers are references."""
    parameters = operations()[operation].get("parameters", ())
    return {each["name"] for each in parameters if each.get("in") == "query"}
