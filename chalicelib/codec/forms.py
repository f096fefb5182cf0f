"""The stored form of a frozen dataclass, derived from its fields.

A codec derives a `msgspec.Struct` from each dataclass, field by field, and msgspec reads and writes the Structs. So a field
that is added to a dataclass is stored without further code. msgspec could take the dataclasses themselves, but then a union
of them has no tags, defaults are always written, and a time without a zone is valid.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Final, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from chalicelib.domain.ids import RecordId

Change = Callable[[Any], Any]
_TAG_FIELD: Final = "kind"
"""The member that names the class of a union. A dataclass says by its class variable `TAG` what is written there."""


class Form(NamedTuple):
    """How the values of a type are stored: as which type, and what is changed on the way there and back, if anything.

    A change raises `ValueError` or `InvalidInput` if a stored value is not valid.
    """

    stored: Any
    store: Change | None = None
    load: Change | None = None


def _to_utc(at: datetime) -> datetime:
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def _record_id(text: str) -> RecordId:
    record_id = RecordId.parse(text)
    if record_id is None:
        message = "no record has such an id"
        raise ValueError(message)
    return record_id


_FORMS: Final[Mapping[Any, Form]] = {
    datetime: Form(Annotated[datetime, msgspec.Meta(tz=True)], None, _to_utc),
    RecordId: Form(str, str, _record_id),
}


class Forms:
    """Derives the forms of types, each once.

    Args:
        own: types that are stored in another form than that of their fields.
        aside: dataclass → the fields that are not stored, with the values that they get when they are loaded.
        omits_empty: whether a field is left out if it has its default and the default is empty: ``None``, ``""``, 0, false,
            no items. Other defaults are written, so that a later change of the default does not change what was stored.

    """

    def __init__(
        self, own: Mapping[Any, Form], aside: Mapping[type, Mapping[str, Any]], *, omits_empty: bool = True
    ) -> None:
        self._forms: dict[Any, Form] = {**_FORMS, **own}
        self._aside = aside
        self._omits_empty = omits_empty

    def of(self, hint: Any) -> Form:  # noqa: ANN401 - a type, or an alias of one
        """The form of a type."""
        if hint not in self._forms:
            self._forms[hint] = self._derived(hint)
        return self._forms[hint]

    def _derived(self, hint: Any) -> Form:  # noqa: ANN401
        if is_dataclass(hint):
            return self._dataclass(hint)
        parts = get_args(hint)
        if not parts:
            return Form(hint)
        if get_origin(hint) in {Union, types.UnionType}:
            return self._union(parts)
        return self._collection(get_origin(hint), parts)

    def _dataclass(self, kind: Any) -> Form:  # noqa: ANN401
        """Fields that are not compared are for the moment alone, and not stored."""
        hints, aside = get_type_hints(kind), self._aside.get(kind, {})
        kept = [each for each in fields(kind) if each.compare and each.name not in aside]
        columns = [self._column(each, self.of(hints[each.name])) for each in kept]
        tag = getattr(kind, "TAG", None)
        struct = msgspec.defstruct(
            kind.__name__,
            [each.declared for each in columns],
            frozen=True,
            omit_defaults=True,
            kw_only=True,
            tag_field=None if tag is None else _TAG_FIELD,
            tag=tag,
        )
        names = tuple(each.name for each in columns)
        stores = [(each.name, each.store) for each in columns if each.store is not None]
        loads = [(each.name, each.load) for each in columns if each.load is not None]

        def store(value: Any) -> Any:  # noqa: ANN401
            values = {name: getattr(value, name) for name in names}
            for name, change in stores:
                values[name] = change(values[name])
            return struct(**values)

        def load(stored: Any) -> Any:  # noqa: ANN401
            values = {name: getattr(stored, name) for name in names}
            for name, change in loads:
                values[name] = _changed(name, change, values[name])
            return kind(**values, **aside)

        return Form(struct, store, load)

    def _column(self, field: Field[Any], form: Form) -> _Column:
        default = field.default if field.default_factory is MISSING else field.default_factory()
        if default is MISSING:
            is_optional = type(None) in get_args(form.stored)
            return _Column(
                field.name, (field.name, form.stored, None) if is_optional else (field.name, form.stored), *form[1:]
            )
        kept = default if form.store is None else form.store(default)
        if self._omits_empty and is_dataclass(default) and form.store is not None:
            return _Column(field.name, (field.name, form.stored, kept), _omitting(default, kept, form.store), form.load)
        if self._omits_empty and not default:
            return _Column(field.name, (field.name, form.stored, kept), *form[1:])
        written = msgspec.field(default_factory=lambda: kept)
        return _Column(field.name, (field.name, form.stored, written), *form[1:])

    def _union(self, parts: tuple[Any, ...]) -> Form:
        """Classes that are told from each other by their tags, or one type or none."""
        forms = {each: self.of(each) for each in parts}
        stored: Any = Union[tuple(each.stored for each in forms.values())]  # noqa: UP007 - the parts are not known before
        if len([each for each in parts if each is not types.NoneType]) == 1:
            ((_, form),) = [each for each in forms.items() if each[0] is not types.NoneType]
            return Form(stored, _unless_none(form.store), _unless_none(form.load))
        stores = {kind: form.store or _same for kind, form in forms.items()}
        loads = {form.stored: form.load or _same for form in forms.values()}
        return Form(stored, lambda value: stores[type(value)](value), lambda value: loads[type(value)](value))

    def _collection(self, origin: Any, parts: tuple[Any, ...]) -> Form:  # noqa: ANN401
        """Of a mapping the values may change, of a tuple of any length the items."""
        forms = [Form(each) if each is Ellipsis else self.of(each) for each in parts]
        stored = origin[tuple(each.stored for each in forms)]
        changing = [each for each in forms if each.store or each.load]
        if not changing:
            return Form(stored)
        (form,) = changing
        each_of = _of_values if issubclass(origin, Mapping) else _of_items
        return Form(stored, each_of(form.store), each_of(form.load))


class _Column(NamedTuple):
    """A field of a dataclass, as a Struct declares it."""

    name: str
    declared: tuple[Any, ...]
    store: Change | None
    load: Change | None


class Refused(ValueError):
    """A member is not valid; `path` leads to it."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(problem)
        self.path = path


def _changed(name: str, change: Change, value: Any) -> Any:  # noqa: ANN401
    try:
        return change(value)
    except Refused as refused:
        path = f"{name}.{refused.path}"
        raise Refused(path, str(refused)) from refused
    except (ValueError, OverflowError) as error:
        raise Refused(name, str(error)) from error


def _same(value: Any) -> Any:  # noqa: ANN401
    return value


def _omitting(default: Any, kept: Any, store: Change) -> Change:  # noqa: ANN401
    """Msgspec leaves out what is the default itself; what equals it is not."""
    return lambda value: kept if value == default else store(value)


def _unless_none(change: Change | None) -> Change | None:
    return None if change is None else lambda value: None if value is None else change(value)


def _of_items(change: Change | None) -> Change | None:
    return None if change is None else lambda values: tuple(map(change, values))


def _of_values(change: Change | None) -> Change | None:
    return None if change is None else lambda values: {key: change(value) for key, value in values.items()}
