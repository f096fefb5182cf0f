"""Translates a SAM template, as CloudFormation does. It runs in the engine's virtual environment, without our modules."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from samtranslator.translator.transform import transform

_CODE: Final = {"CodeBucket": "Bucket that the functions' code is in.", "CodeKey": "Key of the code in that bucket."}


class _NoManagedPolicies:
    """Named policies would need an account. The template has none."""

    def load(self) -> dict[str, str]:
        return {}


def translated(template: dict[str, Any]) -> dict[str, Any]:
    """The CloudFormation template, with two more parameters for the location of the code."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": {"Ref": "CodeBucket"}, "Key": {"Ref": "CodeKey"}}
    template["Parameters"] |= {name: {"Type": "String", "Description": text} for name, text in _CODE.items()}
    found: dict[str, Any] = transform(template, {}, _NoManagedPolicies())
    return found


if __name__ == "__main__":
    json.dump(translated(json.loads(Path(sys.argv[1]).read_text("utf-8"))), sys.stdout, indent=2)
