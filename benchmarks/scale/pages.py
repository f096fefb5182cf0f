"""A page of a short history and of a long one."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from benchmarks.figures import Figure, Findings
from benchmarks.scale import histories
from benchmarks.scale.comparing import Action, compare
from benchmarks.scale.deployment import ADMIN
from benchmarks.scale.steps import TIGHT, require
from chalicelib.composition.api import services
from chalicelib.domain import ids
from chalicelib.domain.history.filters import HistoryFilter
from chalicelib.history.ports import JournalPosition

if TYPE_CHECKING:
    from benchmarks.scale.deployment import Deployment
    from benchmarks.scale.sizes import Sizes

LIMIT: Final = 20
"""So small that even the short history of a quick run has a full page in the middle."""
_ALL: Final = HistoryFilter()
_NOTE: Final = (
    "A page of all webhooks reads a few rows of each shard of the journal. A short journal has shards with fewer rows. That "
    "is the only difference in capacity."
)


class LoadedHistory(NamedTuple):
    """A deployment, and its one webhook with a history."""

    deployment: Deployment
    webhook_id: str

    def page_of_webhook(self, before: str | None) -> None:
        """Read a page of the webhook's history."""
        history = self.deployment.service.made(services).history
        records, _ = history.page_of_webhook(ADMIN, self.webhook_id, before, _ALL, LIMIT)
        require(done=len(records) == LIMIT, what=f"A webhook's page has {len(records)} records.")

    def page_of_all(self, before: str | None) -> None:
        """Read a page of the history of all webhooks."""
        position = None if before is None else JournalPosition(before, 0)
        records, _ = self.deployment.service.made(services).history.page_of_all(position, _ALL, LIMIT)
        require(done=len(records) == LIMIT, what=f"A page of all webhooks has {len(records)} records.")


_LOOKS: Final = {"a webhook's": (LoadedHistory.page_of_webhook, 1.0), "all webhooks'": (LoadedHistory.page_of_all, TIGHT)}
"""For each kind of page, how to read it, and the aim for the capacity: equal, except where a short journal ends sooner."""


def measure(short: LoadedHistory, long: LoadedHistory, sizes: Sizes) -> Findings:
    """Read the newest page, and one in the middle, of a webhook's history and of all."""
    against = f"{sizes.records_many:,} against {sizes.records_few:,}"
    middle = ids.floor_at(datetime.now(UTC) - histories.SPAN / 2)
    figures: list[Figure] = []
    for whose, (look, units_at_most) in _LOOKS.items():
        for which, before in {"newest page": None, "page half way": middle}.items():
            small, large = (Action(each.deployment, partial(look, each, before)) for each in (short, long))
            found = compare(small, large, sizes.repeats)
            what = f"{whose} {which}, {against}"
            figures += [found.requests(what), found.capacity(what, units_at_most), found.time(what)]
    return Findings(figures=figures, notes=[_NOTE])
