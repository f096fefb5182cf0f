"""Checks a package before it is deployed: CloudFormation accepts its template, and the zip is small enough."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from infra.artifact import PackageError
from infra.artifact.process import run

ZIP_BYTES_MAX: Final = 16_000_000
_SPLIT_OF_NOTHING: Final = "W1033"
"""cfn-lint's warning about splitting the empty default of a list of subnets, which a condition keeps from being used."""


def check_size(archive: Path) -> int:
    """The size of the zip; raise `PackageError` if it is over the limit."""
    size = archive.stat().st_size
    if size > ZIP_BYTES_MAX:
        message = f"{archive} has {size:,} bytes, which is more than the limit of {ZIP_BYTES_MAX:,}."
        raise PackageError(message)
    return size


def check_templates(*templates: Path) -> None:
    """Raise `PackageError` if cfn-lint finds an error in a template.

    Some errors show only in the translated template: an event's role, a runtime that has no SnapStart.
    """
    for path in templates:
        run([str(Path(sys.executable).parent / "cfn-lint"), "--ignore-checks", _SPLIT_OF_NOTHING, "--", str(path)])
