"""`make outdated`: what is pinned and no longer the newest, with and without a network."""

from __future__ import annotations

import json
import re
import subprocess
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

from infra import outdated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def _registries(command: Sequence[str], folder: Path) -> CompletedProcess[str]:
    """Registries in which botocore and, for the console, preact are newer than what is pinned."""
    if command[0] == "npm":
        newer = {"preact": {"current": "11.2.0", "wanted": "11.2.0", "latest": "12.0.0"}} if folder.name == "console" else {}
        return CompletedProcess(command, 1 if newer else 0, json.dumps(newer), "")
    lock = (outdated.PROJECT / command[-1]).with_suffix(".txt").read_text("utf-8")
    return CompletedProcess(command, 0, re.sub(r"^botocore==\S+", "botocore==99.0", lock, flags=re.MULTILINE), "")


def _no_network(command: Sequence[str], _: Path) -> CompletedProcess[str]:
    said = "npm error network request failed" if command[0] == "npm" else "error: Request failed\n  ╰─▶ dns error"
    return CompletedProcess(command, 1, "", said)


def _said(run: outdated.Run) -> tuple[int, list[str]]:
    lines: list[str] = []
    return outdated.report(run, lines.append), lines


def test_what_is_outdated_is_listed_with_both_versions() -> None:
    status, lines = _said(_registries)
    assert status == 0
    assert any(re.fullmatch(r"  botocore  \S+ → 99\.0", line) for line in lines)
    assert "  preact  11.2.0 → 12.0.0" in lines
    assert "infra/artifact/compiler/package-lock.json: up to date" in lines
    assert "GitHub Actions: none are used" in lines


def test_without_a_network_it_says_that_it_knows_nothing_and_fails() -> None:
    count = len(outdated.LOCKS) + len(outdated.NPM)
    status, lines = _said(_no_network)
    assert status == 1
    assert "requirements.txt: NOT KNOWN. Its registry could not be asked: dns error" in lines
    assert "console/package-lock.json: NOT KNOWN. Its registry could not be asked: npm error network request failed" in lines
    assert lines[-1] == f"{count} of {count} could not be asked: this list is not complete."
    assert not any("up to date" in line for line in lines)


def test_actions_of_workflows_are_named(tmp_path: Path) -> None:
    (tmp_path / "ci.yml").write_text("jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v9\n")
    assert outdated.actions(tmp_path) == ["actions/checkout@v9"]


def test_it_looks_at_every_lock_there_is() -> None:
    makefile = (outdated.PROJECT / "Makefile").read_text("utf-8")
    assert tuple(re.findall(r"call pin,(\S+)\)", makefile)) == outdated.LOCKS
    tracked = subprocess.run(
        ["git", "ls-files", "*package-lock.json"], cwd=outdated.PROJECT, capture_output=True, text=True, check=False
    )
    if tracked.returncode == 0:
        assert {path.removesuffix("/package-lock.json") for path in tracked.stdout.split()} == set(outdated.NPM)
