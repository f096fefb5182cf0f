"""Any value of a dataclass of the domain, by the types of its fields: a field that is added has values at once."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from chalicelib.domain import ids
from chalicelib.domain.ids import RecordId

TEXTS: Final = st.text(st.characters(), max_size=20)
"""With halves of surrogate pairs, which a producer's JSON may have."""
TIMES: Final = st.datetimes(datetime(1970, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the zone is added
PARTS: Final = st.builds(ids.sortable, TIMES, st.binary(min_size=10, max_size=10))
LEAVES: Final[dict[Any, st.SearchStrategy[Any]]] = {
    types.NoneType: st.none(),
    str: TEXTS,
    bool: st.booleans(),
    int: st.integers(-(2**63), 2**63 - 1),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bytes: st.binary(max_size=40),
    datetime: TIMES,
    date: st.dates(),
    RecordId: st.builds(RecordId, PARTS.map(lambda part: ids.WEBHOOK + part), PARTS),
    Any: st.none() | st.booleans() | TEXTS,
}


def of(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401, PLR0911 - a type, or an alias of one
    """Values of a type."""
    if hint in LEAVES:
        return LEAVES[hint]
    if is_dataclass(hint):
        return _dataclass(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return st.one_of([of(each) for each in parts])
    if origin is tuple and parts[-1] is not Ellipsis:
        return st.tuples(*map(of, parts))
    if origin in {tuple, frozenset}:
        return st.lists(of(parts[0]), max_size=3).map(origin)
    if origin is Mapping:
        keys = st.text(st.characters(codec="utf-8"), max_size=5) if parts[0] is str else of(parts[0])
        return st.dictionaries(keys, of(parts[1]), max_size=3)
    return st.sampled_from(hint)


def _dataclass(kind: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401
    hints = get_type_hints(kind)
    return st.builds(kind, **{each.name: of(hints[each.name]) for each in fields(kind) if each.compare})
