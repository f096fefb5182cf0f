"""A clean copy of what is deployed: the files that git tracks, or, outside a clone, all files that no run has made."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from infra.artifact import PackageError
from infra.artifact.process import run

if TYPE_CHECKING:
    from pathlib import Path

DEPLOYED: Final = ("app.py", ".chalice/config.json", ".chalice/policy.json", "chalicelib")
_MADE_BY_RUNNING: Final = "__pycache__"


def export(project: Path, to: Path) -> list[str]:
    """Copy what is deployed. Return the files that are left out because git does not track them."""
    for name in sorted(_tracked(project) or _present(project)):
        if (project / name).is_file():  # tracked, and deleted since, is deleted
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(project / name, to / name)
    return sorted(_listed(project, "--others", "--exclude-standard")) if _tracked(project) else []


def _tracked(project: Path) -> list[str]:
    return _listed(project, "--cached")


def _listed(project: Path, *options: str) -> list[str]:
    """The files that git lists; none if there is no git, or no clone."""
    try:
        listed = run(["git", "-C", str(project), "ls-files", "-z", *options, "--", *DEPLOYED])
    except PackageError:
        return []
    return [name for name in listed.split("\0") if name]


def _present(project: Path) -> list[str]:
    files = (path for name in DEPLOYED for path in [project / name, *(project / name).rglob("*")] if path.is_file())
    names = [path.relative_to(project) for path in files]
    return [name.as_posix() for name in names if _MADE_BY_RUNNING not in name.parts and not name.name.startswith(".")]
