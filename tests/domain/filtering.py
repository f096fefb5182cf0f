"""The filters of the history list as a caller understands them: each compares the member of its name in a record's JSON."""

from __future__ import annotations

from datetime import datetime
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_origin

from hypothesis import strategies as st
from pydantic.alias_generators import to_camel

from chalicelib.api.wire.history import RecordSummary
from chalicelib.domain.history.filters import FILTERS, HistoryFilter
from tests.domain.samples import at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.domain.history.records import HistoryRecord

TYPES = ("modelDeleted", "tagCreated")


def is_listed(record: HistoryRecord, wanted: HistoryFilter) -> bool:
    """Whether a record matches all filters."""
    shown = RecordSummary.summed(record).model_dump(mode="json")
    given = {each.name: value for each in FILTERS if (value := getattr(wanted, each.name)) is not None}
    since, until = given.pop("since", None), given.pop("until", None)
    return (
        all(shown[to_camel(name)] in (value if isinstance(value, tuple) else (value,)) for name, value in given.items())
        and (since is None or record.created_at >= since)
        and (until is None or record.created_at < until)
    )


def each_alone(record: HistoryRecord) -> Iterator[HistoryFilter]:
    """The filters that compare a value, each with the record's value and without the others."""
    for each in FILTERS:
        if each.value is not None and (value := each.value(record)) is not None:
            given: Any = (value,) if get_origin(_given(each.kind)) is tuple else value
            yield HistoryFilter(**{each.name: given})


def any_filters() -> st.SearchStrategy[HistoryFilter]:
    """Any filters of records that are within a minute and of `TYPES`."""
    return st.builds(HistoryFilter, **{each.name: st.none() | _values(_given(each.kind)) for each in FILTERS})


def _given(kind: Any) -> Any:  # noqa: ANN401 - a type
    (given,) = (each for each in get_args(kind) if each is not NoneType)
    return given


def _values(kind: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a type
    if kind is str:
        return st.sampled_from(TYPES)
    if kind is datetime:
        return st.sampled_from([at(20), at(40)])
    if get_origin(kind) is tuple:
        return st.sets(_values(get_args(kind)[0]), min_size=1, max_size=3).map(lambda found: (*sorted(found),))
    return st.sampled_from(kind)
