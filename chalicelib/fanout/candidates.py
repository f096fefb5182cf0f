"""Which webhooks a step of a fan-out looks at, and which of them get a delivery."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from chalicelib.domain.notifications import matching
from chalicelib.intake.messages import END, Position

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.notifications.matching import Subscription
    from chalicelib.domain.notifications.notification import Notification
    from chalicelib.domain.webhooks.webhook import Webhook
    from chalicelib.fanout.reads import BatchReads
    from chalicelib.fanout.step import Work


@dataclass(frozen=True, slots=True)
class Candidates:
    """Ids of webhooks, by the subscription that proposes them (``None`` in a lap); `rest` is where the next step begins."""

    by_source: tuple[tuple[Subscription | None, list[str]], ...]
    rest: Position | None

    @property
    def ids(self) -> list[str]:
        """The ids of all candidates, in their order."""
        return list(chain.from_iterable(webhook_ids for _, webhook_ids in self.by_source))

    def chosen(self, notification: Notification, webhooks: Mapping[str, Webhook]) -> list[Webhook]:
        """The live webhooks that want the notification, each for the first subscription that proposes it."""
        found: list[Webhook] = []
        for source, webhook_ids in self.by_source:
            known = [webhooks[each] for each in webhook_ids if each in webhooks]
            found += [each for each in known if each.is_live and _is_wanted(each, notification, source)]
        return found


def of_step(work: Work, reads: BatchReads, room: int) -> Candidates:
    """The candidates of a step, at most `room`: the webhooks that a lap names, or the next ones of its sources."""
    if work.left:
        rest = replace(work.position, lap=0)
        return Candidates(((None, work.left),), None if rest == END else rest)
    position = work.position
    reads.require(each.audience for each in matching.sources(work.notification))
    found: list[tuple[Subscription | None, list[str]]] = []
    for number, source in enumerate(matching.sources(work.notification)):
        if number < position.source:
            continue
        page = reads.matching(source, position.after if number == position.source else None, room)
        found.append((source, page))
        room -= len(page)
        if room <= 0:
            return Candidates(tuple(found), Position(number, page[-1]))
    return Candidates(tuple(found), None)


def _is_wanted(webhook: Webhook, notification: Notification, source: Subscription | None) -> bool:
    first = matching.first_source(webhook, notification)
    return first is not None and source in {None, first}
