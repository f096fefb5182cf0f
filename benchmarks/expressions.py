"""Print the units of work and the CPU of typical and hostile expressions.

python -m benchmarks.expressions
"""

from __future__ import annotations

from testbed.expressions.cases import HOSTILE, TYPICAL
from testbed.expressions.work import spent

if __name__ == "__main__":
    for name, case in (TYPICAL | HOSTILE).items():
        taken = spent(case)
        print(f"{name:34} {taken.units:12,} units {taken.cpu_ns / 1e6:9.3f} ms {taken.ns_per_unit:7.2f} ns a unit")  # noqa: T201
