"""How much of everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The loads of one run; `settings` are the service's, where its steps are made smaller with the loads.

    Args:
        matches: webhooks that want a notification, fewest first; the last of them is how many there are.
        records_few: records of the small history.
        records_many: records of the large one.
        deleted_few: records of the small webhook that is deleted.
        deleted_many: records of the large one.
        recovered: failed records that are recovered.
        repeats: how often something short is measured.
        is_pinned: whether either side keeps to its own cores.

    """

    matches: tuple[int, int, int] = (10, 1_000, 100_000)
    records_few: int = 1_000
    records_many: int = 1_000_000
    deleted_few: int = 10
    deleted_many: int = 100_000
    recovered: int = 100_000
    repeats: int = 60
    is_pinned: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def webhooks_few(self) -> int:
        """Webhooks of the small service."""
        return self.matches[1]

    @property
    def webhooks_many(self) -> int:
        """Webhooks of the large one."""
        return self.matches[-1]


FULL = Sizes(settings={"PURGE_S": "1", "RECOVERY_S": "0"})
"""A purge's step is cut to a second, so that there are enough of them to see whether it slows down."""
QUICK = Sizes(
    matches=(3, 50, 300),
    records_few=60,
    records_many=600,
    deleted_few=2,
    deleted_many=600,
    recovered=90,
    repeats=3,
    is_pinned=False,
    settings={"PURGE_S": "1", "RECOVERY_S": "0", "FAN_OUT_PAGE_MAX": "20", "RECOVERY_PAGE_MAX": "10"},
)
