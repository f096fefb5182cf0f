"""Runs mutants, each in a copy of the tree and in a process of its own.

The libraries that the tests import are imported once, here. Each process is forked from that, and imports the project from
its copy. So a mutant takes about a second, and not five.

Compiled modules of a copy are checked by their source's hash, not by its time, because a mutant may be as long as the
original and be written within the same second.
"""

from __future__ import annotations

import compileall
import contextlib
import ctypes
import importlib
import os
import py_compile
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.mutants.coverage_map import NEEDS_AN_ENGINE
from tests.mutants.mutant import Mutant, Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

CPU_S_MAX: Final = 90
"""The CPU time of a round of tests, to notice endless loops."""
MEMORY_BYTES_MAX: Final = 2_000_000_000
"""The memory of a process, to notice endless growth before the machine runs out of memory."""
WALL_S_MAX: Final = 600
"""The time of a round of tests, to notice endless waits. It is long enough for a busy machine."""
_PR_SET_PDEATHSIG: Final = 1
"""linux/prctl.h."""
_OWN: Final = ("app", "benchmarks", "chalicelib", "infra", "local", "openapi", "posthorn", "testbed", "tests")
_OTHERS: Final = (
    "boto3", "botocore.session", "chalice.app", "chalice.test", "hypothesis", "hypothesis.strategies", "jsonschema", "moto",
    "moto.dynamodb.models", "moto.dynamodb.responses", "moto.sqs.models", "moto.sqs.responses",
    "pycurl", "pydantic", "requests",
)  # fmt: skip
_ARGUMENTS: Final = (
    "-x", "-q", "--tb=line", "-p", "no:randomly", "-p", "no:xdist", "--seeds", "40", "--hypothesis-seed=0", "--timeout=60",
    "-k", f"not ({NEEDS_AN_ENGINE})",
    "-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning",
)  # fmt: skip
_FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (tests/.*?)(?: - .*)?$", re.MULTILINE)


class NothingNotices(Exception):
    """The tests fail without a breakage, or there are none, so they prove nothing."""


@dataclass(slots=True)
class _Running:
    mutant: Mutant
    tree: Path
    rounds: list[list[str]]
    began: float
    tests: int = 0
    pid: int = 0
    round_began: float = 0.0


def copied(root: Path, folder: Path) -> Path:
    """A copy of the files that git knows or would add, with compiled modules. Environments and packages are linked."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, names.split("\0")):
        source, target = root / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    for each in (".venv", ".venv-engine", "infra/artifact/compiler/node_modules", "testbed/engines/dynalite/node_modules"):
        if (root / each).exists() and not (folder / each).exists():
            (folder / each).symlink_to((root / each).resolve())
    mode = py_compile.PycInvalidationMode.CHECKED_HASH
    for each in ("app.py", *_OWN[1:]):
        path = folder / each
        if path.is_dir():
            compileall.compile_dir(path, quiet=2, invalidation_mode=mode)
        else:
            compileall.compile_file(path, quiet=2, invalidation_mode=mode)
    return folder


def preload() -> None:
    """Import the libraries that the tests need."""
    for each in _OTHERS:
        importlib.import_module(each)


@contextlib.contextmanager
def trees(root: Path, count: int) -> Iterator[list[Path]]:
    """Make copies, which are removed at the end."""
    with tempfile.TemporaryDirectory(prefix="posthorn-mutants-") as folder:
        yield [copied(root, Path(folder) / str(number)) for number in range(count)]


def require_green(tree: Path, tests: Sequence[str]) -> None:
    """Raise `NothingNotices` if the tests do not pass without a breakage."""
    pid = _forked(tree, tests)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code != pytest.ExitCode.OK:
        message = f"Without any breakage the tests end with {code}:\n{_output(tree)[-3_000:]}"
        raise NothingNotices(message)


def run(mutants: Iterable[Mutant], copies: Sequence[Path], rounds: Callable[[Mutant], list[list[str]]]) -> Iterator[Result]:
    """Run each mutant with its tests, one in each copy at a time. Yields the results as they end."""
    left, free, running = iter(mutants), list(copies), list[_Running]()
    is_over = False
    try:
        while running or not is_over:
            while free and not is_over:
                mutant = next(left, None)
                if mutant is None:
                    is_over = True
                    break
                chosen = rounds(mutant)
                if not chosen:
                    yield Result(mutant, Outcome.UNTESTED)
                    continue
                running.append(_begun(_Running(mutant, free.pop(), chosen, time.monotonic())))
            for each in list(running):
                result = _looked_at(each)
                if result is not None:
                    running.remove(each)
                    free.append(each.tree)
                    yield result
            time.sleep(0.02)
    finally:
        for each in running:
            _kill(each.pid)


def _begun(each: _Running) -> _Running:
    """Write the broken file into its copy, and start the next round of tests."""
    file = each.tree / each.mutant.path
    original = each.tree / ".original"
    if not original.exists():
        shutil.copy2(file, original)
    file.write_text(each.mutant.text)
    tests = each.rounds.pop(0)
    each.tests += len(tests)
    each.round_began = time.monotonic()
    each.pid = _forked(each.tree, tests)
    return each


def _looked_at(each: _Running) -> Result | None:
    """The result of a mutant; ``None`` if it is not known yet."""
    pid, status = os.waitpid(each.pid, os.WNOHANG)
    if pid == 0 and time.monotonic() - each.round_began < WALL_S_MAX:
        return None
    if pid == 0:
        _kill(each.pid)
        return _result(each, Outcome.HUNG)
    code = os.waitstatus_to_exitcode(status)
    _end_group(each.pid)
    if code < 0:
        return _result(each, Outcome.HUNG)
    if code == pytest.ExitCode.OK:
        if each.rounds:
            _begun(each)
            return None
        return _result(each, Outcome.SURVIVED)
    output = _output(each.tree)
    if code == pytest.ExitCode.NO_TESTS_COLLECTED:
        message = f"{each.mutant.name}: its tests are not there any more:\n{output[-1_000:]}"
        raise NothingNotices(message)
    found = _FAILED.search(output)
    return _result(each, Outcome.NOTICED, found[1] if found else "it cannot be imported")


def _result(each: _Running, outcome: Outcome, by: str = "") -> Result:
    shutil.move(each.tree / ".original", each.tree / each.mutant.path)
    return Result(each.mutant, outcome, by, each.tests, round(time.monotonic() - each.began, 1))


def _forked(tree: Path, tests: Sequence[str]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 3
    try:  # in the child, which never returns
        os.setsid()
        _die_with_parent()
        code = _tested(tree, tests)
    finally:
        sys.stdout.flush()
        os._exit(code)


def _die_with_parent() -> None:
    """Let Linux end this process if the run is killed, since then no other process can."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _tested(tree: Path, tests: Sequence[str]) -> int:
    """Run tests in this process, with the project as it is in a copy."""
    root = str(Path.cwd())
    os.chdir(tree)
    output = os.open(tree / ".output", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S_MAX, CPU_S_MAX + 5))
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    for name in [each for each in sys.modules if each.partition(".")[0] in _OWN]:
        del sys.modules[name]
    sys.path[:] = [str(tree), *(each for each in sys.path if each not in {"", root})]
    importlib.invalidate_caches()
    return int(pytest.main([*_ARGUMENTS, *tests]))


def _output(tree: Path) -> str:
    return (tree / ".output").read_text(errors="replace")


def _kill(pid: int) -> None:
    _end_group(pid)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)


def _end_group(pid: int) -> None:
    """End the processes that the tests have started and left running."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
