"""The target of a package: machine, Python version, C library.

Lambda's python3.11 is Amazon Linux 2, whose glibc 2.26 is too old for libcurl in PycURL's wheel; from python3.12 on it is
Amazon Linux 2023. So a package may be for a newer Python than the one that makes it: wheels are downloaded, not built.
"""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from infra.artifact import PackageError
from infra.artifact.process import run

if TYPE_CHECKING:
    from pathlib import Path

_MACHINES: Final = {"arm64": "aarch64", "x86_64": "x86_64"}
_OLDEST_ON_LINUX_2023: Final = (3, 12)
_WANTED: Final = (3, 13)
"""The Python version if the packaging one is too old for Lambda's newer system."""
_GLIBC_OF_LINUX_2023: Final = (2, 34)
_OLDEST_TAG: Final = 17


@dataclass(frozen=True, slots=True)
class Target:
    """Lambda's name of the architecture, the Python version, and the newest glibc that a binary may need."""

    architecture: str
    python: tuple[int, int]
    glibc: tuple[int, int]

    @property
    def machine(self) -> str:
        """The name of the architecture in wheels and in ELF."""
        return _MACHINES[self.architecture]

    @property
    def runtime(self) -> str:
        """Lambda's name of the Python."""
        return "python{}.{}".format(*self.python)

    @property
    def platforms(self) -> list[str]:
        """The tags of wheels that run there, newest first."""
        newest = self.glibc[1]
        return [f"manylinux_2_{minor}_{self.machine}" for minor in range(newest, _OLDEST_TAG - 1, -1)]

    @property
    def interpreter(self) -> str | None:
        """A Python of that version on this machine, which can compile modules for it."""
        return sys.executable if self.python == sys.version_info[:2] else _found(self.runtime, self.python)


def in_lambda(project: Path) -> Target:
    """What is deployed: the architecture of Chalice's configuration, and this Python or, if too old, a newer one."""
    architecture = json.loads((project / ".chalice" / "config.json").read_text("utf-8"))["lambda_architecture"]
    running = sys.version_info[:2]
    return Target(architecture, running if running >= _OLDEST_ON_LINUX_2023 else _WANTED, _GLIBC_OF_LINUX_2023)


def here() -> Target:
    """The machine that packages. An emulator of Lambda can run the package on it."""
    of_machine = {machine: architecture for architecture, machine in _MACHINES.items()}
    major, minor = platform.libc_ver()[1].split(".")[:2]
    return Target(of_machine[platform.machine()], sys.version_info[:2], (int(major), int(minor)))


def _found(name: str, version: tuple[int, int]) -> str | None:
    """The interpreter's name, if it exists and has that version: there may be a shim without an interpreter."""
    try:
        is_version = run([name, "-c", "import sys; print(*sys.version_info[:2])"]).split() == [str(part) for part in version]
    except PackageError:
        return None
    return name if is_version else None
