"""Checks of a package: CloudFormation accepts its template, and it is small."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from infra.artifact import PackageError
from infra.artifact.process import run

ZIP_BYTES_MAX: Final = 16_000_000
_SPLIT_OF_NOTHING: Final = "W1033"
"""It splits the empty default of a list of subnets, which a condition keeps from being used."""


def check_size(archive: Path) -> int:
    """The zip's size. Raise `PackageError` if it is over its budget."""
    size = archive.stat().st_size
    if size > ZIP_BYTES_MAX:
        message = f"{archive} has {size:,} bytes, which is more than the limit of {ZIP_BYTES_MAX:,}."
        raise PackageError(message)
    return size


def check_templates(*templates: Path) -> None:
    """Raise `PackageError` for a template that cfn-lint finds fault with.

    Some faults show in the translated one alone: an event's role, a runtime that has no SnapStart.
    """
    for path in templates:
        run([str(Path(sys.executable).parent / "cfn-lint"), "--ignore-checks", _SPLIT_OF_NOTHING, "--", str(path)])
