"""The installed package, and shell completion."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from typing import TYPE_CHECKING, Final

import pytest

from posthorn import __version__
from posthorn.cli import options
from testbed.patience import PATIENCE_S
from tests.docs.markdown import ROOT
from tests.slowness import slowness

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.terminal import Terminal

HELP_CPU_S: Final = 2
"""Ten times what it takes. CPU time, because other processes hardly affect it."""


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `pip install .` installs. It is built from a copy, because setuptools writes files next to the sources."""
    source, wheels = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("posthorn", "chalicelib"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--quiet",
        "-w",
        str(wheels),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)
    return next(wheels.glob("*.whl"))


def test_the_wheel_contains_the_client_and_the_command_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
    assert {name.split("/")[0] for name in names} == {"posthorn", f"posthorn-{__version__}.dist-info"}
    modules = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("posthorn/**/*.py")}
    assert modules | {"posthorn/py.typed"} == {name for name in names if name.startswith("posthorn/")}


def test_the_wheel_declares_the_command_and_its_dependencies(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        folder = f"posthorn-{__version__}.dist-info"
        metadata = opened.read(f"{folder}/METADATA").decode()
        entries = opened.read(f"{folder}/entry_points.txt").decode()
    needed = [
        line.removeprefix("Requires-Dist: ").split(">")[0].split("<")[0]
        for line in metadata.splitlines()
        if "Requires-Dist" in line
    ]
    assert sorted(needed) == ["requests", "typer"]
    assert "posthorn = posthorn.cli.app:main" in entries


def test_the_installed_command_runs(wheel: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
        "--target",
        str(tmp_path),
        str(wheel),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE_S)
    result = subprocess.run(
        [sys.executable, str(tmp_path / "bin" / "posthorn"), "--version"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == f"posthorn {__version__}\n"


def test_the_development_requirements_include_the_dependencies_of_the_package() -> None:
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    listed = (ROOT / "requirements-dev.txt").read_text("utf-8")
    assert [each for each in needed if f"\n{each.split('>')[0]}==" not in listed] == []


@pytest.mark.parametrize("arguments", [["--help"], ["webhooks", "create", "--help"]])
def test_help_is_fast_and_loads_no_http_client(arguments: list[str]) -> None:
    code = f"""
import sys, time
from posthorn.cli.app import run
run({arguments!r})
sys.stderr.write(str(time.process_time()))
sys.exit("requests" in sys.modules)
"""
    result = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE_S
    )
    assert float(result.stderr) < HELP_CPU_S * slowness()


@pytest.mark.enable_socket
def test_a_shell_completes_the_ids_of_webhooks(posthorn: Terminal, webhook: str) -> None:
    assert posthorn
    assert (webhook, "A receiver") in options.webhook_ids("wh_")
    assert options.webhook_ids("nonsense") == []


def test_completion_is_empty_without_a_profile(signed_out: Terminal) -> None:
    assert signed_out
    assert options.webhook_ids("") == []


def test_the_client_does_not_load_the_command_line() -> None:
    code = "import posthorn.client, sys, json; print(json.dumps([m for m in ('typer', 'rich') if m in sys.modules]))"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    assert json.loads(loaded.stdout) == []
