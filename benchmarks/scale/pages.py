"""A page of the history, of a short one and of a long one."""

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
"""Short enough that even the short history of a quick run has a full page half way down."""
_ALL: Final = HistoryFilter()
_NOTE: Final = (
    "A page of all webhooks looks at a few rows in each of the journal's shards; a short journal has shards with fewer, "
    "which is all that its capacity is less by."
)


class LoadedHistory(NamedTuple):
    """A service, and the one webhook that has a history there."""

    deployment: Deployment
    webhook_id: str

    def page_of_webhook(self, before: str | None) -> None:
        """Look at a page of the webhook's history."""
        history = self.deployment.service.made(services).history
        records, _ = history.page_of_webhook(ADMIN, self.webhook_id, before, _ALL, LIMIT)
        require(done=len(records) == LIMIT, what=f"A webhook's page has {len(records)} records.")

    def page_of_all(self, before: str | None) -> None:
        """Look at a page of the history of all webhooks."""
        position = None if before is None else JournalPosition(before, 0)
        records, _ = self.deployment.service.made(services).history.page_of_all(position, _ALL, LIMIT)
        require(done=len(records) == LIMIT, what=f"A page of all webhooks has {len(records)} records.")


_LOOKS: Final = {"a webhook's": (LoadedHistory.page_of_webhook, 1.0), "all webhooks'": (LoadedHistory.page_of_all, TIGHT)}
"""Whose page it is: how to look at it, and the aim for the capacity: equal, save where a short journal ends sooner."""


def measure(short: LoadedHistory, long: LoadedHistory, sizes: Sizes) -> Findings:
    """Look at the newest page, and at one half way down, of a webhook's history and of all."""
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
