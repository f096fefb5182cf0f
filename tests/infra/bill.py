"""What a million deliveries cost, as `docs/operate/operations.md` shows it: from quiet to busy, the quiet figure first.

    python -m tests.infra.bill

prints the table from the newest run of `make bench BENCH=cost`, and adds what the meter leaves out: TLS, and cold starts.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Final

from infra.declaration import declaration
from tests.docs.markdown import ROOT
from tests.infra.idle import price

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

QUIET: Final = ("1 KB, fan-out 10, SQS, latency, quiet", "1 KB, fan-out 1, SQS, latency, quiet")
BUSY: Final = ("1 KB, fan-out 10, SQS, latency", "1 KB, fan-out 1, SQS, latency")
WORK: Final[Mapping[str, tuple[str, ...]]] = {
    "DynamoDB writes": ("DynamoDB writes",),
    "DynamoDB reads": ("DynamoDB reads",),
    "SQS": ("SQS requests", "SQS fair queues"),
    "Lambda": ("Lambda time", "Lambda requests"),
    "logs": ("logs",),
    "**together**": ("**total**",),
}
BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "storage, 30 days": ("storage",),
    "point-in-time recovery": ("point-in-time recovery",),
}
HELLO_BYTES: Final = 1_563
"""The ClientHello of OpenSSL 3.5 with X25519MLKEM768, as it leaves this sender."""
FINISH_BYTES: Final = 80 + 24
"""What the sender adds to finish the handshake and to close (RFC 8446: Finished, an alert, in a record each)."""
RECORD_BYTES: Final = 22
"""TLS 1.3 around each request: header, type and tag (RFC 8446, section 5.2)."""
PACKET_BYTES: Final = 52
"""IPv4 and TCP with timestamps, on each packet."""
PACKETS: Final = {"cold": 8, "kept": 2}
"""Packets that the sender sends for one request: with opening, handshake, acknowledgements and closing, or without."""
INIT_S: Final = 0.2
"""The cold start of a worker: `make bench-imports`, ready. INIT runs on a full core and is billed since August 2025."""
_MILLION: Final = 1_000_000


def _grid() -> dict[str, dict[str, float]]:
    text = (ROOT / "benchmarks" / "results" / "latest.json").read_text("utf-8")
    grid = json.loads(text)["benchmarks"]["cost"]["grid"]
    return {name: dict(zip(grid["columns"][1:], row, strict=True)) for name, row in grid["rows"].items()}


def table() -> str:
    """The lines of the table, quiet and busy, for both fan-outs."""
    grid = _grid()
    rows = [_summed(name, columns, grid) for name, columns in WORK.items()]
    rows += [_row("cold starts, if every invocation is one", [_cold(grid[each]) for each in QUIET], [0.0, 0.0])]
    rows += [_summed(name, columns, grid) for name, columns in BESIDE.items()]
    rows += [
        _row(
            "data out, TLS in it",
            [_sent(grid[each], "cold") for each in QUIET],
            [_sent(grid[each], "kept") for each in BUSY],
        )
    ]
    return "\n".join(rows)


def _summed(name: str, columns: Sequence[str], grid: Mapping[str, Mapping[str, float]]) -> str:
    quiet, busy = ([sum(grid[case][each] for each in columns) for case in cases] for cases in (QUIET, BUSY))
    return _row(name, quiet, busy)


def _row(name: str, quiet: Sequence[float], busy: Sequence[float]) -> str:
    cells = [f"{calm:.2f} to {full:.2f}" for calm, full in zip(quiet, busy, strict=True)]
    mark = "**" if name.startswith("**") else ""
    return f"| {name} | " + " | ".join(f"{mark}{each}{mark}" for each in cells) + " |"


def _cold(row: Mapping[str, float]) -> float:
    """The cost if each invocation of a million deliveries starts an environment."""
    memory_gb = declaration()["Resources"]["Deliver"]["Properties"]["MemorySize"] / 1_024
    return float(row["Lambda requests"] / price("invocation") * INIT_S * memory_gb * price("gb_second"))


def _sent(row: Mapping[str, float], connection: str) -> float:
    """The bytes of the request, as metered, and of TLS and TCP."""
    handshake = HELLO_BYTES + FINISH_BYTES if connection == "cold" else 0
    more = handshake + RECORD_BYTES + PACKETS[connection] * PACKET_BYTES
    return row["data out"] + more * _MILLION * price("sent_byte")


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
