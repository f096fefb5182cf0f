"""The API against its own description, by schemathesis: data that fits and data that does not, for every operation."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from chalicelib.api import files
from openapi import samples
from tests.local import recoveries
from tests.local.service import ROOT

if TYPE_CHECKING:
    from tests.local.service import Service

pytestmark = pytest.mark.enable_socket

SEED: Final = 20261124
"""Fixed, so that a change is what makes a difference; `make test TESTS=…` with CONFORMING_SEED tries another."""
EXAMPLES_MAX: Final = 8
"""Of each operation in each phase."""
RUN_S: Final = 300
METHODS: Final = frozenset({"get", "put", "post", "patch", "delete"})
CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
)
"""Not among them: that whatever fits the schema is taken (cursors, URLs and expressions say more than a schema can), and
that any method at all is refused with `Allow` (TRACE is refused by the HTTP server of this machine)."""


def _ids(service: Service) -> dict[str, list[str]]:
    """A webhook, a record and recoveries that are there, by the ids of the examples that stand for them."""
    element = {"url": "http://127.0.0.1:9/", "name": "There", "notificationType": ["ALL_NOTIFICATIONS"]}
    webhook_id = service.call("POST", "/webhooks", {"webhooks": [element]}).json()["createdWebhooks"][0]["id"]
    record_id = service.call("POST", f"/webhooks/{webhook_id}/test").json()["id"]
    recovery_ids = [each.id for each in recoveries.put(service, webhook_id)]
    return {samples.WEBHOOK_ID: [webhook_id], samples.RECORD_ID: [record_id], samples.RECOVERY_ID: recovery_ids}


def _operations() -> int:
    """How many the description has."""
    described = json.loads((files.FOLDER / "openapi.json").read_text("utf-8"))
    return sum(name in METHODS for path in described["paths"].values() for name in path)


def test_no_request_finds_a_5xx_or_an_answer_that_is_not_documented(service: Service, tmp_path: Path) -> None:
    service.start()
    key = service.run["admin_key"]
    seed = os.environ.get("CONFORMING_SEED", str(SEED))
    environment = {"CONFORMING_KEY": key, "CONFORMING_IDS": json.dumps(_ids(service))}
    hooks = {"PYTHONPATH": str(ROOT), "SCHEMATHESIS_HOOKS": "tests.local.conforming"}

    ran = subprocess.run(
        [
            *(Path(sys.executable).with_name("schemathesis"), "run", files.FOLDER / "openapi.json", "--no-color"),
            *("--url", service.run["url"], "--header", f"Authorization: {key}"),
            *("--checks", ",".join(CHECKS), "--mode", "all", "--continue-on-failure", "--warnings", "off"),
            *("--max-examples", str(EXAMPLES_MAX), "--seed", seed, "--generation-database", "none"),
            *("--generation-with-security-parameters", "false"),
        ],
        cwd=tmp_path,
        env=os.environ | environment | hooks,
        capture_output=True,
        text=True,
        timeout=RUN_S,
        check=False,
    )

    assert ran.returncode == 0, f"seed {seed}\n{ran.stdout}\n{ran.stderr}"
    assert f"  Tested: {_operations()}\n" in ran.stdout, "it left operations out"
