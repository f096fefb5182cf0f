"""The loads, one after the other, each on an engine of its own."""

from __future__ import annotations

import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import machine
from benchmarks.figures import Findings
from benchmarks.scale import deletion, fan_out, histories, one_match, pages, recovery, subscribers
from benchmarks.scale.deployment import Deployment, deployed, tables
from benchmarks.scale.queues import Queues
from testbed import samples
from testbed.engines import processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from benchmarks.scale.sizes import Sizes


_NOTES: Final = (
    "Capacity is dynalite's count. It is correct for tables, except that an empty query costs nothing there.",
    "SQS requests are made, signed and counted, and answered in the process: an engine would use the cores of the rest.",
)


class Run:
    """One run: its sizes, a folder for the engines, and the cores of this process and of the engines."""

    def __init__(self, sizes: Sizes, folder: Path) -> None:
        self._sizes = sizes
        self._folder = folder
        self._sides = machine.sides()
        self._notes = list(_NOTES)

    def findings(self) -> Findings:
        """Run all loads."""
        found = [each for load in (self._fan_out, self._pages, self._deletion, self._recovery) for each in load()]
        return Findings(
            figures=[figure for each in found for figure in each.figures],
            plots=[plot for each in found for plot in each.plots],
            notes=[*self._notes, *(note for each in found for note in each.notes)],
        )

    def _fan_out(self) -> list[Findings]:
        sizes = self._sizes
        with self._engine(processes.dynalite(self._folder / "crowds")) as url:
            few, many = (self._deployment(url, stage) for stage in ("few", "many"))
            subscribers.load_webhooks(few.tables, (0, 0, sizes.webhooks_few))
            self._loaded(f"{sizes.webhooks_many:,} webhooks", lambda: subscribers.load_webhooks(many.tables, sizes.matches))
            return [fan_out.measure(many, sizes), one_match.measure(few, many, sizes)]

    def _pages(self) -> list[Findings]:
        sizes = self._sizes
        with self._engine(processes.dynalite(self._folder / "pages")) as url:
            short = self._history_of(url, "short", sizes.records_few)
            return [pages.measure(short, self._history_of(url, "long", sizes.records_many), sizes)]

    def _deletion(self) -> list[Findings]:
        """In memory: LevelDB scans deleted entries until it compacts, which DynamoDB is not known to do."""
        engines = processes.dynalite(), processes.ministack(self._folder)
        with self._engine(engines[0]) as kept_url, self._engine(engines[1]) as owned_url:
            kept, owned = tables(kept_url, "kept"), tables(owned_url, "owned")
            return [deletion.measure(deployed(kept, Queues(), self._sizes.settings, owned), self._sizes)]

    def _recovery(self) -> list[Findings]:
        with self._engine(processes.dynalite(self._folder / "recovery")) as url:
            return [recovery.measure(self._deployment(url, "recovery"), self._sizes)]

    def _deployment(self, url: str, stage: str) -> Deployment:
        return deployed(tables(url, stage), Queues(), self._sizes.settings)

    def _history_of(self, url: str, stage: str, count: int) -> pages.LoadedHistory:
        made, webhook = self._deployment(url, stage), samples.webhook()
        made.service.adapters.webhooks.create(webhook)
        self._loaded(f"{count:,} records", lambda: histories.load_successes(made.tables, webhook.id, count))
        return pages.LoadedHistory(made, webhook.id)

    def _loaded(self, what: str, load: Callable[[], None]) -> None:
        start = time.monotonic()
        load()
        self._notes.append(f"Loading {what} took {time.monotonic() - start:.0f} s.")

    @contextmanager
    def _engine(self, engine: AbstractContextManager[str]) -> Iterator[str]:
        """Run an engine on its cores, and this process on its own. Return its URL."""
        self._pin(self._sides.others)
        try:
            with engine as url:
                self._pin(self._sides.measured)
                yield url
        finally:
            self._pin(self._sides.measured | self._sides.others)

    def _pin(self, cores: frozenset[int]) -> None:
        if self._sizes.is_pinned:
            machine.pin(cores)


def measure(sizes: Sizes) -> Findings:
    """Run all loads, on temporary engines."""
    with tempfile.TemporaryDirectory() as folder:
        return Run(sizes, Path(folder)).findings()
