"""The first event of every function, and an AWS on loopback that answers it: it knows one webhook, and one admin's key."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

from benchmarks.cost import gateway
from benchmarks.cost.town import ADMIN_KEY, webhook
from chalicelib.adapters.dynamodb import directory_item, webhook_item
from chalicelib.background import tasks
from chalicelib.background.tasks import Task, WriteRecord
from chalicelib.codec import messages
from chalicelib.domain.directory import users
from chalicelib.domain.directory.users import ApiKey, Role
from tests.contracts import samples
from tests.workers.events import scheduled_event, sqs_event

if TYPE_CHECKING:
    from collections.abc import Iterator

DIRECTORY: Final = "DIRECTORY_TABLE"
WEBHOOKS: Final = "WEBHOOKS_TABLE"
_NOTIFICATION: Final = '{"notificationType":"modelCreated","global":true,"data":{"name":"Sales"}}'
_NOTHING: Final[dict[str, Any]] = {}
_ANSWERS: Final[dict[str, Any]] = {
    "Query": {"Items": [], "Count": 0},
    "SendMessageBatch": {"Successful": [], "Failed": []},
    "UpdateItem": {"Attributes": {}},
}
"""By operation; all others are answered with nothing."""


class Aws(ThreadingHTTPServer):
    """DynamoDB, SQS and a receiver of webhooks at one address."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.url: Final = f"http://127.0.0.1:{self.server_port}"
        self._webhook = webhook(1, url=f"{self.url}/hook", notification_type="modelCreated", is_global=True)

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """What an operation is answered: tables have the names of their settings."""
        if operation == "GetItem" and asked["TableName"] == DIRECTORY:
            return {"Item": directory_item.encode_key(_key())}
        if operation == "BatchGetItem":
            return {"Responses": {name: self._items(name) for name in asked["RequestItems"]}}
        found: dict[str, Any] = _ANSWERS.get(operation, _NOTHING)
        return found

    def _items(self, table: str) -> list[Any]:
        return [webhook_item.encode(self._webhook)] if table == WEBHOOKS else []

    def events(self) -> dict[str, dict[str, Any]]:
        """The first event by function."""
        attempt = messages.attempt_to_text(samples.attempt(self._webhook.id))
        return {
            "Notify": sqs_event("notifications", _NOTIFICATION),
            "Deliver": sqs_event("deliveries", attempt),
            "DeliverSlow": sqs_event("slow-deliveries", attempt),
            "Background": sqs_event("background", tasks.to_text(Task(WriteRecord(samples.record(self._webhook.id))))),
            "Schedule": scheduled_event(),
            "APIHandler": gateway.event("GET", "/webhooks", ADMIN_KEY),
        }


@contextmanager
def aws() -> Iterator[Aws]:
    """An AWS that answers, in threads of this process."""
    server = Aws()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Request(BaseHTTPRequestHandler):
    server: Aws
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer a request to AWS by its operation, and a receiver's with nothing."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = (self.headers.get("X-Amz-Target") or "").rpartition(".")[2]
        body = json.dumps(self.server.answer(operation, asked)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _key() -> ApiKey:
    return ApiKey(
        id=users.key_id(ADMIN_KEY),
        digest=users.digest(ADMIN_KEY),
        user_id="900",
        role=Role.ADMIN,
        groups=(),
        name="benchmark",
        rights=frozenset({users.Right.ALL}),
        created_at=samples.AT,
    )
