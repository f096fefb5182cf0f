"""Cold starts: each function's handler, environment and first event, and an AWS on loopback that answers.

This AWS knows one webhook and one admin's key.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final

from chalicelib.adapters.dynamodb import directory_item, webhook_item
from chalicelib.background import tasks
from chalicelib.background.tasks import Task, WriteRecord
from chalicelib.codec import messages
from chalicelib.domain.delivery import signing
from chalicelib.domain.directory import users
from chalicelib.domain.directory.users import ApiKey, Role
from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS
from testbed import gateway, samples
from testbed.events import scheduled_event, sqs_event

if TYPE_CHECKING:
    from collections.abc import Iterator

DIRECTORY: Final = "DIRECTORY_TABLE"
WEBHOOKS: Final = "WEBHOOKS_TABLE"
HANDLERS: Final = {
    "Notify": "chalicelib.workers.notify.notify",
    "Deliver": "chalicelib.workers.deliver.deliver",
    "DeliverSlow": "chalicelib.workers.deliver.deliver_slow",
    "Background": "chalicelib.workers.background.background",
    "Schedule": "chalicelib.workers.schedule.schedule",
    "APIHandler": "app.app",
}
"""By function of `infra/template/functions.json`: what Lambda calls."""
ADMIN_KEY: Final = users.new_key(b"k" * 32)
_NOTIFICATION: Final = '{"notificationType":"modelCreated","global":true,"data":{"name":"Sales"}}'
_NOTHING: Final[dict[str, Any]] = {}
_ANSWERS: Final[dict[str, Any]] = {
    "Query": {"Items": [], "Count": 0},
    "SendMessageBatch": {"Successful": [], "Failed": []},
    "UpdateItem": {"Attributes": {}},
}
"""By operation. All other responses are empty."""


class Aws(ThreadingHTTPServer):
    """DynamoDB, SQS and a receiver of webhooks at one address."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.url: Final = f"http://127.0.0.1:{self.server_port}"
        self._webhook = samples.webhook(
            url=f"{self.url}/hook",
            notification_types=("modelCreated",),
            is_global=True,
            groups=(),
            secrets=(signing.new_secret(bytes(32)),),
        )

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """The response to an operation. Tables have the names of their settings."""
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
    """Run an AWS in threads of this process."""
    server = Aws()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def environment(name: str, aws: Aws) -> dict[str, str]:
    """The variables that Lambda and the deployment set (docs.aws.amazon.com, "Defined runtime environment variables")."""
    places = {each: f"{aws.url}/queue" if each.endswith("_URL") else each for each in ENVIRONMENT_OF_LOCATIONS}
    return places | {
        "_HANDLER": HANDLERS[name],
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_ENDPOINT_URL": aws.url,
        "ALLOWED_NETWORKS": "127.0.0.0/8",
        "ALLOW_LOOPBACK": "1",
        "PRIVATE_RECEIVERS": "everybody",
        "ALLOW_HTTP": "1",
    }


class _Request(BaseHTTPRequestHandler):
    server: Aws
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer a request to AWS by its operation, and a delivery with an empty object."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        operation = (self.headers.get("X-Amz-Target") or "").rpartition(".")[2]
        body = json.dumps(self.server.answer(operation, asked)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write no access log."""


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
