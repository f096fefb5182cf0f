"""How slow this machine is now, so that a limit in CPU seconds means the same on a busy machine and with a tracer."""

from __future__ import annotations

import time
from typing import Final

from chalicelib.domain.expressions import evaluation

_DOCUMENT: Final = '{"items":[' + ",".join(f'{{"a":{number},"b":"{number}"}}' for number in range(100)) + "]}"
_EXPRESSION: Final = "items[?a > `50`].{b: b, a: to_string(a)} | sort_by(@, &b)"
_ALONE_S: Final = 0.0056
"""The time of the yardstick on the machine on which the limits were set, while it was idle."""


def slowness() -> float:
    """The CPU time of a yardstick, as a multiple of its time on an idle machine; at least 1."""
    began = time.process_time()
    for _ in range(10):
        evaluation.transformed(_EXPRESSION, evaluation.Document(_DOCUMENT), evaluation.Allowance())
    return max(1.0, (time.process_time() - began) / _ALONE_S)
