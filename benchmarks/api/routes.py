"""The API's handler, called as API Gateway calls it, on an engine on loopback: one request of each kind, many times."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.cost import content, cpu, deployment, scenario
from benchmarks.cost.scenario import Scenario
from benchmarks.cost.sender import InstantSender
from benchmarks.figures import Spread
from chalicelib.domain.history.filters import HistoryFilter
from local.events import Context
from testbed import gateway
from testbed.engines import processes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.cost.deployment import Deployment

_WARM_UP: Final = 3
_RECORDS: Final = 60
_NEW: Final = (
    '{"webhooks":[{"url":"http://127.0.0.1:9/services/new","name":"New","notificationType":["dataSourceUpdated"],'
    '"global":false}]}'
)
"""An address, because the time of a DNS lookup is not the service's."""


@dataclass(frozen=True)
class Call:
    """One kind of request. `path` and `body` may have placeholders for ids of the deployment."""

    route: str
    method: str
    path: str
    body: str | None = None
    status: int = 200


CALLS: Final = (
    Call("list webhooks", "GET", "/webhooks"),
    Call("get a webhook", "GET", "/webhooks/{webhook}"),
    Call("create a webhook", "POST", "/webhooks", _NEW, 201),
    Call("a page of history, one webhook", "GET", "/webhooks/history?webhookId={webhook}"),
    Call("a page of history, all webhooks", "GET", "/webhooks/history"),
    Call("one record", "GET", "/webhooks/history/{record}"),
    Call("retry a record", "POST", "/history/retry/{record}", None, 202),
    Call("POST /notifications, 1 KB", "POST", "/notifications", "{notification}", 202),
)


@dataclass(frozen=True)
class Measured:
    """What one kind of request takes: of a core and of the clock, in ms, and which requests to AWS it makes."""

    call: Call
    cpu_ms: Sequence[float]
    wall_ms: Sequence[float]
    requests: Mapping[str, int]


def measured(times: int) -> list[Measured]:
    """All kinds, so many times each."""
    with (
        processes.ministack(Path(tempfile.mkdtemp())) as engine,
        cpu.pinned(),
        deployment.deployed(engine, sender=lambda clock: InstantSender(clock, is_failing=False)) as made,
    ):
        ids = _furnish(made)
        return [_measure(made, call, ids, times) for call in CALLS]


def p50_and_p99(measurements: Sequence[float]) -> Spread:
    """The one in the middle, the least, and the 99th percentile."""
    ordered = sorted(measurements)
    return Spread(Spread.of(ordered).median, ordered[0], ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))])


def _furnish(made: Deployment) -> dict[str, str]:
    """Ten webhooks with some history each; the ids of one webhook, and of one of its records."""
    case = Scenario()
    scenario.create_webhooks(made, case)
    deployment.add_admin(made)
    scenario.send(made, case, _RECORDS)
    while scenario.process_batch(made, case.profile):
        pass
    webhook_id = deployment.webhook(0, url="", notification_type="", is_global=True).id
    records, _ = made.service.adapters.history.page(webhook_id, None, HistoryFilter(), 1)
    return {
        "{webhook}": webhook_id,
        "{record}": str(records[0].attempt.record_id),
        "{notification}": content.notification(1, size_bytes=1_024, target_user=1),
    }


def _measure(made: Deployment, call: Call, ids: Mapping[str, str], times: int) -> Measured:
    event = gateway.event(call.method, _filled(call.path, ids), deployment.ADMIN_KEY, _filled(call.body, ids))
    for _ in range(_WARM_UP):
        _timed(call, event)
    requests = _requests_of(made, lambda: _timed(call, event))
    found = [_timed(call, event) for _ in range(times)]
    return Measured(call, [cpu for cpu, _ in found], [wall for _, wall in found], requests)


def _timed(call: Call, event: Any) -> tuple[float, float]:  # noqa: ANN401 - Lambda's
    """CPU and time of one request, in ms; raise `RuntimeError` where it is not answered as it should be."""
    cpu, wall = time.process_time(), time.perf_counter()
    answer = gateway.handle(event, Context("APIHandler", 29))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    if answer["statusCode"] != call.status:
        message = f"{call.route}: {answer}"
        raise RuntimeError(message)
    return cpu * 1_000, wall * 1_000


def _requests_of(made: Deployment, act: Callable[[], object]) -> dict[str, int]:
    """The requests to AWS that an act makes, by operation, with the key of the API known."""
    counted = Counter[str]()

    def count(model: Any, **_: object) -> None:  # noqa: ANN401 - botocore's
        counted[model.name] += 1

    for client in (made.dynamodb, made.sqs):
        client.meta.events.register("after-call", count)
    act()
    for client in (made.dynamodb, made.sqs):
        client.meta.events.unregister("after-call", count)
    return dict(sorted(counted.items()))


def _filled(text: Any, ids: Mapping[str, str]) -> Any:  # noqa: ANN401 - a text, or nothing
    for name, value in ids.items():
        text = text and text.replace(name, value)
    return text
