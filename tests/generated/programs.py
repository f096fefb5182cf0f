"""Programs of Node.js and of `.venv-generated` that read the API's description or run what was generated from it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

HERE: Final = Path(__file__).parent
PYTHON: Final = HERE.parents[1] / ".venv-generated" / "bin" / "python"
_PACKAGES: Final = HERE / "node_modules"
_QUIET: Final = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}
_TIMEOUT_S: Final = 500


class Programs:
    """Runs programs in a folder of their own; skips the test if they are not installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def of_node(self, name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run the command of an npm package."""
        if not _PACKAGES.exists():
            pytest.skip("the generators and linters of Node.js are not installed: make generated-packages")
        return self.run(_PACKAGES / ".bin" / name, *arguments)

    def of_python(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run Python with the generated client's libraries."""
        if not PYTHON.exists():
            pytest.skip("the generator of Python is not installed: make venv-generated")
        return self.run(PYTHON, *arguments)

    def run(
        self, program: str | Path, *arguments: str | Path, surroundings: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program, and return both of its outputs together."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            [program, *arguments],
            cwd=self.folder,
            env=os.environ | _QUIET | {"PATH": path} | (surroundings or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
        )

    def bring(self, folder: str, document: Path) -> None:
        """Copy the document and the files of a sibling folder, and let Node.js find its packages from there."""
        shutil.copytree(HERE / folder, self.folder, dirs_exist_ok=True)
        shutil.copy(document, self.folder / "openapi.json")
        (self.folder / "node_modules").symlink_to(_PACKAGES)
