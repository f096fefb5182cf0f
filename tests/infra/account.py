"""An AWS account on the loopback interface: its STS and SSO return credentials, its other services record their callers."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

ID: Final = "123456789012"
_EXPIRES: Final = "2099-01-01T00:00:00Z"
_CREDENTIAL: Final = re.compile(r"Credential=([^/]+)/\d+/[^/]+/([^/]+)/")
_TARGETS: Final = {
    "Query": {"Items": [], "Count": 0},
    "GetQueueUrl": {"QueueUrl": "http://127.0.0.1/queue"},
    "ReceiveMessage": {},
}
"""The JSON responses by operation. All others are empty."""


class Account(ThreadingHTTPServer):
    """The account's endpoint; `asked` has an access key and a service for each request, in order."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Request)
        self.asked: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def account() -> Iterator[Account]:
    server = Account()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Request(BaseHTTPRequestHandler):
    server: Account
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """SSO: the role's credentials for the token of a login (GetRoleCredentials)."""
        self.server.asked.append((self.headers["x-amz-sso_bearer_token"], "sso"))
        credentials = {"accessKeyId": "of-sso", "secretAccessKey": "s", "sessionToken": "t", "expiration": 4_070_908_800_000}
        self._answer(json.dumps({"roleCredentials": credentials}))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = _CREDENTIAL.search(self.headers.get("Authorization") or "")
        self.server.asked.append((signed[1], signed[2]) if signed else ("", "sts"))
        if target := self.headers.get("X-Amz-Target"):
            self._answer(json.dumps(_TARGETS.get(target.rpartition(".")[2], {})))
        else:
            self._answer(_in_xml(parse_qs(body.decode())["Action"][0]))

    def _answer(self, body: str) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


def _in_xml(action: str) -> str:
    return f"<{action}Response><{action}Result>{_RESULTS[action]}</{action}Result></{action}Response>"


def _credentials(key: str) -> str:
    return (
        f"<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
        f"<SessionToken>t</SessionToken><Expiration>{_EXPIRES}</Expiration></Credentials>"
    )


def _outputs() -> str:
    """The outputs of a stack: names of tables and URLs of queues."""
    words = ["".join(word.capitalize() for word in each.split("_")) for each in ENVIRONMENT_OF_LOCATIONS]
    names = [f"{each}Name" if each.endswith("Table") else f"{each[:-3]}URL" for each in words]
    members = (
        f"<member><OutputKey>{each}</OutputKey><OutputValue>http://127.0.0.1/{each}</OutputValue></member>" for each in names
    )
    return "".join(members)


_RESULTS: Final = {
    "AssumeRole": _credentials("of-assumed-role"),
    "AssumeRoleWithWebIdentity": _credentials("of-web-identity"),
    "GetCallerIdentity": f"<Account>{ID}</Account><Arn>arn:aws:iam::{ID}:user/ada</Arn>",
    "DescribeStacks": (
        "<Stacks><member><StackName>posthorn-dev</StackName><StackId>arn:stack</StackId>"
        f"<StackStatus>CREATE_COMPLETE</StackStatus><Outputs>{_outputs()}</Outputs>"
        "<Parameters><member><ParameterKey>Stage</ParameterKey><ParameterValue>dev</ParameterValue></member></Parameters>"
        "</member></Stacks>"
    ),
    "DescribeStackEvents": "<StackEvents></StackEvents>",
    "GetTemplate": '<TemplateBody>{"Resources": {}}</TemplateBody>',
    "ListStackResources": "<StackResourceSummaries></StackResourceSummaries>",
    "DeleteStack": "",
}
