"""The target of a package: the machine, the version of Python, and the version of glibc.

Lambda's python3.11 runs on Amazon Linux 2, whose glibc 2.26 is too old for libcurl in PycURL's wheel. From python3.12 on it
runs on Amazon Linux 2023. So a package may be for a newer Python than the one that makes it, which downloads wheels and
builds none.
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
"""The version of Python if the one that makes the package is too old for Amazon Linux 2023."""
_GLIBC_OF_LINUX_2023: Final = (2, 34)
_OLDEST_TAG: Final = 17


@dataclass(frozen=True, slots=True)
class Target:
    """An architecture, by Lambda's name, a version of Python, and the newest glibc that a binary may need."""

    architecture: str
    python: tuple[int, int]
    glibc: tuple[int, int]

    @property
    def machine(self) -> str:
        """The architecture, by the name that wheels and ELF have for it."""
        return _MACHINES[self.architecture]

    @property
    def runtime(self) -> str:
        """Lambda's name of the runtime."""
        return "python{}.{}".format(*self.python)

    @property
    def platforms(self) -> list[str]:
        """The platform tags of wheels that run there, the newest first."""
        newest = self.glibc[1]
        return [f"manylinux_2_{minor}_{self.machine}" for minor in range(newest, _OLDEST_TAG - 1, -1)]

    @property
    def interpreter(self) -> str | None:
        """A Python of that version on this machine, to compile the modules; ``None`` if there is none."""
        return sys.executable if self.python == sys.version_info[:2] else _found(self.runtime, self.python)


def in_lambda(project: Path) -> Target:
    """The target of a deployment: the architecture in Chalice's configuration, and this Python or, if too old, 3.13."""
    architecture = json.loads((project / ".chalice" / "config.json").read_text("utf-8"))["lambda_architecture"]
    running = sys.version_info[:2]
    return Target(architecture, running if running >= _OLDEST_ON_LINUX_2023 else _WANTED, _GLIBC_OF_LINUX_2023)


def here() -> Target:
    """The target of this machine, on which an emulator of Lambda may run the package."""
    of_machine = {machine: architecture for architecture, machine in _MACHINES.items()}
    major, minor = platform.libc_ver()[1].split(".")[:2]
    return Target(of_machine[platform.machine()], sys.version_info[:2], (int(major), int(minor)))


def _found(name: str, version: tuple[int, int]) -> str | None:
    """The interpreter's name, if it runs and has that version: it may be a shim without an interpreter."""
    try:
        is_version = run([name, "-c", "import sys; print(*sys.version_info[:2])"]).split() == [str(part) for part in version]
    except PackageError:
        return None
    return name if is_version else None
