"""What the programs say, to whoever watches: on standard error, so that standard output is left to what scripts want."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.deployment.stack import Event


def say(*lines: str) -> None:
    """Say each line."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - it is a program


def tell(event: Event) -> None:
    """Tell what became of a resource, and, of the stack itself, each step; what has only begun is not told."""
    if event["ResourceStatus"].endswith("_IN_PROGRESS") and event["PhysicalResourceId"] != event["StackId"]:
        return
    at = event["Timestamp"].astimezone().strftime("%H:%M:%S")
    say(f"  {at}  {event['ResourceStatus']:<28}{event['LogicalResourceId']}  {event['ResourceType']}")
