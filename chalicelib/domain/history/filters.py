"""The filters of the history list, each declared once: as a member of `HistoryFilter`.

A declaration gives the query parameter and its description (`chalicelib.api.wire.history`), the binding of cursors, what
stores leave out, what the journal keeps, and, through openapi.json, an argument of the client. A filter has the name of the
record's member that it compares.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack

from chalicelib.domain.delivery.attempt import FailureCause, Outcome
from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.history.records import HistoryRecord


class _Declaration(TypedDict, total=False):
    says: str
    value: Callable[[HistoryRecord], str | None]
    is_indexed: bool
    implies: Outcome


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter.

    Args:
        name: of the member of `HistoryFilter`.
        kind: the type of the member.
        says: its description in the API.
        value: what it compares of a record, a text without spaces; ``None`` if it does not compare a value.
        is_indexed: whether stores have an index for it. The journal keeps the values of the others.
        implies: the outcome of all records that match; ``None`` if they can have either.

    """

    name: str
    kind: Any
    says: str
    value: Callable[[HistoryRecord], str | None] | None = None
    is_indexed: bool = False
    implies: Outcome | None = None


def _as(**declaration: Unpack[_Declaration]) -> dict[str, Any]:
    return {**declaration}


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which records to list: those that match every member that is not ``None``. Times are compared with `created_at`.

    A tuple has alternatives: a record matches if it has one of the values.
    """

    outcome: Outcome | None = field(
        default=None,
        metadata=_as(says="Only records with this outcome.", value=lambda record: record.outcome, is_indexed=True),
    )
    notification_type: str | None = field(
        default=None,
        metadata=_as(
            says="Only records of this notification type, in any letter case.",
            value=lambda record: record.attempt.notification_type,
        ),
    )
    failure_cause: tuple[FailureCause, ...] | None = field(
        default=None,
        metadata=_as(
            says="Only failed records with one of these causes. Separate several by commas, or repeat the parameter.",
            value=lambda record: record.failure,
            implies=Outcome.FAILED,
        ),
    )
    since: datetime | None = field(
        default=None,
        metadata=_as(says="Only records from this time on (inclusive): ISO 8601 with a zone.", is_indexed=True),
    )
    until: datetime | None = field(
        default=None,
        metadata=_as(says="Only records before this time (exclusive): ISO 8601 with a zone.", is_indexed=True),
    )

    def matches(self, record: HistoryRecord) -> bool:
        """Whether a record is one to list."""
        at = record.created_at
        if (self.since is not None and at < self.since) or (self.until is not None and at >= self.until):
            return False
        return all(self._accepts(each, each.value(record)) for each in FILTERS if each.value is not None)

    def may_match(self, values: Sequence[str]) -> bool:
        """Whether a record with these `listed_values` can match. A value that is empty or missing is unknown: it can."""
        return all(not value or self._accepts(each, value) for each, value in zip(LISTED, values, strict=False))

    @property
    def only_outcome(self) -> Outcome | None:
        """The outcome of all records that match: stores read no others. ``None`` if they can have either."""
        implied = (each.implies for each in FILTERS if getattr(self, each.name) is not None and each.implies is not None)
        return next(implied, self.outcome)

    @property
    def compares_values(self) -> bool:
        """Whether a store has to leave out records that its indexes find."""
        return any(getattr(self, each.name) is not None for each in LISTED)

    def as_texts(self) -> tuple[str, ...]:
        """What a cursor is bound to: the name and the value of each filter that is given."""
        given = {each.name: getattr(self, each.name) for each in FILTERS}
        return tuple(f"{name}={_text(value)}" for name, value in given.items() if value is not None)

    def _accepts(self, own: Filter, value: str | None) -> bool:
        wanted = getattr(self, own.name)
        return wanted is None or value in (wanted if isinstance(wanted, tuple) else (wanted,))


def listed_values(record: HistoryRecord) -> tuple[str, ...]:
    """The values that the journal keeps of a record, in the order of `LISTED`; an empty string for ``None``."""
    return tuple(each.value(record) or "" for each in LISTED if each.value is not None)


def require_period(since: datetime | None, until: datetime | None) -> None:
    """Raise `InvalidInput` if there is no time between the two."""
    if since is not None and until is not None and since >= until:
        message = "'since' must be before 'until'."
        raise InvalidInput(message, {"since": "must be before 'until'"})


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ",".join(sorted(set(value)))
    return value.isoformat() if isinstance(value, datetime) else str(value)


FILTERS: Final = tuple(Filter(each.name, each.type, **each.metadata) for each in fields(HistoryFilter))
LISTED: Final = tuple(each for each in FILTERS if not each.is_indexed)
"""The filters for which stores have no index."""
