"""A history table that now and then takes only some of what it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.history import HistoryRecord
    from tests.fakes import FakeHistory
    from tests.simulation.chaos import Chaos


class SimHistory:
    """The fake, with a will of its own."""

    def __init__(self, kept: FakeHistory, chaos: Chaos) -> None:
        self._kept = kept
        self._chaos = chaos

    def write(self, records: Sequence[HistoryRecord]) -> list[HistoryRecord]:
        refused = [record for record in records if self._chaos.hits(0.05)]
        self._kept.write([record for record in records if record not in refused])
        return refused

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the fake has
        return getattr(self._kept, name)
