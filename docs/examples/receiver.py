# /// script
# requires-python = ">=3.11"
# dependencies = ["standardwebhooks>=1.0"]
# ///
"""A receiver of webhooks that believes signed requests only.

``WEBHOOK_SECRET=whsec_… python receiver.py`` listens on 127.0.0.1:9000; ``PORT`` overrides, 0 takes any free port.
"""

# ruff: noqa: T201 - it speaks to whoever sits at the terminal

from __future__ import annotations

import json
import os
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

BODY_BYTES_MAX = 1_048_576
webhook = Webhook(os.environ["WEBHOOK_SECRET"])
seen: set[str] = set()  # of one process, for a day or two; what must outlive a restart belongs in a table


class Receiver(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer a request."""
        status = self.receive()
        self.send_response(status)
        if status is not HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def receive(self) -> HTTPStatus:
        """Verify, drop what came before, act; whatever takes longer than a second belongs behind the answer."""
        length = int(self.headers["Content-Length"])
        if length > BODY_BYTES_MAX:
            self.close_connection = True
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        body = self.rfile.read(length)  # the very bytes: what was parsed and written again verifies no more
        try:
            webhook.verify(body, dict(self.headers))
        except (WebhookVerificationError, ValueError) as error:
            print(f"refused: {error}", flush=True)
            return HTTPStatus.UNAUTHORIZED
        delivery_id = self.headers["webhook-id"]
        if delivery_id in seen:
            print(f"came before: {delivery_id}", flush=True)  # delivery is at least once, each attempt has the same id
        else:
            print(f"received: {json.loads(body)['text']}", flush=True)
            seen.add(delivery_id)
        return HTTPStatus.NO_CONTENT

    def log_message(self, *_: object) -> None:
        """Write no access log."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver)
    print(f"listening on http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
