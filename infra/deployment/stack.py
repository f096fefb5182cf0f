"""Reads the stack of a stage from CloudFormation."""

from __future__ import annotations

import time
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from infra.deployment.account import Account

_POLL_FIRST_S: Final = 0.1
_POLL_MAX_S: Final = 3.0
_MISSING: Final = "ValidationError"
"""CloudFormation's error code for a stack that does not exist; its message is `… does not exist`."""

Description = dict[str, Any]
Event = dict[str, Any]


class Stack:
    """A stack: its description, events and outputs."""

    def __init__(self, account: Account, stage: str) -> None:
        self.name = f"posthorn-{stage}"
        self.cloudformation = account.client("cloudformation")

    def described(self, name: str | None = None) -> Description | None:
        """The stack, by its name, or by its id if it is deleted; `None` if there is none."""
        try:
            found: list[Description] = self.cloudformation.describe_stacks(StackName=name or self.name)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] == _MISSING and "does not exist" in str(error):
                return None
            raise
        return found[0]

    def outputs(self) -> dict[str, str]:
        """The outputs: name → value; empty if there is no stack."""
        found = self.described() or {}
        return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}

    def follow(self, stack_id: str, known: set[str], tell: Callable[[Event], None]) -> list[Event]:
        """Report each new event, until the stack's own event says that it is complete. Return the events."""
        news: list[Event] = []
        for _ in polls():
            for event in reversed(self._unknown(stack_id, known)):
                known.add(event["EventId"])
                news.append(event)
                tell(event)
            if any(_is_end(event, stack_id) for event in news):
                return news
        raise AssertionError

    def known(self, stack_id: str) -> set[str]:
        """The ids of all events so far."""
        return {event["EventId"] for event in self._unknown(stack_id, set())}

    def _unknown(self, stack_id: str, known: set[str]) -> list[Event]:
        """The events that are not known, newest first. It reads only the pages that have them."""
        pages = self.cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id)
        events = (event for page in pages for event in page["StackEvents"])
        return list(takewhile(lambda event: event["EventId"] not in known, events))


def _is_end(event: Event, stack_id: str) -> bool:
    """Whether an event is the stack's own, and its operation is complete."""
    return event["PhysicalResourceId"] == stack_id and not event["ResourceStatus"].endswith("_IN_PROGRESS")


def polls() -> Iterator[None]:
    """Wait between polls: 0.1 s at first, then 1.5 times as long each time, up to 3 s."""
    wait_s = _POLL_FIRST_S
    while True:
        yield
        time.sleep(wait_s)
        wait_s = min(wait_s * 1.5, _POLL_MAX_S)


def first_failure(events: list[Event]) -> Event | None:
    """The first cause: a resource that failed itself, not one that was cancelled."""
    failed = [each for each in events if each["ResourceStatus"].endswith("_FAILED")]
    of_themselves = [each for each in failed if "cancelled" not in each.get("ResourceStatusReason", "")]
    return next(iter(of_themselves or failed), None)
