"""Tables of the pages that are generated from the code. Run as a module, this prints the attempt schedule's."""

from __future__ import annotations

from itertools import accumulate
from typing import Final

from chalicelib.domain.delivery.schedule import JITTER
from chalicelib.settings import ENVIRONMENT_OF_LOCATIONS, Settings

DEFAULTS: Final = Settings.from_environment(dict.fromkeys(ENVIRONMENT_OF_LOCATIONS, "somewhere"))
_UNITS: Final = ((3600, "h"), (60, "min"), (1, "s"))


def schedule_table() -> str:
    """The attempt schedule as a Markdown table."""
    waits = DEFAULTS.attempt_waits_s
    made = zip(waits, accumulate(waits), strict=True)
    later = [
        f"| {number} | {span(wait)} | {span(wait * (1 - JITTER))} to {span(wait * (1 + JITTER))} | {span(since)} |"
        for number, (wait, since) in enumerate(made, start=2)
    ]
    head = "| attempt | waits, after the failure before it | with its spread | since the first failure, about |"
    return "\n".join([head, "|---|---|---|---|", "| 1 | | | |", *later])


def span(seconds: float) -> str:
    """A duration as people write it: `1 h 35 min`."""
    rest = round(seconds)
    parts = []
    for unit_s, unit in _UNITS:
        count, rest = divmod(rest, unit_s)
        parts += [f"{count} {unit}"] if count else []
    return " ".join(parts[:2])


if __name__ == "__main__":
    print(schedule_table())  # noqa: T201 - it is what the module is run for
