"""A change set: what a deployment would change, and its execution."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from infra.deployment import DeploymentError
from infra.deployment.stack import first_failure, polls

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.deployment.stack import Description, Event, Stack
    from infra.deployment.tags import Tags

_NEVER_UP: Final = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED"})
"""A stack in such a state cannot be updated. It is deleted and created again."""
_AT_REST: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"})
_NOT_BEGUN: Final = "REVIEW_IN_PROGRESS"
_UP: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
_NOTHING: Final = ("didn't contain changes", "No updates are to be performed")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The wanted state of a stack: the URL of its template, parameters, and tags."""

    template_url: str
    parameters: list[dict[str, Any]]
    tags: Tags


class Change:
    """One deployment of a template to a stack."""

    def __init__(self, stack: Stack, tell: Callable[[Event], None]) -> None:
        self._stack = stack
        self._tell = tell
        self._cloudformation = stack.cloudformation

    def make_way(self) -> Description | None:
        """The stack to update, or `None` if it has to be created.

        Raise `DeploymentError` if an operation is running on it.
        """
        found = self._stack.described()
        if found is None or found["StackStatus"] == _NOT_BEGUN:
            return None
        if found["StackStatus"] in _AT_REST:
            return found
        if found["StackStatus"] in _NEVER_UP:
            self._remove(found["StackId"])
            return None
        message = f"{self._stack.name} is in {found['StackStatus']}: wait until it ends, or resolve it in CloudFormation."
        raise DeploymentError(message)

    def _remove(self, stack_id: str) -> None:
        known = self._stack.known(stack_id)
        self._cloudformation.delete_stack(StackName=stack_id)
        self._stack.follow(stack_id, known, self._tell)

    def apply(self, wanted: Wanted, before: Description | None) -> bool:
        """Change the stack. Return whether there was a change. Raise `DeploymentError` if it failed."""
        made = self._made(wanted, "CREATE" if before is None else "UPDATE")
        if made["Status"] == "FAILED":
            self._cloudformation.delete_change_set(StackName=self._stack.name, ChangeSetName=made["ChangeSetId"])
            if any(text in made["StatusReason"] for text in _NOTHING):
                return False
            message = f"CloudFormation refuses the template: {made['StatusReason']}"
            raise DeploymentError(message)
        known = self._stack.known(made["StackId"])
        self._cloudformation.execute_change_set(StackName=self._stack.name, ChangeSetName=made["ChangeSetId"])
        self._check(made["StackId"], self._stack.follow(made["StackId"], known, self._tell))
        return True

    def _made(self, wanted: Wanted, kind: str) -> Description:
        """Create a change set, and wait for it.

        Each request names both the stack and the change set, so that a deployer's policy can limit it to that stack.
        Tables that were kept when an earlier stack of that name was deleted are imported, with all their items.
        """
        change_set = self._cloudformation.create_change_set(
            StackName=self._stack.name,
            ChangeSetName=f"{self._stack.name}-{time.time_ns()}",
            ChangeSetType=kind,
            TemplateURL=wanted.template_url,
            Parameters=wanted.parameters,
            Tags=wanted.tags,
            Capabilities=["CAPABILITY_IAM"],
            ImportExistingResources=True,
        )

        for _ in polls():
            found: Description = self._cloudformation.describe_change_set(
                StackName=self._stack.name, ChangeSetName=change_set["Id"]
            )
            if found["Status"] in {"CREATE_COMPLETE", "FAILED"}:
                return found
        raise AssertionError

    def _check(self, stack_id: str, events: list[Event]) -> None:
        found = self._stack.described(stack_id) or {"StackStatus": "DELETE_COMPLETE"}
        if found["StackStatus"] not in _UP:
            raise DeploymentError(failure(self._stack.name, found, events))


def failure(name: str, found: Description, events: list[Event]) -> str:
    """Why a stack failed: the error of the resource that failed first."""
    first = first_failure(events)
    if first is None:
        return f"{name} is in {found['StackStatus']}: {found.get('StackStatusReason', 'CloudFormation does not say why.')}"
    reason = first.get("ResourceStatusReason", "CloudFormation does not say why.")
    what = f"{first['LogicalResourceId']} ({first['ResourceType']})"
    return f"{name} is in {found['StackStatus']}, since {what} failed first:\n  {reason}"
