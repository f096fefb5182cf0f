"""Run benchmarks, print a table of each, save it, and draw its plots.

python -m benchmarks [names…] [--quick]
"""

from __future__ import annotations

import argparse
import importlib
from typing import TYPE_CHECKING, Final

from benchmarks import machine, plots, results

if TYPE_CHECKING:
    from benchmarks.figures import Findings

BENCHMARKS: Final = {
    "delivery": "The delivery worker: CPU, compared with the bare client and the machine",
    "isolation": "Isolation: what slow and failing receivers cost the healthy ones",
    "scale": "Scale: what grows with what, and what does not",
    "cost": "Cost: dollars for a million deliveries, by line",
    "api": "The API and cold starts",
    "engine": "The local engine, through make run",
    "hostile": "What one hostile user costs another one, through make run",
}
"""Each is the package `benchmarks.<name>`. Its `measure(is_quick)` returns its findings."""


def main() -> None:
    """Run the named benchmarks, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(BENCHMARKS))
    parser.add_argument(
        "--quick", action="store_true", help="small and short, to see that everything runs; nothing is saved"
    )
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    for name in given.names or BENCHMARKS:
        print(f"\n{BENCHMARKS[name]}", flush=True)  # noqa: T201 - it is a program
        with machine.watched() as ran:
            found: Findings = importlib.import_module(f"benchmarks.{name}").measure(is_quick=given.quick)
        if not given.quick:
            results.keep(name, found, ran)
            drawn = [plots.draw(each) for each in found.plots]
            print("".join(f"  drawn {each.name}\n" for each in drawn), end="")  # noqa: T201 - it is a program
        print(results.table(found))  # noqa: T201 - it is a program
        print(f"  ran {ran}", flush=True)  # noqa: T201 - it is a program


if __name__ == "__main__":
    main()
