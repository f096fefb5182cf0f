"""CloudFormation's schemas of resource types, from its registry, as in cfn-lint."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import cfnlint

_SCHEMAS: Final = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"


@cache
def schemas() -> dict[str, dict[str, Any]]:
    """Every type by its name; if there are several, the newest."""
    found = [json.loads(path.read_text("utf-8")) for path in sorted(_SCHEMAS.glob("*.json"))]
    return {each["typeName"]: each for each in found}
