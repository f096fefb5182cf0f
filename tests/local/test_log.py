from __future__ import annotations

import json
import resource
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.ids import RecordId
from local.log import Log, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ATTEMPT = {
    "process": "workers",
    "at": "2026-01-02T03:04:05.678+00:00",
    "level": "INFO",
    "event": "delivery.attempted",
    "webhook_id": "wh_1",
    "notification_type": "modelDeleted",
    "attempt_number": 1,
    "trigger": "notification",
    "failure_cause": None,
    "http_status": 200,
    "duration_ms": 12,
    "next_attempt_at": None,
}


@pytest.mark.parametrize(
    ("changed", "end"),
    [
        ({}, "attempt 1 (notification): 200 in 12 ms"),
        ({"failure_cause": "status", "http_status": 503}, "attempt 1 (notification): 503 in 12 ms"),
        (
            {"failure_cause": "timeout", "http_status": None, "next_attempt_at": "2026-01-02T03:04:10+00:00"},
            "attempt 1 (notification): timeout in 12 ms, again at 03:04:10",
        ),
    ],
)
def test_an_attempt_is_one_short_line(changed: dict[str, object], end: str) -> None:
    assert shortened(ATTEMPT | changed) == f"03:04:05  modelDeleted → wh_1  {end}"


def test_a_first_success_tells_its_webhook_by_the_records_id() -> None:
    record_id = RecordId(f"wh_{'0' * 25}1", "0" * 26)
    kept = ("process", "at", "level", "event", "notification_type", "http_status", "duration_ms")
    said = {key: ATTEMPT[key] for key in kept} | {"record_id": str(record_id)}
    assert shortened(said) == f"03:04:05  modelDeleted → {record_id.webhook_id}  attempt 1 (notification): 200 in 12 ms"


def test_what_went_wrong_is_shown_with_its_last_line() -> None:
    said = {"process": "api", "level": "ERROR", "event": "request.failed", "exception": "Traceback…\nKeyError: 'x'"}

    assert shortened(said) == "api: request.failed: KeyError: 'x'"


def test_what_is_of_no_interest_is_not_shown() -> None:
    assert shortened({"process": "workers", "level": "INFO", "event": "due.swept"}) is None


@pytest.mark.parametrize("line", ['{"level":"INFO","event":"a"}', "plain text", "3", '{"cut o'])
def test_every_line_is_kept_as_json_with_its_process(tmp_path: Path, line: str) -> None:
    with closing(Log(tmp_path / "log.jsonl")) as log:
        log.write("api", line)

    kept = json.loads((tmp_path / "log.jsonl").read_text("utf-8"))
    assert kept["process"] == "api"
    assert kept["event"] in {"a", line}


def test_a_large_log_is_turned_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.log._LOG_BYTES_MAX", 10)

    with closing(Log(tmp_path / "log.jsonl")) as log:
        log.write("api", "first")
        log.write("api", "second")

    assert "first" in (tmp_path / "log.1.jsonl").read_text("utf-8")
    assert "second" in (tmp_path / "log.jsonl").read_text("utf-8")


def test_a_disk_that_is_full_costs_lines_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "log.jsonl"
    with closing(Log(path)) as log:
        log.write("api", "before")
        with file_size_limit(path.stat().st_size + 10):
            log.write("api", "meanwhile")
            log.write("api", "and again")
        log.write("api", "after")

    kept = [line for line in path.read_text("utf-8").splitlines() if "event" in line]
    assert [json.loads(line)["event"] for line in kept] == ["before", "after"]
    assert capsys.readouterr().out.count("The log cannot be written") == 1


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """No file may grow beyond this: what is written is refused, as by a full disk."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
