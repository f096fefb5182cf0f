"""The results of runs: in `build/mutants` during a run, and in `results.json` at the end."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.mutants.mutant import Outcome, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.mutants.mutant import Mutant

RESULTS: Final = Path(__file__).parent / "results.json"
REASONS: Final = Path(__file__).parent / "reasons.toml"
OUTCOMES: Final = Path("build/mutants/outcomes.jsonl")


class Outcomes:
    """The results so far. They are stored immediately, so that a stopped run can continue."""

    def __init__(self, *, is_resumed: bool) -> None:
        OUTCOMES.parent.mkdir(parents=True, exist_ok=True)
        kept = OUTCOMES.read_text().splitlines() if is_resumed and OUTCOMES.exists() else []
        self._kept: dict[str, dict[str, Any]] = {each["key"]: each for each in map(json.loads, kept)}
        if not is_resumed:
            OUTCOMES.write_text("")

    def known(self, mutant: Mutant) -> Result | None:
        """The earlier result of a mutant; ``None`` if it was not noticed, so that it is tried again."""
        kept = self._kept.get(mutant.key)
        if kept is None or not Outcome(kept["outcome"]).is_noticed:
            return None
        return Result(mutant, Outcome(kept["outcome"]), kept["by"], kept["tests"], kept["seconds"])

    def add(self, result: Result) -> None:
        """Store a result."""
        line = {
            "key": result.mutant.key,
            "name": result.mutant.name,
            "outcome": result.outcome,
            "by": result.by,
            "tests": result.tests,
            "seconds": result.seconds,
        }
        with OUTCOMES.open("a") as file:
            file.write(json.dumps(line) + "\n")


def reason_of(mutant: Mutant, root: Path) -> str:
    """The documented reason why no test can notice a mutant; ``None`` if there is none."""
    entries = tomllib.loads(REASONS.read_text())["survivor"]
    old, new = mutant.change((root / mutant.path).read_text())
    known = {(each["file"], each["old"].strip(), each["new"].strip()): str(each["why"]) for each in entries}
    return known.get((mutant.path, old.strip(), new.strip()), "")


def table(results: Sequence[Result]) -> str:
    """The number of results by source and layer."""
    lines = [f"{'source':10} {'layer':12} {'run':>5} {'noticed':>8}"]
    counted = Counter((each.mutant.source.value, each.mutant.layer) for each in results)
    noticed = Counter((each.mutant.source.value, each.mutant.layer) for each in results if each.outcome.is_noticed)
    lines += [
        f"{source:10} {layer:12} {count:5} {noticed[source, layer]:8}" for (source, layer), count in sorted(counted.items())
    ]
    total = sum(noticed.values())
    lines.append(f"{'all':23} {len(results):5} {total:8}  {100 * total / max(len(results), 1):.1f} %")
    return "\n".join(lines)


def write(results: Sequence[Result], root: Path, seed: str) -> None:
    """Write the results of a whole run."""
    survivors = [each for each in results if not each.outcome.is_noticed]
    made = {
        "seed": seed,
        "mutants": len(results),
        "noticed": len(results) - len(survivors),
        "share": round((len(results) - len(survivors)) / len(results), 4),
        "by_layer": _by_layer(results),
        "survivors": [_survivor(each, root) for each in sorted(survivors, key=lambda each: each.mutant.name)],
        "listed": {each.mutant.name: each.by or each.outcome for each in results if each.mutant.tests},
    }
    RESULTS.write_text(json.dumps(made, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def _by_layer(results: Iterable[Result]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for each in results:
        row = found.setdefault(f"{each.mutant.source} {each.mutant.layer}", {"mutants": 0, "noticed": 0})
        row["mutants"] += 1
        row["noticed"] += each.outcome.is_noticed
    return found


def _survivor(each: Result, root: Path) -> dict[str, str]:
    old, new = each.mutant.change((root / each.mutant.path).read_text())
    return {
        "file": each.mutant.path,
        "old": old,
        "new": new,
        "what": each.mutant.says,
        "reason": reason_of(each.mutant, root),
    }
