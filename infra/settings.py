"""The service's settings as parameters of the template, so that an operator can set each of them without editing files."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields
from typing import TYPE_CHECKING, Any, Final

from chalicelib.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable

_FUNCTION_TIMEOUT_S: Final = 60
_STRICTER: Final = {
    "sending_s": (1, 24),  # and the longest attempt, 30 s, and writing it all down, 5 s, end before the function does
    "fan_out_s": (1, 30),  # and one owner's last turn, and writing it all down, end before the function does
    "purge_s": (1, _FUNCTION_TIMEOUT_S - 6),
    "fan_out_lease_s": (_FUNCTION_TIMEOUT_S, 3_600),  # a fan-out is taken over when its function has ended for sure
}
"""Bounds that are narrower than the service's own, because a function ends after 60 s."""

_TEXTS: Final = {
    "cors_origin": r"^$|^\*$|^https?://[A-Za-z0-9.:-]+$",
    "receiver_ca_file": r"^$|^/opt/[A-Za-z0-9._/-]+$",  # a layer's files are there
    "user_agent": r"^[!-~]([ -~]{0,126}[!-~])?$",
    "own_hosts": r"^[A-Za-z0-9._:\[\], -]*$",
    "private_receivers": r"^(admins|everybody)$",
    "allowed_networks": r"^(?!.*/0 *(,|$))(?!.*\b169\.254\.)[0-9A-Fa-f.:/, ]*$",
    "allowed_names": r"^[A-Za-z0-9._, -]*$",
}
OF_THE_TEMPLATE: Final = {"secrets_key_arn": "KmsKeyArn"}
"""Settings with the value of a parameter that the template also uses for other things."""
BESIDE: Final = {"own_hosts": "DomainName"}
"""Settings with a parameter of their own, and with the value of another one."""
_LISTS: Final = r"^[0-9A-Fa-f.:/, ]*$"


def fragment() -> dict[str, Any]:
    """A parameter for each setting with a default, and the functions' environment variables."""
    settings = [each for each in fields(Settings) if each.default is not MISSING]
    functions = sorted({name for each in settings for name in each.metadata.get("functions", ())})
    of_all = [each for each in settings if "functions" not in each.metadata]
    return {
        "Parameters": {parameter_of(each.name): _parameter(each) for each in settings if each.name not in OF_THE_TEMPLATE},
        "Globals": {"Function": _environment(of_all)},
        "Resources": {
            name: {"Properties": _environment([each for each in settings if name in each.metadata.get("functions", ())])}
            for name in functions
        },
    }


def _environment(settings: Iterable[Field[Any]]) -> dict[str, Any]:
    return {"Environment": {"Variables": {each.name.upper(): value_of(each.name) for each in settings}}}


def value_of(setting: str) -> dict[str, str]:
    """The value of a variable: the setting's parameter."""
    parameter = parameter_of(setting)
    return {"Fn::Sub": f"${{{BESIDE[setting]}}},${{{parameter}}}"} if setting in BESIDE else {"Ref": parameter}


def parameter_of(setting: str) -> str:
    """`request_timeout_s` → `RequestTimeoutS`."""
    return OF_THE_TEMPLATE.get(setting) or "".join(word.capitalize() for word in setting.split("_"))


def _parameter(setting: Field[Any]) -> dict[str, Any]:
    """A setting's parameter. It has the setting's bounds, so that CloudFormation refuses what the service would refuse."""
    described = {"Description": f"{setting.name.upper()}: {setting.metadata['doc']}"}
    if isinstance(setting.default, bool):
        return {"Type": "String", "Default": str(int(setting.default)), "AllowedValues": ["0", "1"], **described}
    if isinstance(setting.default, tuple):
        default = ",".join(map(str, setting.default))
        return {"Type": "String", "Default": default, "AllowedPattern": _TEXTS.get(setting.name, _LISTS), **described}
    if isinstance(setting.default, str):
        return {"Type": "String", "Default": setting.default, "AllowedPattern": _TEXTS[setting.name], **described}
    low, high = _STRICTER.get(setting.name, setting.metadata["bounds"])
    return {"Type": "Number", "Default": setting.default, "MinValue": low, "MaxValue": high, **described}
