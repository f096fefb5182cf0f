"""The size of a response in Lambda, which puts the body into JSON again, as a string.

Lambda refuses a response of more than 6 MB, and API Gateway makes a 502 of it ("Lambda quotas", invocation payload,
docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). The runtime of Python 3.12 and later writes UTF-8, where
earlier runtimes escape ("Python 3.12 runtime now available in AWS Lambda", aws.amazon.com/blogs/compute).
"""

from __future__ import annotations

from json.encoder import encode_basestring
from typing import Final

ANSWER_BYTES_MAX: Final = 6_291_556
"""Lambda's limit, as its error message states it: "exceeded maximum allowed payload size (6291556 bytes)"."""
ENVELOPE_BYTES_MAX: Final = 32_768
"""For the status, the headers and the names of the members. API Gateway accepts 10,240 bytes of headers."""
BODY_BYTES_MAX: Final = ANSWER_BYTES_MAX - ENVELOPE_BYTES_MAX
"""For a body, after it is quoted."""
_ESCAPE_LENGTH_MAX: Final = 6
r"""A control character becomes ``\u0000``. A character beyond ASCII takes 4 bytes at most."""


def quoted(text: str) -> int:
    """The size of a text as a JSON string, with its quotes."""
    return len(encode_basestring(text).encode("utf-8", "surrogatepass"))


def fits(text: str) -> bool:
    """Whether a body fits into a response. Most are so short that nothing has to be counted."""
    return len(text) * _ESCAPE_LENGTH_MAX < BODY_BYTES_MAX or quoted(text) <= BODY_BYTES_MAX
