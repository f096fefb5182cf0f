"""The handlers as Lambda finds them: by their path, in a fresh interpreter, without the API."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from chalice.app import Chalice, ScheduledEventConfig, ScheduleExpression, SQSEventConfig

from chalicelib.workers import background, deliver, notify, schedule

ROOT = Path(__file__).parents[2]
MODULES = {"background": background, "deliver": deliver, "notify": notify, "schedule": schedule}

HANDLERS = {
    "notify": ("chalicelib.workers.notify.notify", "notifications", 10),
    "deliver": ("chalicelib.workers.deliver.deliver", "deliveries", 10),
    "deliver_slow": ("chalicelib.workers.deliver.deliver_slow", "slow-deliveries", 10),
    "background": ("chalicelib.workers.background.background", "background", 1),
}


def _mounted() -> Chalice:
    app = Chalice("posthorn")
    for module in MODULES.values():
        app.register_blueprint(module.blueprint)
    return app


def test_each_queue_has_its_handler_under_the_path_that_lambda_calls() -> None:
    sources = [each for each in _mounted().event_sources if isinstance(each, SQSEventConfig)]
    assert {each.name: (each.handler_string, each.queue, each.batch_size) for each in sources} == HANDLERS


def test_the_schedule_has_its_handler_too() -> None:
    (source,) = [each for each in _mounted().event_sources if isinstance(each, ScheduledEventConfig)]
    assert (source.name, source.handler_string) == ("schedule", "chalicelib.workers.schedule.schedule")
    assert isinstance(source.schedule_expression, ScheduleExpression)
    assert source.schedule_expression.to_string() == "rate(1 minute)"


@pytest.mark.parametrize("path", [*[path for path, *_ in HANDLERS.values()], "chalicelib.workers.schedule.schedule"])
def test_the_path_leads_to_the_handler(path: str) -> None:
    module, _, name = path.rpartition(".")
    assert callable(getattr(sys.modules[module], name))


VALIDATOR = "chalicelib.domain.notifications.json_schema.compiler"
ALWAYS_ABSENT = ["app", "chalicelib.api", "pydantic", "pydantic_core", "boto3", "pycurl", "nacl", VALIDATOR]


@pytest.mark.parametrize("name", MODULES)
def test_a_worker_is_imported_without_the_api_and_what_it_does_not_run(name: str) -> None:
    program = f"import sys, chalicelib.workers.{name}; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(ran.stdout.split()) & set(ALWAYS_ABSENT)
    assert ran.stderr == ""


SETTLED = """
import importlib, os, sys
from chalicelib.composition import process
from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS
os.environ |= dict.fromkeys(ENVIRONMENT_OF_LOCATIONS, "https://sqs.us-east-1.amazonaws.com/1/x")
os.environ |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
module, _, factory = sys.argv[1].rpartition(".")
process.current().made(getattr(importlib.import_module(f"chalicelib.composition.{module}"), factory))
print(*sys.modules)
"""


@pytest.mark.parametrize(
    ("work", "absent"),
    [
        ("notify.fan_out", {"chalicelib.api", "chalicelib.adapters.egress", "pydantic", "nacl", VALIDATOR}),
        ("deliver.deliver", {"chalicelib.api", "pydantic", "nacl"}),
        ("background.steps", {"chalicelib.api", "chalicelib.adapters.egress", "pydantic", "nacl", VALIDATOR}),
        ("schedule.sweeps", {"chalicelib.api", "chalicelib.adapters.egress", "pydantic", "nacl", "chalicelib.fanout"}),
    ],
)
def test_a_worker_that_is_composed_loads_what_it_runs_and_no_more(work: str, absent: set[str]) -> None:
    ran = subprocess.run([sys.executable, "-c", SETTLED, work], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not set(ran.stdout.split()) & absent
