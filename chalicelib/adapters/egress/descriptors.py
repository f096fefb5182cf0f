"""The limit on idle connections. A Lambda function has 1,024 file descriptors in total.

See "Lambda quotas" (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), file descriptors. A request in flight
needs at most three: libcurl tries IPv6 and IPv4 in parallel (RFC 8305), and the lookup of a name that timed out continues in
its thread, with its own socket.
"""

from __future__ import annotations

from typing import Final

DESCRIPTORS_MAX: Final = 1_024
A_REQUEST: Final = 3
"""Two connections that are tried, and a lookup."""
RESERVED: Final = 96
"""For the runtime and its logs, the selector and its pipe, files of the interpreter, and connections to AWS."""
IDLE_CONNECTIONS_MAX: Final = 512
"""Each uses about 80 KB of memory with TLS."""


def idle_connections_max(in_flight_max: int) -> int:
    """The number of idle connections that may stay open, in addition to what requests in flight need."""
    return min(IDLE_CONNECTIONS_MAX, DESCRIPTORS_MAX - RESERVED - A_REQUEST * in_flight_max)
