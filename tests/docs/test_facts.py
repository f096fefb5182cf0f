"""What the pages say of the code is what the code says of itself."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib import import_module
from typing import TYPE_CHECKING, Final

import pytest

import app
from chalicelib import settings
from chalicelib.api.errors import STATUSES
from chalicelib.domain.delivery.attempt import FailureCause
from chalicelib.settings import Settings
from infra.declaration import declaration
from tests.docs.markdown import PAGES, ROOT, SETTINGS, between, name_of, table_below
from tests.docs.tables import DEFAULTS, schedule_table

if TYPE_CHECKING:
    from pathlib import Path

API: Final = ROOT / "docs" / "reference" / "api.md"
ARCHITECTURE: Final = ROOT / "docs" / "how-it-works" / "architecture.md"
DELIVERY: Final = ROOT / "docs" / "how-it-works" / "delivery.md"

_QUOTED: Final = re.compile(r"`([A-Z][A-Z_]+)`\s\(([^)]+)\)")
_STARTED: Final = re.compile(r"\.venv/bin/python (docs/examples/\w+\.py)")
_NEEDS: Final = re.compile(r"^# dependencies = \[(.*)\]$", re.MULTILINE)
_NEEDED: Final = re.compile(r'"([\w-]+)')
_NAMED: Final = re.compile(r"`([a-z_/]+\.py)(?:::([A-Za-z_.]+))?`")
_FILE: Final = re.compile(r"`((?:[a-z_.-]+/)+[a-z_.-]*)`")
_ENVIRONMENT: Final = re.compile(r"environ(?:\.get\(|\[)\"([A-Z_]+)\"|_number\(\"([A-Z_]+)\"")
_UNITS: Final = {"s": 1, "min": 60, "h": 3600, "days": 86_400, "KiB": 1024}
_OWN_UNITS: Final = {"HOURS": 3600, "DAYS": 86_400}
_GATEWAYS: Final = {("405", "`method_not_allowed`"), ("500", "`internal_error`")}


def test_the_table_of_settings_is_the_code_s() -> None:
    assert between(SETTINGS, "settings") == settings.table(), "python -m chalicelib.settings prints the table"


def test_the_attempt_schedule_is_the_settings_own() -> None:
    assert between(DELIVERY, "schedule") == schedule_table(), "python -m tests.docs.tables prints the table"


@pytest.mark.parametrize("each", fields(Settings), ids=lambda each: each.name)
def test_every_setting_says_what_it_sets(each: object) -> None:
    sentence: str = each.metadata["doc"]  # type: ignore[attr-defined]
    assert sentence.endswith(".")
    assert sentence[0].isupper()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_settings_are_quoted_with_their_defaults(page: Path) -> None:
    quoted = {(name, value) for name, value in _QUOTED.findall(page.read_text("utf-8")) if hasattr(DEFAULTS, name.lower())}
    assert {(name, value) for name, value in quoted if _quoted(name, value) != getattr(DEFAULTS, name.lower())} == set()


def test_every_other_variable_that_is_read_is_on_the_settings_page() -> None:
    sources = [*ROOT.glob("chalicelib/**/*.py"), *ROOT.glob("local/*.py")]
    found = {name for source in sources for pair in _ENVIRONMENT.findall(source.read_text("utf-8")) for name in pair if name}
    own = {name for name in found if not name.startswith("AWS_") and not hasattr(DEFAULTS, name.lower())}
    assert {"PORT", "DATA", "LOG_LEVEL"} <= own
    assert {name for name in own if f"`{name}`" not in SETTINGS.read_text("utf-8")} - {"STAGE"} == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_a_page_names_exists(page: Path) -> None:
    named = set(_NAMED.findall(page.read_text("utf-8")))
    assert {f"{path}::{name}" for path, name in named if not _exists(path, name)} == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_what_an_example_needs_comes_with_make_run_or_is_installed_on_its_page(page: Path) -> None:
    """The tests' own environment has more than a reader's."""
    text = page.read_text("utf-8")
    locked = set(re.findall(r"^([\w.-]+)==", (ROOT / "local/requirements.txt").read_text("utf-8"), re.MULTILINE))
    examples = [(ROOT / path).read_text("utf-8") for path in _STARTED.findall(text)]
    needed = {name for example in examples for header in _NEEDS.findall(example) for name in _NEEDED.findall(header)}
    assert {name for name in needed - locked if not re.search(rf"\.venv/bin/pip install .*\b{name}\b", text)} == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_folders_that_a_page_names_exist(page: Path) -> None:
    folders = {path for path in _FILE.findall(page.read_text("utf-8")) if path.endswith("/") or path.startswith("tests/")}
    assert {path for path in folders if not ((ROOT / path).exists() or (ROOT / "chalicelib" / path).exists())} == set()


def test_every_error_is_listed_with_its_status() -> None:
    listed = {(status, code) for status, code, _ in table_below(API, "status | `code`")}
    assert listed == {(str(int(status)), f"`{kind.code}`") for kind, status in STATUSES.items()} | _GATEWAYS


def test_every_route_is_listed() -> None:
    listed = {row[0].strip("`") for row in table_below(API, "method and path")}
    routes = {(method, path) for path, methods in app.app.routes.items() for method in methods}
    assert listed == {f"{method} {path}" for method, path in routes if method != "HEAD"}


def test_every_cause_of_failure_is_listed_with_what_follows() -> None:
    listed = {(cause, again) for cause, _, again in table_below(DELIVERY, "`failureCause`")}
    assert listed == {(f"`{cause.value}`", "no" if cause.is_final else "yes") for cause in FailureCause}


def test_the_queues_are_as_they_are_declared() -> None:
    declared = declaration()["Resources"].values()
    queues = [each["Properties"] for each in declared if each.get("Type") == "AWS::SQS::Queue"]
    receipts = {
        each["QueueName"]["Fn::Sub"].removeprefix("posthorn-${Stage}-"): str(each["RedrivePolicy"]["maxReceiveCount"])
        for each in queues
        if "RedrivePolicy" in each
    }
    listed = {queue.strip("`"): after.split()[0] for queue, _, _, after in table_below(ARCHITECTURE, "queue | message")}
    assert listed == receipts


def _quoted(name: str, value: str) -> float:
    """A value as a page writes it, in the setting's own unit: `KEY_CACHE_S` (10 s), `NOTIFICATION_ID_HOURS` (24 h)."""
    number, _, unit = value.partition(" ")
    own_unit = _OWN_UNITS.get(name.rpartition("_")[2], 1)
    return float(number) * _UNITS[unit] / own_unit if unit in _UNITS else float(number)


def _exists(path: str, name: str) -> bool:
    file = next((base / path for base in (ROOT / "chalicelib", ROOT) if (base / path).is_file()), None)
    if file is None or not name:
        return file is not None
    found: object = import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    for part in name.split("."):
        found = getattr(found, part, None)
    return found is not None
