"""Every function does its largest legal work in the memory that the template declares for it.

Lambda kills a process that goes beyond ("Configure Lambda function memory",
docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). Where a setting bounds the work, it is at its bound here.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest

from chalicelib.background import tasks
from chalicelib.codec import messages
from chalicelib.domain import ids
from infra.declaration import declaration
from testbed.events import scheduled_event, sqs_event
from tests.domain.samples import NOON, attempt, recorded, webhook, webhook_id
from tests.memory.invocation import Invocation, invoke
from tests.memory.scene import KEY, RECOVERY_ID, Scene, noise

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc"),
]

MARGIN_MIB: Final = 64
"""What is left for Lambda's own runtime, a newer Python, and what connections over TLS take."""
EVENT_BYTES: Final = 6_000_000
"""As much as Lambda puts into one event."""
QUOTES: Final = '{"notificationType":"modelDeleted","a":"' + '\\"' * 64_000 + '"}'
WIDE: Final = f'{{"notificationType":"modelDeleted","a":"😀{noise(130_000)}"}}'
"""One character beyond the 65,536 first makes Python hold four bytes for each of the others."""


@cache
def _declared() -> dict[str, Any]:
    return declaration()


def _require_fits(function: str, made: Invocation) -> None:
    declared: int = _declared()["Resources"][function]["Properties"]["MemorySize"]
    assert made.peak_mib <= declared - MARGIN_MIB, f"{function} takes {made.peak_mib:.0f} MiB of {declared}"


def _require_done(function: str, made: Invocation) -> None:
    assert made.answer == {"batchItemFailures": []}
    _require_fits(function, made)


@pytest.mark.parametrize("text", [QUOTES, WIDE], ids=["quotes", "wide characters"])
def test_notify_fans_ten_notifications_of_128_kb_out(tmp_path: Path, text: str) -> None:
    """As many of the 10,000 attempts as there is time for: each sending lets go of what the one before took."""
    event = sqs_event("notifications", *[f'{text[:-2]}{each}"}}' for each in range(10)])
    made = invoke("chalicelib.workers.notify:notify", event, Scene(webhooks=1_000), tmp_path, FAN_OUT_S=10)
    _require_fits("Notify", made)


@pytest.mark.parametrize("text", [QUOTES, WIDE], ids=["quotes", "wide characters"])
def test_notify_makes_a_body_of_128_kb_for_each_of_a_thousand_webhooks(tmp_path: Path, text: str) -> None:
    event = sqs_event("notifications", text)
    scene = Scene(webhooks=1_000, transform="@")
    _require_done("Notify", invoke("chalicelib.workers.notify:notify", event, scene, tmp_path, FAN_OUT_S=300))


def test_notify_reads_a_thousand_of_the_largest_webhooks(tmp_path: Path) -> None:
    event = sqs_event("notifications", *[f'{WIDE[:2_000]}{each}"}}' for each in range(10)])
    scene = Scene(webhooks=1_000, are_webhooks_large=True)
    _require_done("Notify", invoke("chalicelib.workers.notify:notify", event, scene, tmp_path, FAN_OUT_S=300))


def _attempts(count: int) -> dict[str, Any]:
    """As many messages as one event holds, of bodies that fill it."""
    body = noise(min(EVENT_BYTES // count - 1_000, 131_072))
    made = [
        attempt(
            record_id=ids.RecordId(webhook_id(each % 50), ids.derived(NOON, "record", str(each))),
            delivery_id=ids.DELIVERY + ids.derived(NOON, "delivery", str(each)),
            body=body,
        )
        for each in range(count)
    ]
    return sqs_event("deliveries", *map(messages.attempt_to_text, made))


@pytest.mark.parametrize("count", [45, 1_000])
@pytest.mark.parametrize(("name", "function"), [("deliver", "Deliver"), ("deliver_slow", "DeliverSlow")])
def test_deliver_keeps_the_largest_answers_of_the_largest_batch(
    tmp_path: Path, name: str, function: str, count: int
) -> None:
    made = invoke(
        f"chalicelib.workers.deliver:{name}",
        _attempts(count),
        Scene(response_headers=65_000),
        tmp_path,
        IN_FLIGHT_MAX=256,
        RESPONSE_BYTES_MAX=131_072,
        RESPONSE_HEADER_BYTES_MAX=65_536,
        RESPONSE_HEADERS_MAX=1_000,
    )
    _require_done(function, made)


@pytest.mark.parametrize("is_surveyed", [False, True], ids=["its survey", "its attempts"])
def test_background_takes_a_step_of_a_recovery(tmp_path: Path, *, is_surveyed: bool) -> None:
    event = sqs_event("background", tasks.to_text(tasks.Task(tasks.StepRecovery(RECOVERY_ID))))
    scene = Scene(records=1_000, is_compressible=True, is_surveyed=is_surveyed, response_headers=65_000)
    made = invoke("chalicelib.workers.background:background", event, scene, tmp_path, RECOVERY_PAGE_MAX=250)
    _require_done("Background", made)


def test_background_writes_a_record_and_removes_a_history(tmp_path: Path) -> None:
    scene = Scene(records=5_000, is_compressible=True)
    works = (tasks.WriteRecord(recorded(attempt(body=noise(131_072)))), tasks.PurgeHistory(webhook(1)))
    event = sqs_event("background", *[tasks.to_text(tasks.Task(work)) for work in works])
    _require_done("Background", invoke("chalicelib.workers.background:background", event, scene, tmp_path))


@pytest.mark.parametrize("is_compressible", [False, True])
def test_schedule_sends_on_what_was_scheduled_in_one_minute(tmp_path: Path, *, is_compressible: bool) -> None:
    scene = Scene(scheduled=1_000, is_compressible=is_compressible)
    made = invoke("chalicelib.workers.schedule:schedule", scheduled_event(), scene, tmp_path, SWEEP_S=40)
    assert made.answer["notificationsSwept"] >= 200  # all of them, unless the machine is very busy
    _require_fits("Schedule", made)


def test_schedule_enqueues_due_records_of_128_kb_in_flat_memory(tmp_path: Path) -> None:
    """As many of 10,000 as there is time for; all of them at once would take 1.6 GB."""
    scene = Scene(due=10_000, is_compressible=True)
    made = invoke("chalicelib.workers.schedule:schedule", scheduled_event(), scene, tmp_path, SWEEP_S=20)
    assert made.answer["swept"] > 100
    _require_fits("Schedule", made)


def _asked(path: str, **query: str) -> dict[str, Any]:
    """An event of API Gateway's."""
    return {
        "resource": path,
        "path": path,
        "httpMethod": "GET",
        "headers": {"Authorization": KEY, "Host": "api.example"},
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()},
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {"resourcePath": path, "httpMethod": "GET", "path": path},
        "body": None,
        "isBase64Encoded": False,
    }


@pytest.mark.parametrize("webhooks", [1, 8, 1_000])
@pytest.mark.parametrize("caller", ["admin", "user"])
def test_the_api_makes_the_largest_page_of_the_history(tmp_path: Path, caller: str, webhooks: int) -> None:
    scene = Scene(
        records=max(1_000, 2 * webhooks), webhooks=webhooks, caller=caller, is_compressible=True, response_headers=65_000
    )
    made = invoke("app:app", _asked("/webhooks/history", limit="200"), scene, tmp_path, PAGE_BYTES_MAX=6_000_000)
    assert (made.answer["statusCode"], "Link" in made.answer["headers"]) == (200, True)
    _require_fits("APIHandler", made)
