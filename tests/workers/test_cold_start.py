"""A cold start: what a handler needs is made when Lambda imports its module, not by its first event."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import pytest

from chalicelib import settings
from chalicelib.composition.api import Services
from testbed import cold_starts

ROOT: Final = Path(__file__).parents[2]
KEY_ARN: Final = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_COLD_START: Final = """
import importlib, json, os, sys, types
import botocore.loaders, botocore.session

counted = {"clients": [], "models": [], "pycurl": False, "workers": []}

def count(kind, owner, name):
    original = getattr(owner, name)
    def counting(self, asked, *args, **kwargs):
        counted[kind].append(asked)
        return original(self, asked, *args, **kwargs)
    setattr(owner, name, counting)

count("clients", botocore.session.Session, "create_client")
count("models", botocore.loaders.Loader, "load_service_model")
module, _, name = os.environ["_HANDLER"].rpartition(".")
handler = getattr(importlib.import_module(module), name)
counted["pycurl"] = "pycurl" in sys.modules
counted["workers"] = [each for each in sys.modules if each.startswith("chalicelib.workers.")]
print(json.dumps(counted))
counted["clients"].clear(), counted["models"].clear()
event = json.load(sys.stdin)
if event is not None:
    context = types.SimpleNamespace(function_name="test", aws_request_id="1", get_remaining_time_in_millis=lambda: 29_000)
    counted["answer"] = handler(event, context)
print(json.dumps(counted))
"""


def cold_start(environment: dict[str, str], event: Any) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ANN401 - Lambda's
    """What INIT and the first event made, in a fresh interpreter."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    command = [sys.executable, "-c", _COLD_START]
    done = subprocess.run(
        command, cwd=ROOT, env=clean | environment, input=json.dumps(event), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    init, *_, invoke = (json.loads(line) for line in done.stdout.splitlines())
    return init, invoke


@pytest.mark.enable_socket
@pytest.mark.parametrize("function", cold_starts.HANDLERS)
def test_clients_are_made_in_init_and_none_by_the_first_event(function: str) -> None:
    with cold_starts.aws() as aws:
        init, invoke = cold_start(cold_starts.environment(function, aws), aws.events()[function])
    assert sorted(init["clients"]) == ["dynamodb", "sqs"]
    assert (invoke["clients"], invoke["models"]) == ([], [])
    assert invoke["answer"].get("batchItemFailures", []) == []
    assert invoke["answer"].get("statusCode", 200) == 200


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("function", "key", "clients"),
    [
        ("Deliver", KEY_ARN, ["dynamodb", "kms", "sqs"]),
        ("APIHandler", KEY_ARN, ["dynamodb", "kms", "sqs"]),
        ("Notify", settings.WITHHELD, ["dynamodb", "sqs"]),
    ],
)
def test_where_secrets_are_encrypted_the_client_of_kms_is_made_in_init_too(
    function: str, key: str, clients: list[str]
) -> None:
    with cold_starts.aws() as aws:
        environment = cold_starts.environment(function, aws) | {"SECRETS_KEY_ARN": key}
        init, _ = cold_start(environment, None)
    assert sorted(init["clients"]) == clients


@pytest.mark.enable_socket
@pytest.mark.parametrize("function", cold_starts.HANDLERS)
def test_only_what_delivers_loads_the_sender(function: str) -> None:
    with cold_starts.aws() as aws:
        init, _ = cold_start(cold_starts.environment(function, aws), None)
    assert init["pycurl"] is function.startswith("Deliver")


@pytest.mark.enable_socket
@pytest.mark.parametrize("function", cold_starts.HANDLERS)
def test_a_bad_setting_ends_init_with_its_name(function: str) -> None:
    with cold_starts.aws() as aws:
        environment = cold_starts.environment(function, aws) | {"HISTORY_DAYS": "0"}
        with pytest.raises(RuntimeError, match="SettingsError: HISTORY_DAYS: a number from 1 to 90 is expected"):
            cold_start(environment, None)


@pytest.mark.parametrize("function", cold_starts.HANDLERS)
def test_outside_lambda_an_import_makes_nothing_and_asks_for_no_setting(function: str) -> None:
    init, _ = cold_start({"_HANDLER": cold_starts.HANDLERS[function]}, None)
    assert init["clients"] == []


def test_the_services_that_are_made_in_init_are_those_that_views_use() -> None:
    asked = {name for path in (ROOT / "chalicelib" / "api").glob("*.py") for name in _asked(path)}
    assert {each.name for each in fields(Services)} == asked


@pytest.mark.enable_socket
def test_the_api_loads_no_worker() -> None:
    with cold_starts.aws() as aws:
        init, _ = cold_start(cold_starts.environment("APIHandler", aws), None)
    assert init["workers"] == []


def _asked(path: Path) -> set[str]:
    """The attributes of `services`, or of the `services` of a call, that a module names."""
    return {
        node.attr
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and (
            (isinstance(node.value, ast.Name) and node.value.id == "services")
            or (isinstance(node.value, ast.Attribute) and node.value.attr == "services")
        )
    }
