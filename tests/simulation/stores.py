"""Tables as they may behave: with partial writes, and with indexes that lag.

A global secondary index is only eventually consistent. It follows within a fraction of a second under normal conditions,
which is not a guarantee ("Using Global Secondary Indexes in DynamoDB", docs.aws.amazon.com/amazondynamodb/latest/
developerguide/GSI.html). Here each read of an index sees the table at a random time up to `LAG_MAX_S` ago.
"""

from __future__ import annotations

from collections import deque
from copy import copy
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from chalicelib.directory.owners import in_step
from chalicelib.domain.delivery.attempt import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalicelib.domain.directory.preconditions import Standing
    from chalicelib.domain.history.filters import HistoryFilter
    from chalicelib.domain.history.records import HistoryRecord
    from chalicelib.domain.webhooks.health import Health
    from chalicelib.domain.webhooks.webhook import Webhook
    from testbed.fakes import FakeDirectory
    from tests.simulation.chaos import Chaos
    from tests.simulation.observed import Observed

LAG_MAX_S: Final = 5.0


class Lagging:
    """A fake whose reads by an index see an old state. Subclasses define the state, and what changes and reads it."""

    STATE: ClassVar[tuple[str, ...]]
    WRITES: ClassVar[frozenset[str]]
    INDEXED: ClassVar[frozenset[str]]

    def __init__(self, kept: object, chaos: Chaos) -> None:
        self._kept: Any = kept
        self._chaos = chaos
        self._past: deque[tuple[datetime, dict[str, Any]]] = deque()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the fake has
        if name in self.INDEXED:
            return getattr(self._as_indexed(), name)
        method = getattr(self._kept, name)
        return self._noting(method) if name in self.WRITES else method

    def _noting(self, method: Callable[..., object]) -> Callable[..., object]:
        def write(*args: object, **kwargs: object) -> object:
            self._note()
            return method(*args, **kwargs)

        return write

    def _note(self) -> None:
        """Store a snapshot of the current state."""
        now = self._chaos.clock.at
        while self._past and self._past[0][0] < now - timedelta(seconds=LAG_MAX_S):
            self._past.popleft()
        self._past.append((now, {name: copy(getattr(self._kept, name)) for name in self.STATE}))

    def _as_indexed(self) -> Any:  # noqa: ANN401 - the fake, at some moment
        if not self._past:
            return self._kept
        seen_at = self._chaos.clock.at - timedelta(seconds=self._chaos.random.random() * LAG_MAX_S)
        state = next((state for until, state in self._past if until > seen_at), None)
        if state is None:
            return self._kept
        stale = copy(self._kept)
        for name, value in state.items():
            setattr(stale, name, value)
        return stale


class SimHistory(Lagging):
    """The history, which sometimes accepts only some of the records."""

    STATE = ("_records", "_waiting")
    WRITES = frozenset({"settle", "expunge", "purge"})
    INDEXED = frozenset({"due", "page_of_delivery"})

    def __init__(self, kept: object, chaos: Chaos, observed: Observed) -> None:
        super().__init__(kept, chaos)
        self._observed = observed

    def write(self, records: Sequence[HistoryRecord]) -> list[HistoryRecord]:
        for each in records:
            self._observed.judged(each)
        refused = [record for record in records if self._chaos.hits("partial_write")]
        taken = [record for record in records if record not in refused]
        self._note()
        self._kept.write(taken)
        for each in taken:
            self._observed.written(each)
        return refused

    def page(self, webhook_id: str, before: str | None, wanted: HistoryFilter, limit: int) -> object:
        """Failed ones are found by an index, which has their keys alone; the records come from the table."""
        if wanted.only_outcome is not Outcome.FAILED:
            return self._kept.page(webhook_id, before, wanted, limit)
        found, rest = self._as_indexed().page(webhook_id, before, wanted, limit)
        now = self._kept.get_many([each.attempt.record_id for each in found])
        return [now[each.attempt.record_id] for each in found if each.attempt.record_id in now], rest


class SimWaiting(Lagging):
    """Waiting deliveries: the lists that are due are found by an index."""

    STATE = ("_lists",)
    WRITES = frozenset({"hold", "move", "wake", "close", "purge"})
    INDEXED = frozenset({"due"})


class SimWebhooks(Lagging):
    """Webhooks. The lists of an owner's webhooks and of all webhooks use an index."""

    STATE = ("_webhooks",)
    WRITES = frozenset({"disable"})
    INDEXED = frozenset({"page", "count_of"})

    def __init__(self, kept: object, chaos: Chaos, observed: Observed, directory: FakeDirectory) -> None:
        super().__init__(kept, chaos)
        self._observed = observed
        self._directory = directory

    def create(self, webhook: Webhook, held: Sequence[Standing] = (), owned_max: int | None = None) -> bool:
        self._note()
        is_made: bool = self._kept.create(webhook, held, owned_max)
        maker = self._directory.user(webhook.owner_id)
        if is_made and maker is not None:
            self._observed.made_for.setdefault(webhook.id, maker.incarnation)
        return is_made and self._look_at_the_owner(webhook, held)

    def update(self, old: Webhook, new: Webhook, held: Sequence[Standing] = ()) -> bool:
        self._note()
        is_made: bool = self._kept.update(old, new, held)
        return is_made and self._look_at_the_owner(new, held)

    def _look_at_the_owner(self, webhook: Webhook, held: Sequence[Standing]) -> bool:
        """A webhook that was written on a user's behalf was allowed for its owner at that moment."""
        allowed = in_step(webhook, self._directory.user(webhook.owner_id), webhook.updated_at)
        if held and webhook.is_live and not allowed.is_live:
            self._observed.not_allowed.append(f"{webhook.id} at {self._chaos.clock.at}: {allowed.disabled_reason}")
        return True

    def update_health(self, seen: Webhook, new: Health) -> bool:
        is_written: bool = self._kept.update_health(seen, new)
        if is_written:
            self._observed.health_changed(seen.id, new)
        return is_written

    def delete(self, webhook: Webhook, now: datetime, held: Sequence[Standing] = ()) -> None:
        self._note()
        self._kept.delete(webhook, now, held)
        self._observed.removed(webhook.id)
