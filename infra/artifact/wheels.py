"""The dependencies, as wheels for the target: downloaded by their hashes, and unpacked."""

from __future__ import annotations

import re
import shutil
import sys
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

from infra.artifact import PackageError
from infra.artifact.process import run

if TYPE_CHECKING:
    from pathlib import Path

    from infra.artifact.target import Target

_ELF_MACHINES: Final = {62: "x86_64", 183: "aarch64"}
_ELF_MACHINE_AT: Final = slice(18, 20)
_GLIBC: Final = re.compile(rb"\x00GLIBC_(\d+)\.(\d+)")


def download(requirements: Path, target: Target, to: Path) -> None:
    """Download the wheels of a hashed list of requirements; raise `PackageError` where pip cannot."""
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
    """Raise `PackageError` for a binary that the target's machine or C library could not load."""
    for binary in sorted(tree.rglob("*.so*")):
        content = binary.read_bytes()
        machine, glibc = machine_of(content), glibc_of(content)
        if machine != target.machine or glibc > target.glibc:
            has = f"{target.runtime} is {target.machine} with glibc {_dotted(target.glibc)}"
            message = f"{binary.relative_to(tree)} wants {machine} with glibc {_dotted(glibc)}; {has}."
            raise PackageError(message)


def _dotted(version: tuple[int, int]) -> str:
    return "{}.{}".format(*version)


def machine_of(binary: bytes) -> str:
    """The machine that an ELF file is for, by its header."""
    number = int.from_bytes(binary[_ELF_MACHINE_AT], "little")
    return _ELF_MACHINES.get(number, f"machine {number}")


def glibc_of(binary: bytes) -> tuple[int, int]:
    """The newest version of glibc whose symbols an ELF file names."""
    return max(((int(major), int(minor)) for major, minor in _GLIBC.findall(binary)), default=(2, 0))
