"""The packaged template for CloudFormation, with the URL of the code, names of kept resources, and the API's digest."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from infra.deployment import DeploymentError, redeployment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_STAGE: Final = "Stage"
_NAMES: Final = re.compile(r"^[A-Z][A-Za-z0-9]*$")

_REFERENCES: Final = re.compile(r"\$\{([^}]*)\}")

Template = dict[str, Any]


def uploaded(template: Template, stage: str, code: str, given: Mapping[str, str]) -> bytes:
    """The template's text for one stage with these parameters. `code` is the location of the functions' code."""
    redeployment.mark(template, given)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = code
        if is_kept(resource):
            resource["Properties"] |= dict(_written_out(resource["Properties"], stage))
    return json.dumps(template, separators=(",", ":")).encode()


def is_kept(resource: Mapping[str, Any]) -> bool:
    """Whether the resource is kept when its stack is deleted."""
    return bool(resource.get("DeletionPolicy") == "Retain")


def _written_out(properties: Mapping[str, Any], stage: str) -> Iterator[tuple[str, str]]:
    """The properties that contain the stage, with its name filled in.

    A stack that is created again imports the tables that it kept, and CloudFormation only finds resources whose names are
    plain text in the template.
    """
    for key, value in properties.items():
        match value:
            case {"Fn::Sub": str(text)} if set(_REFERENCES.findall(text)) <= {_STAGE}:
                yield key, text.replace(f"${{{_STAGE}}}", stage)


def values(parameters: Iterable[Mapping[str, Any]], template: Template, before: Mapping[str, str]) -> dict[str, str]:
    """The value of every parameter: the given one, the one `before`, or the template's default."""
    found = {name: str(each.get("Default", "")) for name, each in template["Parameters"].items()}
    by_name = {each["ParameterKey"]: each for each in parameters}
    kept = {name: before[name] for name, each in by_name.items() if each.get("UsePreviousValue")}
    return found | kept | {name: each["ParameterValue"] for name, each in by_name.items() if "ParameterValue" in each}


def parameters(given: Iterable[str], stage: str, template: Template, before: Iterable[str]) -> list[dict[str, Any]]:
    """The stack's parameters: the given ones, else those `before`, else the template's defaults.

    `Name=` resets one to the template's default. Raise `DeploymentError` for a name that the template does not have.
    """
    wanted = {**dict(_given(each, template["Parameters"]) for each in given), _STAGE: stage}
    kept = set(before) & set(template["Parameters"])
    return [
        {"ParameterKey": name, "ParameterValue": wanted[name]}
        if name in wanted
        else {"ParameterKey": name, "UsePreviousValue": True}
        for name in sorted({*wanted, *kept})
        if wanted.get(name, "kept")
    ]


def _given(text: str, known: Mapping[str, Any]) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not _NAMES.match(name):
        message = f"{text!r} is not a parameter: use Name=value."
        raise DeploymentError(message)
    if name not in known or name == _STAGE:
        message = f"There is no parameter {name}. The parameters are: {', '.join(sorted(set(known) - {_STAGE}))}."
        raise DeploymentError(message)
    return name, value
