"""Runs with the package and the standard library alone, and prints as JSON what it saw. `test_artifact.py` starts it."""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

TREE, (HANDLERS, REGIONS) = sys.argv[1], json.loads(sys.argv[2])

SERVICES = ("dynamodb", "kms", "sqs")
compiled: list[str] = []
authorizations: list[str] = []


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "compile" and str(arguments[1]).startswith(TREE):
        compiled.append(str(arguments[1]))


class _Stub(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        authorizations.append(self.headers["Authorization"])
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


def _imported(handler: str) -> str:
    module, _, function = handler.rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))
    return handler


def _is_stranger(path: str) -> bool:
    return not path.startswith((TREE, sys.base_prefix, str(Path(os.__file__).parent))) and path != __file__


def _call_all(stub: HTTPServer) -> None:
    from chalicelib.adapters.aws import client  # noqa: PLC0415 - it is in the package, which is no path before

    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{stub.server_port}"
    threading.Thread(target=stub.serve_forever, daemon=True).start()
    client("dynamodb").get_item(TableName="table", Key={"pk": {"S": "key"}})
    client("sqs").send_message(QueueUrl=f"{os.environ['AWS_ENDPOINT_URL']}/1/queue", MessageBody="text")
    client("kms").decrypt(CiphertextBlob=b"text")
    del os.environ["AWS_ENDPOINT_URL"]


sys.path.insert(0, TREE)
sys.addaudithook(_watch)
found = {"handlers": [_imported(each) for each in HANDLERS]}
_call_all(HTTPServer(("127.0.0.1", 0), _Stub))

import botocore.session  # noqa: E402

session = botocore.session.Session()
places = [(service, region) for service in SERVICES for region in REGIONS]
clients = {(service, region): session.create_client(service, region_name=region) for service, region in places}
files = [str(module.__file__) for module in list(sys.modules.values()) if getattr(module, "__file__", None)]
print(  # noqa: T201 - it is what it is run for
    json.dumps(
        found
        | {
            "compiled": compiled,
            "strangers": [path for path in files if _is_stranger(path)],
            "authorizations": authorizations,
            "endpoints": {f"{service} {region}": each.meta.endpoint_url for (service, region), each in clients.items()},
            "operations": {each: list(session.get_service_model(each).operation_names) for each in SERVICES},
        }
    )
)
