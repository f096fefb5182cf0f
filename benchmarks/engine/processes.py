"""The memory of a process and of all its descendants."""

from __future__ import annotations

import subprocess
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

_KB_PER_MB = 1024


class Memory(NamedTuple):
    """Resident memory in MB: the sum of all processes, and the sum that counts shared memory once."""

    rss_mb: float
    pss_mb: float | None
    processes: int


def memory(process_id: int) -> Memory:
    """The memory of a process and its descendants. Only Linux reports the sum that counts shared memory once."""
    listed = _listed()
    ids = _tree(process_id, {each: row[0] for each, row in listed.items()})
    shares = [_pss_kb(each) for each in ids]
    known = [each for each in shares if each is not None]
    pss_mb = sum(known) / _KB_PER_MB if len(known) == len(ids) else None
    return Memory(sum(listed[each][1] for each in ids) / _KB_PER_MB, pss_mb, len(ids))


def _listed() -> dict[int, tuple[int, int]]:
    """Process id → its parent's id, its resident KB."""
    command = ["ps", "-axo", "pid=,ppid=,rss="]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S603 - ours
    return {int(own): (int(parent), int(rss)) for own, parent, rss in (line.split() for line in lines)}


def _tree(root: int, parents: dict[int, int]) -> list[int]:
    children = defaultdict(list)
    for each, parent in parents.items():
        children[parent].append(each)
    found = [root]
    for each in found:
        found += children[each]
    return found


def _pss_kb(process_id: int) -> int | None:
    """From the kernel (proc_pid_smaps(5), smaps_rollup)."""
    try:
        lines = Path(f"/proc/{process_id}/smaps_rollup").read_text("ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), None)
