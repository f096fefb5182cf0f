"""The deployment template, packaged once for all tests here."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.artifact.template import translate
from infra.declaration import declaration

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of `chalice package`, without the dependencies, which do not change the template."""
    project = tmp_path_factory.mktemp("package") / "project"
    for name in ("chalicelib", ".chalice"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__", "deployments"))
    shutil.copy(ROOT / "app.py", project)
    (project / "requirements.txt").write_text("")
    (project / "merged.json").write_text(json.dumps(declaration()))
    chalice = [str(Path(sys.executable).parent / "chalice"), "package", "--merge-template", "merged.json", "out"]
    environment = os.environ | {"AWS_DEFAULT_REGION": "us-east-1"}
    done = subprocess.run(chalice, cwd=project, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return project / "out" / "sam.json"


@pytest.fixture(scope="module")
def declared() -> dict[str, Any]:
    """The template as it is declared, before Chalice adds its own."""
    return declaration()


@pytest.fixture(scope="session")
def template(packaged: Path) -> dict[str, Any]:
    """The template that would be deployed."""
    found: dict[str, Any] = json.loads(packaged.read_text())
    return found


@pytest.fixture(scope="session")
def translated(packaged: Path) -> Path:
    """The template as CloudFormation expands it."""
    to = packaged.with_name("cloudformation.json")
    translate(packaged, to)
    return to
