"""The schemas of CloudFormation's resource types, from the registry. cfn-lint contains them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import cfnlint

_SCHEMAS: Final = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"


@cache
def schemas() -> dict[str, dict[str, Any]]:
    """Type → schema; if cfn-lint has several, the newest."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(_SCHEMAS.glob("*.json"))]
    return {each["typeName"]: each for each in found}
