"""The programs' messages to people, on standard error: standard output is for scripts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.deployment.stack import Event


def say(*lines: str) -> None:
    """Print each line."""
    for line in lines:
        print(line, file=sys.stderr, flush=True)  # noqa: T201 - it is a program


def tell(event: Event) -> None:
    """Report the result of each resource and each step of the stack, but not what has only started."""
    if event["ResourceStatus"].endswith("_IN_PROGRESS") and event["PhysicalResourceId"] != event["StackId"]:
        return
    at = event["Timestamp"].astimezone().strftime("%H:%M:%S")
    say(f"  {at}  {event['ResourceStatus']:<28}{event['LogicalResourceId']}  {event['ResourceType']}")
