"""The names of stages: resources of two stages never have the same name."""

from __future__ import annotations

import json
import re
from typing import Final

from infra.declaration import FRAGMENTS
from infra.deployment import DeploymentError

_STAGE: Final = json.loads((FRAGMENTS / "parameters.json").read_text("utf-8"))["Parameters"]["Stage"]


def check_name(stage: str) -> None:
    """Raise `DeploymentError` for a name that the template would refuse.

    Names are joined: posthorn-STAGE-QUEUE. So `a-slow` and `deliveries` would be the same as `a` and `slow-deliveries`.
    """
    if not re.search(_STAGE["AllowedPattern"], stage):
        message = f"{stage!r} is not a valid name of a stage: {_STAGE['ConstraintDescription']}"
        raise DeploymentError(message)
