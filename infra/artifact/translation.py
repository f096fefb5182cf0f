"""Translates a SAM template as CloudFormation would; run in the engine's virtual environment, it imports nothing of ours."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from samtranslator.translator.transform import transform

_CODE: Final = {"CodeBucket": "Bucket that the functions' code is in.", "CodeKey": "Key of the code in that bucket."}


class _NoManagedPolicies:
    """Policies by name are looked up in an account; there is none, and the template has none."""

    def load(self) -> dict[str, str]:
        return {}


def translated(template: dict[str, Any]) -> dict[str, Any]:
    """The CloudFormation template; where the code is uploaded to are two parameters more."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": {"Ref": "CodeBucket"}, "Key": {"Ref": "CodeKey"}}
    template["Parameters"] |= {name: {"Type": "String", "Description": text} for name, text in _CODE.items()}
    found: dict[str, Any] = transform(template, {}, _NoManagedPolicies())
    return found


if __name__ == "__main__":
    json.dump(translated(json.loads(Path(sys.argv[1]).read_text("utf-8"))), sys.stdout, indent=2)
