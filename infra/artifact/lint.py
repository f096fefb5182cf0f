"""What has to hold before a package is deployed: CloudFormation would take its template, and it is small."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from infra.artifact import PackageError, template
from infra.artifact.process import run

ZIP_BYTES_MAX: Final = 16_000_000
_ENGINE: Final = Path(__file__).parents[2] / ".venv-engine" / "bin" / "python"
_TRANSLATION: Final = Path(__file__).with_name("translation.py")


def check_size(archive: Path) -> int:
    """The zip's size; raise `PackageError` where it is over its budget."""
    size = archive.stat().st_size
    if size > ZIP_BYTES_MAX:
        message = f"{archive} has {size:,} bytes, and {ZIP_BYTES_MAX:,} at the most are wanted."
        raise PackageError(message)
    return size


def check_template(sam: Path) -> None:
    """Raise `PackageError` for a template that cfn-lint finds fault with, as it is or as what CloudFormation makes of it.

    Some faults show only there: an event's role, a runtime that has no SnapStart.
    """
    with tempfile.TemporaryDirectory() as folder:
        cloudformation = Path(folder) / "cloudformation.json"
        cloudformation.write_text(json.dumps(translated(sam)), "utf-8")
        for path in (sam, cloudformation):
            run([str(Path(sys.executable).parent / "cfn-lint"), str(path)])


def translated(sam: Path) -> dict[str, Any]:
    """The CloudFormation template that SAM makes of this one.

    Its translator wants another pydantic than the service, and so lives in the engine's virtual environment.
    """
    found: dict[str, Any] = json.loads(run([str(_ENGINE), str(_TRANSLATION), str(sam)], template.REGION | os.environ))
    return found
