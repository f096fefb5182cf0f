"""The materials of a package: wheels with hashes and licences, Chalice's runtime, and the commit of the source."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email.parser import HeaderParser
from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

from infra.artifact import PackageError
from infra.artifact.export import DEPLOYED
from infra.artifact.process import run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LICENSES: Final = "licenses"
"""The folder of the package with the licences of what is deployed, and the headers of its metadata."""
_LEGAL: Final = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
_LOCKED: Final = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)((?:.*\\\n)(?: +--hash=sha256:[0-9a-f]{64}.*\n)+)", re.MULTILINE)
_HASH: Final = re.compile(r"sha256:([0-9a-f]{64})")
_SHIPPED_BY_CHALICE: Final = "chalice"


@dataclass(frozen=True, slots=True)
class Material:
    """A distribution whose code is deployed. `sha256` is the wheel's. Chalice has none: the installed code is used."""

    name: str
    version: str
    license: str
    is_expression: bool
    sha256: str | None
    libraries: tuple[tuple[str, str], ...] = ()
    """The shared libraries in its wheel: their names, and the SHA-256 of each."""

    @property
    def purl(self) -> str:
        """Its name as a package URL."""
        return f"pkg:pypi/{re.sub(r'[-_.]+', '-', self.name).lower()}@{self.version}"


@dataclass(frozen=True, slots=True)
class Source:
    """The packaged commit. `is_clean` means that all deployed files are as in the commit."""

    commit: str
    is_clean: bool


def digest(content: bytes) -> str:
    """SHA-256, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def source(project: Path) -> Source | None:
    """The commit of a clone; ``None`` if there is no git, or no clone."""
    try:
        commit = run(["git", "-C", str(project), "rev-parse", "HEAD"]).strip()
        changed = run(["git", "-C", str(project), "status", "--porcelain", "--untracked-files=no", "--", *DEPLOYED])
    except PackageError:
        return None
    return Source(commit, not changed)


def materials(wheels: Path) -> list[Material]:
    """The wheels of a folder and Chalice, by name."""
    found = [_of_wheel(path) for path in wheels.glob("*.whl")]
    return sorted([*found, _of_chalice()], key=lambda each: each.name.lower())


def keep(wheels: Path, tree: Path) -> None:
    """Add the licences of everything that is deployed, and the headers of its metadata, to the tree."""
    for path in wheels.glob("*.whl"):
        with ZipFile(path) as wheel:
            for name in wheel.namelist():
                _put(tree, name, wheel.read(name))
    for file in distribution(_SHIPPED_BY_CHALICE).files or ():
        if ".dist-info/" in str(file):
            _put(tree, file.as_posix(), Path(str(file.locate())).read_bytes())


def locked(requirements: Path) -> dict[str, tuple[str, frozenset[str]]]:
    """Name → version and hashes, as a list of requirements pins them."""
    found = _LOCKED.finditer(requirements.read_text("utf-8"))
    return {each[1].lower(): (each[2], frozenset(_HASH.findall(each[3]))) for each in found}


def _put(tree: Path, name: str, content: bytes) -> None:
    folder, _, inner = name.partition(".dist-info/")
    if not inner or inner.endswith("/"):
        return
    if inner == "METADATA":
        content = content.partition(b"\n\n")[0] + b"\n"  # what follows is the project's page
    elif not _LEGAL.search(inner):
        return
    to = tree / LICENSES / folder / inner.removeprefix("licenses/")
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(content)


def _of_wheel(path: Path) -> Material:
    with ZipFile(path) as wheel:
        [metadata] = [name for name in wheel.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        binaries = sorted(name for name in wheel.namelist() if re.fullmatch(r"[^/]+\.libs/[^/]+", name))
        libraries = tuple((name, digest(wheel.read(name))) for name in binaries)
        return _material(wheel.read(metadata).decode(), digest(path.read_bytes()), libraries)


def _of_chalice() -> Material:
    return _material(distribution(_SHIPPED_BY_CHALICE).read_text("METADATA") or "", None, ())


def _material(metadata: str, sha256: str | None, libraries: Iterable[tuple[str, str]]) -> Material:
    headers = HeaderParser().parsestr(metadata)
    expression = headers["License-Expression"]
    said = expression or headers["License"] or next(_classified(headers.get_all("Classifier", [])), "unknown")
    return Material(headers["Name"], headers["Version"], said, bool(expression), sha256, tuple(libraries))


def _classified(classifiers: Iterable[str]) -> Iterator[str]:
    return (each.rpartition(" :: ")[2] for each in classifiers if each.startswith("License ::"))
