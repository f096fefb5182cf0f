"""Everything that one user may do, at once."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self

import requests

from benchmarks.hostile.people import HANGING, HOSTILE, OTHER, key_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from benchmarks.engine.running import Running
    from benchmarks.receiver import Receiver

WEBHOOKS: Final = 100
TESTS: Final = 40
NOTIFICATIONS_PER_REQUEST: Final = 9
_EVERY_S: Final = 5.0
_AGAIN_S: Final = 1.0
_ANSWER_S: Final = 60
"""An attacker waits this long for a response. After that it counts as 504."""
FILTER: Final = "map(&min_by(`{inner}`,&abs(@)),`{outer}`)==`1`".format(
    inner=json.dumps(list(range(60))).replace(" ", ""), outer=json.dumps(list(range(70))).replace(" ", "")
)
"""Legal, of less than 1,000 characters, and 4,200 calls."""

_OBJECTS: Final = [{"a": index, "b": [index]} for index in range(4_000)]
SCHEMAS: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "attack.unique": ({"properties": {"list": {"uniqueItems": True}}}, {"list": _OBJECTS}),
    "attack.pattern": ({"properties": {"word": {"pattern": "^(a+)+$"}}}, {"word": "a" * 100_000 + "!"}),
    "attack.branches": (
        {"properties": {"list": {"items": {"anyOf": [{"const": {"a": -each}} for each in range(100)]}}}},
        {"list": _OBJECTS},
    ),
}
"""A type, its schema, and members of a notification for which the check of the schema is expensive."""


class Attack:
    """Threads that attack until the end. `did` counts their requests by result."""

    def __init__(self, service: Running, receivers: Receiver) -> None:
        self._service = service
        self._receivers = receivers
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self.did: Counter[str] = Counter()

    def __enter__(self) -> Self:
        """Register the hostile webhooks and schemas, and start the threads."""
        filtering = {"url": f"{self._receivers.url}/0/200/hostile", "filter": FILTER}
        self._register(key_of(self._service, HOSTILE), filtering, WEBHOOKS)
        key = key_of(self._service, HANGING)
        for webhook_id in self._register(key, {"url": f"{self._receivers.url}/never/200/hanging"}, TESTS):
            self._begin(partial(self._test, key, webhook_id), pause_s=0)
        for name in self._register_schemas():
            self._begin(partial(self._violate, name))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Stop, and wait for the running requests."""
        self._over.set()
        for each in self._threads:
            each.join()

    def notes(self) -> list[str]:
        """The requests with their results, as sentences."""
        return [f"The attack: {what}, {count:,} times." for what, count in sorted(self.did.items())]

    def batch(self, number: int) -> float:
        """Send nine notifications that the filters of all hostile webhooks evaluate, and one for the other user.

        Before the attack has started, the nine match no webhook. Return the time just before the request.
        """
        hostile = _body(-1, HOSTILE)
        bodies = [hostile] * NOTIFICATIONS_PER_REQUEST + [_body(number, OTHER)]
        at_s = time.monotonic()
        self._send(bodies)
        if self._threads:
            self.did[f"send a batch with {NOTIFICATIONS_PER_REQUEST} notifications, each for {WEBHOOKS} filters"] += 1
        return at_s

    def _register(self, key: str, members: dict[str, str], count: int) -> list[str]:
        """Create webhooks for everything about their owner. Return their ids."""
        element = {"name": "hostile", "notificationType": ["ALL_NOTIFICATIONS"], **members}
        answer = self._service.as_user(key)("POST", "/webhooks", {"webhooks": [element] * count})
        if answer["errors"]:
            raise RuntimeError(answer["errors"][:1])
        return [each["id"] for each in answer["createdWebhooks"]]

    def _register_schemas(self) -> list[str]:
        """Register the schemas. Return the types whose schema the service accepts: only they can be used for an attack."""
        taken = []
        for name, (schema, _) in SCHEMAS.items():
            answer = self._asked("PUT", f"/webhooks/actions/{name}", self._service.run["admin_key"], {"schema": schema})
            self.did[f"register the schema {name} ({answer.status_code})"] += 1
            if answer.ok:
                taken.append(name)
        return taken

    def _begin(self, act: Callable[[], None], pause_s: float = _EVERY_S) -> None:
        def repeat() -> None:
            while not self._over.is_set():
                act()
                self._over.wait(pause_s)

        self._threads.append(threading.Thread(target=repeat, daemon=True))
        self._threads[-1].start()

    def _violate(self, name: str) -> None:
        """Send a notification that is expensive to check, through the queue and over HTTPS."""
        body = {"notificationType": name, "actionBy": HOSTILE, **SCHEMAS[name][1]}
        self._send([json.dumps(body)])
        answer = self._asked("POST", "/notifications", self._service.run["admin_key"], body)
        self.did[f"send a notification of {name} ({answer.status_code})"] += 1

    def _test(self, key: str, webhook_id: str) -> None:
        answer = self._asked("POST", f"/webhooks/{webhook_id}/test", key)
        self.did[f"test a webhook that never answers ({answer.status_code})"] += 1
        if answer.status_code != requests.codes.accepted:  # another one of this webhook's is at work, or there were too many
            self._over.wait(float(answer.headers.get("Retry-After", _AGAIN_S)))

    def _send(self, bodies: list[str]) -> None:
        entries: Any = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
        self._service.sqs().send_message_batch(QueueUrl=self._service.run["notifications_queue_url"], Entries=entries)

    def _asked(self, method: str, path: str, key: str, body: object = None) -> requests.Response:
        """The response, or 504 if there is none in time."""
        headers = {"Authorization": key}
        try:
            return self._answer(method, path, headers, body)
        except requests.Timeout:
            late = requests.Response()
            late.status_code = requests.codes.gateway_timeout
            return late

    def _answer(self, method: str, path: str, headers: dict[str, str], body: object) -> requests.Response:
        return requests.request(method, self._service.run["url"] + path, headers=headers, json=body, timeout=_ANSWER_S)


def _body(number: int, about: int) -> str:
    return json.dumps({"notificationType": "modelDeleted", "text": str(number), "actionBy": about, "targetUser": about})
