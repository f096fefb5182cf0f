"""The service's settings as the template's parameters, so that an operator can set each of them without editing anything."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import Any, Final

from chalicelib.settings import Settings

_FUNCTION_TIMEOUT_S: Final = 60
_STRICTER: Final = {
    "sending_s": (1, 24),  # and the longest attempt, 30 s, and writing it all down, 5 s, end before the function does
    "purge_s": (1, _FUNCTION_TIMEOUT_S - 6),
    "fan_out_lease_s": (_FUNCTION_TIMEOUT_S, 3_600),  # a fan-out is taken over when its function has ended for sure
}
"""What the service would take, and a function that ends after 60 s would not."""

_ORIGIN: Final = r"^$|^\*$|^https?://[A-Za-z0-9.:-]+$"
_LISTS: Final = r"^[0-9A-Fa-f.:/, ]*$"


def fragment() -> dict[str, Any]:
    """A parameter for each setting that has a default, and the environment that hands it to the functions."""
    settings = [each for each in fields(Settings) if each.default is not MISSING]
    variables = {each.name.upper(): {"Ref": parameter_of(each.name)} for each in settings}
    return {
        "Parameters": {parameter_of(each.name): _parameter(each) for each in settings},
        "Globals": {"Function": {"Environment": {"Variables": variables}}},
    }


def parameter_of(setting: str) -> str:
    """`request_timeout_s` → `RequestTimeoutS`."""
    return "".join(word.capitalize() for word in setting.split("_"))


def _parameter(setting: Field[Any]) -> dict[str, Any]:
    """A setting's parameter; it has the setting's bounds, so that CloudFormation refuses what the service would refuse."""
    described = {"Description": f"{setting.name.upper()}: {setting.metadata['doc']}"}
    if isinstance(setting.default, bool):
        return {"Type": "String", "Default": str(int(setting.default)), "AllowedValues": ["0", "1"], **described}
    if isinstance(setting.default, tuple):
        default = ",".join(map(str, setting.default))
        return {"Type": "String", "Default": default, "AllowedPattern": _LISTS, **described}
    if isinstance(setting.default, str):
        return {"Type": "String", "Default": setting.default, "AllowedPattern": _ORIGIN, **described}
    low, high = _STRICTER.get(setting.name, setting.metadata["bounds"])
    return {"Type": "Number", "Default": setting.default, "MinValue": low, "MaxValue": high, **described}
