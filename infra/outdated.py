"""Lists what is pinned and no longer the newest: Python's locks, npm's locks, GitHub Actions.

    python -m infra.outdated

It changes nothing. `make lock` moves what it lists for Python. The status is 1 if a registry could not be asked.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Change = tuple[str, str, str]
    """The name, the pinned version, and the newest allowed version."""
    Run = Callable[[Sequence[str], Path], subprocess.CompletedProcess[str]]

PROJECT: Final = Path(__file__).parents[1]
LOCKS: Final = (
    "requirements",
    "local/requirements",
    "requirements-dev",
    "benchmarks/requirements",
    "local/requirements-engine",
    "tests/generated/requirements",
    "tests/mutants/requirements",
)
"""The same as in `make lock`; a test compares them."""
NPM: Final = ("console", "docs/examples", "infra/artifact/compiler", "testbed/engines/dynalite", "tests/generated")
_UV: Final = (
    ".venv-lock/bin/uv",
    "pip",
    "compile",
    "--quiet",
    "--upgrade",
    "--universal",
    "--python-version",
    "3.11",
    "--no-header",
)
_PIN: Final = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_ACTION: Final = re.compile(r"^\s*(?:-\s*)?uses:\s*([^\s@]+)@(\S+)", re.MULTILINE)
_UVS_FRAME: Final = " \u00d7\u2570\u2500\u25b6"
_TIMEOUT_S: Final = 300


class NotAsked(Exception):
    """A registry did not answer. The message is its client's."""


def python(lock: str, run: Run) -> list[Change]:
    """What `make lock` would change in one of Python's locks."""
    newest = _pins(_answer(run([*_UV, f"{lock}.in"], PROJECT), lock))
    pinned = _pins((PROJECT / f"{lock}.txt").read_text("utf-8"))
    moved = [(name, version, newest.get(name, "not needed any more")) for name, version in pinned.items()]
    return [each for each in moved if each[1] != each[2]]


def npm(folder: str, run: Run) -> list[Change]:
    """What npm reports as outdated in a folder: then its status is 1, and its error output is empty."""
    done = run(["npm", "outdated", "--json", "--package-lock-only"], PROJECT / folder)
    try:
        found: Mapping[str, Mapping[str, str]] = json.loads(done.stdout or "{}")
    except ValueError:
        found = {"error": {}}
    if "error" in found or (done.returncode and not found):
        raise NotAsked(_last_line(done) or f"npm outdated in {folder} failed")
    moved = [(name, each.get("current", each.get("wanted", "?")), each["latest"]) for name, each in sorted(found.items())]
    return [each for each in moved if each[1] != each[2]]


def actions(workflows: Path) -> list[str]:
    """The GitHub Actions of the workflows. Look up their versions by hand."""
    files = sorted(workflows.glob("*.y*ml"))
    return sorted({f"{name}@{version}" for path in files for name, version in _ACTION.findall(path.read_text("utf-8"))})


def report(run: Run, say: Callable[[str], None]) -> int:
    """Print the list. Return the exit status."""
    unknown = 0
    for name, found in _sections(run):
        try:
            changes = found()
        except NotAsked as error:
            unknown += 1
            say(f"{name}: NOT KNOWN. Its registry could not be asked: {error}")
            continue
        say(f"{name}: {len(changes)} outdated" if changes else f"{name}: up to date")
        for what, pinned, newest in changes:
            say(f"  {what}  {pinned} → {newest}")
    used = actions(PROJECT / ".github" / "workflows")
    say(f"GitHub Actions: look these up: {', '.join(used)}" if used else "GitHub Actions: none are used")
    if unknown:
        say(f"{unknown} of {len(LOCKS) + len(NPM)} could not be asked: this list is not complete.")
    return 1 if unknown else 0


def _sections(run: Run) -> Iterator[tuple[str, Callable[[], list[Change]]]]:
    for lock in LOCKS:
        yield f"{lock}.txt", lambda lock=lock: python(lock, run)  # type: ignore[misc]
    for folder in NPM:
        yield f"{folder}/package-lock.json", lambda folder=folder: npm(folder, run)  # type: ignore[misc]


def _pins(text: str) -> dict[str, str]:
    return {name.lower(): version for name, version in _PIN.findall(text)}


def _answer(done: subprocess.CompletedProcess[str], lock: str) -> str:
    if done.returncode:
        raise NotAsked(_last_line(done) or f"uv could not resolve {lock}.in")
    return done.stdout


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip(_UVS_FRAME) for line in done.stderr.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""


def _run(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - ours
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S
        )
    except FileNotFoundError:
        return subprocess.CompletedProcess(command, 1, "", f"{command[0]} is missing")
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", f"no answer within {_TIMEOUT_S} s")


def _say(line: str) -> None:
    print(line)  # noqa: T201 - it is a program


if __name__ == "__main__":
    sys.exit(report(_run, _say))
