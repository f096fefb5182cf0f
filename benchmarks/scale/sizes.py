"""The sizes of the loads."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The sizes of one run. `settings` are variables of the service, which make its steps smaller.

    Args:
        matches: how many webhooks match a notification, smallest first. The last one is the number of all webhooks.
        records_few: records of the short history.
        records_many: records of the long one.
        deleted_few: records of the first deleted webhook.
        deleted_many: records of the second one.
        recovered: failed records that are recovered.
        repeats: how often a short action is measured.
        is_pinned: whether engines and this process have cores of their own.

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
        """Webhooks of the small deployment."""
        return self.matches[1]

    @property
    def webhooks_many(self) -> int:
        """Webhooks of the large deployment."""
        return self.matches[-1]


FULL = Sizes(settings={"PURGE_S": "1", "RECOVERY_S": "0"})
"""A step of a purge takes a second, so that there are enough steps to see whether they become slower."""
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
