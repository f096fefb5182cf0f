"""`make mutants`: break the code in small ways, one at a time, and see whether a test near it notices.

With no argument: the whole list and a sample of generated mutants; then `results.json` is written.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.mutants import generated, listed, report, trial
from tests.mutants.mutant import Source
from tests.mutants.nearest import Nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.mutants.mutant import Mutant, Result

GENERATED: Final = 150
"""The number of generated mutants in a whole run."""


def main(arguments: Sequence[str]) -> int:
    """Run the requested mutants; return 1 if one survived without a documented reason."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # by which copies and processes are removed
    given = _parsed(arguments)
    root = Path.cwd()
    seed = given.seed or "1"
    mutants = _chosen(root, given, seed)
    outcomes = report.Outcomes(is_resumed=given.resume)
    known = {each.key: result for each in mutants if (result := outcomes.known(each)) is not None}
    results = list(known.values())
    missing = [each for each in mutants if each.key not in known]
    trial.preload()
    with trial.trees(root, given.jobs if missing else 0) as copies:
        tests = sorted({test for each in missing for test in each.tests})
        if tests and not given.unchecked:
            trial.require_green(copies[0], tests)
        for result in trial.run(missing, copies, Nearest(root).rounds):
            outcomes.add(result)
            results.append(result)
            _say(result, root)
    print(report.table(results))  # noqa: T201 - what the command is for
    if not given.names and given.sample is None and given.source is None:
        report.write(results, root, seed)
    unexplained = [each for each in results if not each.outcome.is_noticed and not report.reason_of(each.mutant, root)]
    return 1 if unexplained else 0


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("names", nargs="*", help="words of names or files; each mutant that has one of them is run")
    parser.add_argument("--sample", type=int, help="so many of them, chosen by the seed, or else by the commit")
    parser.add_argument("--seed", default="", help="what the generated ones and the sample are chosen by")
    parser.add_argument("--source", type=Source, choices=list(Source), help="those of one source")
    parser.add_argument("--generated", type=int, default=GENERATED, help="how many are generated")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many run at once")
    parser.add_argument(
        "--resume", action="store_true", help="leave out what was noticed in the last run, if it is the same"
    )
    parser.add_argument("--unchecked", action="store_true", help="do not first see the tests of the list pass")
    return parser.parse_args(arguments)


def _chosen(root: Path, given: argparse.Namespace, seed: str) -> list[Mutant]:
    mutants = [] if given.source is Source.GENERATED else listed.read(root)
    if given.source is not Source.LISTED:
        mutants += generated.sample(root, given.generated, seed)
    if given.names:
        mutants = [each for each in mutants if any(word in f"{each.name} {each.path}" for word in given.names)]
    if given.sample is not None:
        by = given.seed or _commit(root)
        mutants = sorted(mutants, key=lambda each: hashlib.sha256(f"{by}{each.name}".encode()).hexdigest())[: given.sample]
    return mutants


def _commit(root: Path) -> str:
    """The commit as the seed: the same commit tries the same mutants."""
    return subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, check=True, capture_output=True, text=True).stdout


def _say(result: Result, root: Path) -> None:
    mutant = result.mutant
    print(f"{result.outcome:9} {result.seconds:6.1f} s {mutant.name}: {result.by or mutant.says}", flush=True)  # noqa: T201
    if not result.outcome.is_noticed:
        old, new = mutant.change((root / mutant.path).read_text())
        print(f"    - {old}\n    + {new}", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
