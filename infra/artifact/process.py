"""Runs the programs that make a package."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from infra.artifact import PackageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def run(command: Sequence[str], environment: Mapping[str, str] = os.environ) -> str:
    """The output of the program. Raise `PackageError` with its error output if it fails or is missing."""
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    except FileNotFoundError as error:
        message = f"{command[0]} is missing."
        raise PackageError(message) from error
    if done.returncode:
        raise PackageError(done.stderr.strip() or done.stdout.strip())
    return done.stdout
