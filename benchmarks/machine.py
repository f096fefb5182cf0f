"""The machine that measures: its cores, and its load."""

from __future__ import annotations

import os
import platform
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Sides(NamedTuple):
    """The cores of the measured process, and the cores of the servers that it uses; the same if there is only one core."""

    measured: frozenset[int]
    others: frozenset[int]


def sides() -> Sides:
    """One core for the measured process, the rest for the servers."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    if len(cores) == 1:
        return Sides(frozenset(cores), frozenset(cores))
    return Sides(frozenset(cores[:1]), frozenset(cores[1:]))


def pin(cores: frozenset[int], process_id: int = 0) -> None:
    """Keep a process (by default this one) and its future children on some cores, if the system supports that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(process_id, cores)


def description() -> dict[str, str]:
    """The machine, for readers of the figures."""
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


@contextmanager
def watched() -> Iterator[dict[str, float]]:
    """How busy the machine was meanwhile, filled in at the end: the share of all cores, and of it this program's share.

    The rest was the work of other programs, which makes absolute values worse.
    """
    seen: dict[str, float] = {"load_before": round(os.getloadavg()[0], 2)}
    began, busy, own = time.monotonic(), _busy_s(), _own_s()
    yield seen
    passed = max(time.monotonic() - began, 0.001) * (os.cpu_count() or 1)
    seen["seconds"] = round(time.monotonic() - began, 1)
    seen["busy_share"] = round((_busy_s() - busy) / passed, 2)
    seen["own_share"] = round((_own_s() - own) / passed, 2)
    seen["load_after"] = round(os.getloadavg()[0], 2)


def _busy_s() -> float:
    """Seconds that all cores were busy since the system started (proc(5), /proc/stat: idle and iowait are 3 and 4)."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0
    ticks = [int(each) for each in stat.read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / _TICKS_PER_S


def _own_s() -> float:
    """CPU seconds of this process and of its children that have exited."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
