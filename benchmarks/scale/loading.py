"""Writes many items to a table fast: the adapters' own items, in raw requests of several threads."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from benchmarks.scale.steps import WrongResult
from chalicelib.adapters.dynamodb.batches import WRITES_MAX

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chalicelib.adapters.dynamodb.values import Item

_THREADS: Final = 4
_TIMEOUT_S: Final = 120
_HEADERS: Final = {
    "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "20260101T000000Z",
    # an engine checks only the form
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=0",
}


def load(url: str, table: str, items: Iterable[Item]) -> None:
    """Write items, in any order. Raise `WrongResult` if the engine refuses one."""
    bodies, lock = _bodies(table, iter(items)), Lock()
    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(lambda _: _send(url, bodies, lock), range(_THREADS)))


def _bodies(table: str, items: Iterator[Item]) -> Iterator[bytes]:
    while some := list(islice(items, WRITES_MAX)):
        writes = [{"PutRequest": {"Item": each}} for each in some]
        yield json.dumps({"RequestItems": {table: writes}}, default=_text).encode()


def _text(blob: Any) -> str:  # noqa: ANN401 - bytes
    return base64.b64encode(blob).decode()


def _send(url: str, bodies: Iterator[bytes], lock: Lock) -> None:
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=_TIMEOUT_S)) as connection:
        while (body := _next(bodies, lock)) is not None:
            connection.request("POST", "/", body, _HEADERS)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != HTTPStatus.OK or json.loads(text)["UnprocessedItems"]:
                raise WrongResult(text.decode())


def _next(bodies: Iterator[bytes], lock: Lock) -> bytes | None:
    with lock:
        return next(bodies, None)
