"""The size limits of Lambda and API Gateway.

"Lambda quotas" (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html): 6 MB for a request, 6 MB for a response.
A response above it is "exceeded maximum allowed payload size (6291556 bytes)", and the caller gets a 502. An event above it
is a 413, ``{"message": "Request Too Long"}``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ANSWER_BYTES_MAX: Final = 6_291_556
EVENT_BYTES_MAX: Final = 6_291_456


def bytes_of(value: Mapping[str, Any]) -> int:
    """The bytes of an event or a response. The runtime of Python 3.12 and later writes UTF-8."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def taken(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """The response of a function, unless Lambda refuses it."""
    size = bytes_of(answer)
    assert size <= ANSWER_BYTES_MAX, f"exceeded maximum allowed payload size: {size} bytes are a 502"
    return answer
