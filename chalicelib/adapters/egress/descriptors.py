"""How many connections may stay open: a function has 1,024 file descriptors for everything.

"Lambda quotas" (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html), file descriptors. A request in flight
takes three at worst: libcurl tries IPv6 and IPv4 side by side (RFC 8305), and the look-up of a name that was given up goes
on in its thread, with a socket of its own.
"""

from __future__ import annotations

from typing import Final

DESCRIPTORS_MAX: Final = 1_024
A_REQUEST: Final = 3
"""Two connections that are tried, and a look-up."""
RESERVED: Final = 96
"""The runtime and its logs, the selector and its pipe, files of the interpreter, and connections to AWS."""
IDLE_CONNECTIONS_MAX: Final = 512
"""Each holds about 80 KB with TLS."""


def idle_connections_max(in_flight_max: int) -> int:
    """Connections that may be kept for the next requests, besides what requests in flight need."""
    return min(IDLE_CONNECTIONS_MAX, DESCRIPTORS_MAX - RESERVED - A_REQUEST * in_flight_max)
