"""An account that generates what is requested, so that it stores nothing, and a receiver with long responses.

It runs in a process of its own, since the worker's memory is measured. It keeps the limits of DynamoDB on the size of a
response, 1 MB for a page of a query and 16 MB for a BatchGetItem (API_Query and API_BatchGetItem in
docs.aws.amazon.com/amazondynamodb/latest/APIReference).
"""

from __future__ import annotations

import base64
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from chalicelib.adapters.dynamodb import notifications, record_item, subscription_item, values, webhook_item
from chalicelib.domain import ids
from chalicelib.domain.directory import users
from chalicelib.intake.ports import HeldNotification
from tests.domain.samples import NOON
from tests.memory.scene import Item, Scene, shard_of

PAGE_BYTES_MAX: Final = 1_000_000
BATCH_BYTES_MAX: Final = 16_000_000


class Account:
    """Responds to requests to DynamoDB and SQS. Settled or removed items no longer exist."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._gone: set[str] = set()

    def answer(self, operation: str, given: Item) -> Item:
        """The response to an operation, which is empty for most writes."""
        made: Item = getattr(self, f"_{operation}", lambda _: {})(given)
        return made

    def _SendMessageBatch(self, given: Item) -> Item:  # noqa: N802 - AWS's name, as below
        return {"Successful": [{"Id": each["Id"], "MessageId": each["Id"]} for each in given["Entries"]], "Failed": []}

    def _GetItem(self, given: Item) -> Item:  # noqa: N802
        found = self._item(given["Key"])
        return {} if found is None else {"Item": found}

    def _UpdateItem(self, given: Item) -> Item:  # noqa: N802
        self._gone.add(_sort_of(given["Key"]))
        return {"Attributes": {}}

    def _BatchWriteItem(self, given: Item) -> Item:  # noqa: N802
        for writes in given["RequestItems"].values():
            self._gone |= {_sort_of(each["DeleteRequest"]["Key"]) for each in writes if "DeleteRequest" in each}
        return {"UnprocessedItems": {}}

    def _BatchGetItem(self, given: Item) -> Item:  # noqa: N802
        ((table, wanted),) = given["RequestItems"].items()
        found: list[Item] = []
        size = taken = 0
        for key in wanted["Keys"]:
            item = self._item(key)
            size += values.size_bytes(item or {})
            if size > BATCH_BYTES_MAX:
                break
            found += [item] if item is not None else []
            taken += 1
        left = wanted["Keys"][taken:]
        return {"Responses": {table: found}, "UnprocessedKeys": {table: wanted | {"Keys": left}} if left else {}}

    def _Query(self, given: Item) -> Item:  # noqa: N802
        """A page of a partition: whole items from the table, keys from an index."""
        bound, index = given["ExpressionAttributeValues"], given.get("IndexName")
        keys = self._listed(index, next(bound[name]["S"] for name in (":pk", ":of") if name in bound))
        sort = "id" if index in {"by_owner", "all"} else "due_at" if index == "due" else None
        low = next((bound[name]["S"] for name in (":begin", ":low") if name in bound), "")
        high = next((bound[name]["S"] for name in (":end", ":high", ":now") if name in bound), "~")
        keys = [each for each in keys if low <= _value(each, sort) <= high and _value(each, sort) > _after(bound)]
        if not given.get("ScanIndexForward", True):
            keys.reverse()
        if begin := given.get("ExclusiveStartKey"):
            keys = keys[[_sort_of(each) for each in keys].index(_sort_of(begin)) + 1 :]
        found, size = list[Item](), 0
        for key in keys[: given.get("Limit")]:
            found.append(key if index is not None else self._item(key) or key)
            size += values.size_bytes(found[-1])
            if size > PAGE_BYTES_MAX:
                break
        last = {"LastEvaluatedKey": keys[len(found) - 1]} if len(found) < len(keys) else {}
        return {"Count": len(found), "Items": found, **last}

    def _listed(self, index: str | None, partition: str) -> list[Item]:
        """The keys of a partition, in order."""
        scene = self._scene
        if index in {"by_owner", "all"}:
            return [webhook_item.key(each) | values.item({"id": each}) for each in sorted(scene.webhook_ids)]
        if partition == "sub|global":
            rows = [subscription_item.sort("modelDeleted", each) for each in sorted(scene.webhook_ids)]
            return [values.item({"pk": partition, "sk": each}) for each in rows]
        if partition.startswith("scheduled|"):
            held = [HeldNotification(f"ntf_{number}", NOON, "") for number in range(scene.scheduled)]
            keys = [notifications._scheduled_key(each).to_item() | values.item({"id": each.id}) for each in held]
            mine = [each for each in keys if each["pk"]["S"] == partition and _sort_of(each) not in self._gone]
            return sorted(mine, key=_sort_of)
        if partition.startswith("journal|"):
            return [each for each in scene.journal[0] if each["webhook_id"]["S"] == partition]
        if index == "due":
            due = [record_item.key(each) for sort, each in scene.record_ids.items() if shard_of(sort) == partition]
            marks = values.item({"due_at": NOON, "due_shard": partition})
            return [each | marks for each in due if _sort_of(each) not in self._gone]
        return [record_item.key(each) for each in scene.record_ids.values() if each.webhook_id == partition]

    def _item(self, key: Item) -> Item | None:
        """Generate the item of a key."""
        if "sort" in key:
            made = None if "r" in key else self._scene.record_item(_sort_of(key))
            marks = {"due_at", "due_shard"} if _sort_of(key) in self._gone else set()
            return None if made is None else {name: value for name, value in made.items() if name not in marks}
        partition = key["pk"]["S"]
        if partition.startswith("scheduled|"):
            text = f'{{"notificationType":"modelDeleted","a":"{self._scene.text[:-100]}"}}'
            return notifications._scheduled(HeldNotification(key["id"]["S"], NOON, text)).to_item() | key
        if partition.startswith(ids.WEBHOOK):
            return self._scene.webhook_item(partition)
        if partition.startswith(users.KEY_ID_PREFIX):
            return self._scene.key_item(partition)
        return self._scene.recovery_item() if key["sk"]["S"] == "job" else None


def _sort_of(key: Item) -> str:
    return str((key.get("sort") or key["sk"])["S"])


def _value(key: Item, attribute: str | None) -> str:
    return _sort_of(key) if attribute is None else str(key[attribute]["S"])


def _after(bound: Item) -> str:
    return str(bound[":after"]["S"]) if ":after" in bound else ""


def handler(scene: Scene) -> type[BaseHTTPRequestHandler]:
    """AWS if a request has an operation, otherwise a receiver."""
    account = Account(scene)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            given = self.rfile.read(int(self.headers["content-length"]))
            target = self.headers.get("x-amz-target")
            if target is None:
                self._send(scene.answer.body, scene.answer.headers)
            else:
                made: Any = account.answer(target.partition(".")[2], json.loads(given))
                self._send(json.dumps(made, default=lambda raw: base64.b64encode(raw).decode()).encode(), ())

        def _send(self, body: bytes, more: tuple[tuple[str, str], ...]) -> None:
            self.send_response(200)
            for name, value in (*more, ("content-length", str(len(body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    return Handler


class Server(ThreadingHTTPServer):
    """A server that accepts any number of connections."""

    daemon_threads = True
    request_queue_size = 512


if __name__ == "__main__":
    server = Server(("127.0.0.1", 0), BaseHTTPRequestHandler)
    address = f"http://127.0.0.1:{server.server_port}"
    server.RequestHandlerClass = handler(Scene(**json.loads(sys.argv[1]), receiver_url=f"{address}/hook"))
    sys.stdout.write(f"{address}\n")
    sys.stdout.flush()
    server.serve_forever()
