"""The tags of a stack, which CloudFormation adds to all its resources that can have tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from infra.deployment import DeploymentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

STAGE: Final = "posthorn:stage"
_RESERVED: Final = ("aws:", "posthorn:")
_MAX: Final = 50
"""CloudFormation's limit ("Tag", AWSCloudFormation/latest/APIReference/API_Tag and API_CreateStack)."""

Tags = list[dict[str, str]]


def tags(given: Iterable[str], stage: str, before: Iterable[Mapping[str, str]]) -> Tags:
    """The tags that a stack had `before`, those `given` as key=value, and its stage. `key=` removes one.

    Raise `DeploymentError` for a text that is not a tag.
    """
    known = {each["Key"]: each["Value"] for each in before}
    wanted = {key: value for key, value in {**known, **dict(map(_given, given))}.items() if value} | {STAGE: stage}
    if len(wanted) > _MAX:
        message = f"A stack has at most {_MAX} tags, and these are {len(wanted)}."
        raise DeploymentError(message)
    return [{"Key": key, "Value": value} for key, value in sorted(wanted.items())]


def _given(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        message = f"{text!r} is not a tag: use key=value."
        raise DeploymentError(message)
    if key.lower().startswith(_RESERVED):
        message = f"The tag {key} cannot be set: {' and '.join(_RESERVED)} are reserved."
        raise DeploymentError(message)
    return key, value
