"""The dependencies, as wheels for the target: downloaded by their hashes, and unpacked."""

from __future__ import annotations

import re
import shutil
import sys
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

from infra.artifact import PackageError
from infra.artifact.elf import glibc_of, machine_of, needed_by
from infra.artifact.process import run

if TYPE_CHECKING:
    from pathlib import Path

    from infra.artifact.target import Target

_IN_LAMBDA: Final = re.compile(
    r"lib(c|m|dl|pthread|rt|resolv|util)\.so\.\d+|ld-linux-[\w-]+\.so\.\d+|libgcc_s\.so\.1|libz\.so\.1",
)
"""The libraries of every python3.12+ function: glibc's, GCC's, and zlib, which Python's own module loads.

AWS says which packages Amazon Linux 2023's minimal image has ("Using AL2023 in AWS Lambda", linux/al2023/ug/lambda), and
functions find fewer libraries than Lambda's container image has: libexpat is not among them (developmentseed/eoapi-cdk#181).
So nothing else is counted on: a wheel brings it along, or it is refused.
"""


def download(requirements: Path, target: Target, to: Path) -> None:
    """Download the wheels of a hashed list of requirements. Raise `PackageError` if pip fails."""
    options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--implementation=cp"]
    platforms = [f"--platform={name}" for name in [*target.platforms, f"manylinux2014_{target.machine}"]]
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    run(
        [
            *pip,
            *options,
            *platforms,
            f"--python-version={_dotted(target.python)}",
            f"--requirement={requirements}",
            f"--dest={to}",
        ]
    )


def unpack(wheels: Path, tree: Path) -> None:
    """Unpack all wheels of a folder into the tree."""
    for wheel in sorted(wheels.glob("*.whl")):
        with ZipFile(wheel) as archive:
            archive.extractall(tree)
    for data in sorted(tree.glob("*.data")):
        for library in ("purelib", "platlib"):
            if (data / library).is_dir():
                shutil.copytree(data / library, tree, dirs_exist_ok=True)
        shutil.rmtree(data)  # what is left are scripts


def verify(tree: Path, target: Target) -> None:
    """Raise `PackageError` for a binary that the target cannot load: another machine, C library or libraries."""
    binaries = {path: path.read_bytes() for path in sorted(tree.rglob("*.so*"))}
    shipped = {path.name for path in binaries}
    for path, content in binaries.items():
        machine, glibc = machine_of(content), glibc_of(content)
        if machine != target.machine or glibc > target.glibc:
            has = f"{target.runtime} is {target.machine} with glibc {_dotted(target.glibc)}"
            message = f"{path.relative_to(tree)} needs {machine} with glibc {_dotted(glibc)}; {has}."
            raise PackageError(message)
        missing = [each for each in needed_by(content) if each not in shipped and not _IN_LAMBDA.fullmatch(each)]
        if missing:
            message = f"{path.relative_to(tree)} loads {', '.join(missing)}, which is neither in Lambda nor in a wheel."
            raise PackageError(message)


def _dotted(version: tuple[int, int]) -> str:
    return "{}.{}".format(*version)
