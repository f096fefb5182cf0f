"""The zip, with compiled modules. The same files always give the same bytes."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from infra.artifact import PackageError
from infra.artifact.process import run

_AT_FIRST: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can have."""
_UNIX: Final = 3
_REGULAR_FILE: Final = 0o100644 << 16
_IN_LAMBDA: Final = "/var/task"
_COMPILER: Final = Path(__file__).with_name("compiler")


def compile_modules(tree: Path, interpreter: str) -> None:
    """Add a compiled module next to each source: Lambda cannot store one, and would compile at each cold start.

    They are never checked against their sources, whose times the zip does not hold. The sources stay: they are the lines of
    tracebacks.
    """
    options = ["-q", "-f", "--invalidation-mode=unchecked-hash", f"-s{tree}", f"-p{_IN_LAMBDA}"]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    run([interpreter, "-S", "-m", "compileall", *options, str(tree)], environment)


def compile_by_node(tree: Path, runtime: str) -> bool:
    """The same with a CPython for Node.js; ``False`` if that version is not installed (`make compiler-packages`).

    Compiled modules are alike on all machines, so that it is the version alone that counts.
    """
    if not (_COMPILER / "node_modules").exists():
        return False
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    node = shutil.which("node", path=path)
    if node is None:
        return False
    version = run([node, str(_COMPILER / "compile.mjs"), str(tree), _IN_LAMBDA]).strip()
    if version != runtime:
        message = f"{_COMPILER} compiles for {version}, and the package is for {runtime}."
        raise PackageError(message)
    return True


def write(tree: Path, to: Path) -> None:
    """Pack all files of the tree."""
    files = {path.relative_to(tree).as_posix(): path for path in tree.rglob("*") if path.is_file()}
    with ZipFile(to, "w", ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            archive.writestr(_entry(name), files[name].read_bytes())


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _AT_FIRST)
    entry.compress_type = ZIP_DEFLATED
    entry.create_system = _UNIX
    entry.external_attr = _REGULAR_FILE
    return entry
