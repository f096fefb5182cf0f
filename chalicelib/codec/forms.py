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
from inspect import get_annotations
from typing import Annotated, Any, Final, NamedTuple, Union, get_args, get_origin

import msgspec

from chalicelib.domain.ids import RecordId

Conversion = Callable[[Any], Any]
_TAG_FIELD: Final = "kind"
"""The member that names the class of a union. Its value is the class variable `TAG` of the dataclass."""


class Form(NamedTuple):
    """How the values of a type are stored: the stored type, and the conversions there and back, if any.

    A conversion raises `ValueError` or `InvalidInput` if a stored value is not valid. ``None`` is not converted.
    """

    stored: Any
    store: Conversion | None = None
    load: Conversion | None = None


def _record_id(text: str) -> RecordId:
    record_id = RecordId.parse(text)
    if record_id is None:
        message = "no record has such an id"
        raise ValueError(message)
    return record_id


_FORMS: Final[Mapping[Any, Form]] = {
    datetime: Form(
        Annotated[datetime, msgspec.Meta(tz=True)], None, lambda at: at if at.tzinfo is UTC else at.astimezone(UTC)
    ),
    RecordId: Form(str, str, _record_id),
}


class Forms:
    """Derives the forms of types, each once.

    Args:
        own: types that are stored in another form than that of their fields.
        aside: dataclass → the fields that are not stored, with the values that they get when they are loaded, unless the
            Struct was given others.
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
            self._forms.setdefault(hint, self._derived(hint))  # two threads may be here: all use the same Structs
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
        """Fields with `compare=False` are not part of the value, and are not stored."""
        hints, aside = get_annotations(kind, eval_str=True), self._aside.get(kind, {})
        kept = [each for each in fields(kind) if each.compare and each.name not in aside]
        forms = {each.name: self.of(hints[each.name]) for each in kept}
        defaults = {each.name: self._default(each, forms[each.name]) for each in kept}
        tag = getattr(kind, "TAG", None)
        struct = msgspec.defstruct(
            kind.__name__,
            [(name, form.stored, *defaults[name].declared) for name, form in forms.items()],
            frozen=not aside,
            dict=bool(aside),
            omit_defaults=True,
            kw_only=True,
            tag_field=None if tag is None else _TAG_FIELD,
            tag=tag,
        )
        names = list(forms)
        stores = [(name, defaults[name].omitting(form.store)) for name, form in forms.items() if form.store is not None]
        loads = [(name, form.load) for name, form in forms.items() if form.load is not None]

        def store(value: Any) -> Any:  # noqa: ANN401
            values = {name: getattr(value, name) for name in names}
            for name, convert in stores:
                if (given := values[name]) is not None:
                    values[name] = convert(given)
            return struct(**values)

        def load(stored: Any) -> Any:  # noqa: ANN401
            values = msgspec.structs.asdict(stored)
            for name, convert in loads:
                if (given := values[name]) is not None:
                    values[name] = _converted(name, convert, given)
            return kind(**values, **{**aside, **stored.__dict__}) if aside else kind(**values)

        return Form(struct, store, load)

    def _default(self, field: Field[Any], form: Form) -> _Default:
        value = field.default if field.default_factory is MISSING else field.default_factory()
        if value is MISSING:
            return _Default((None,) if type(None) in get_args(form.stored) else ())
        stored = value if form.store is None or value is None else form.store(value)
        if self._omits_empty and not msgspec.to_builtins(stored):
            return _Default((stored,), value)
        return _Default((msgspec.field(default_factory=lambda: stored),))

    def _union(self, parts: tuple[Any, ...]) -> Form:
        """An optional type, or a union of dataclasses with tags."""
        forms = {each: self.of(each) for each in parts}
        stored: Any = Union[tuple(each.stored for each in forms.values())]  # noqa: UP007 - the parts are not known before
        forms.pop(types.NoneType, None)
        if len(forms) == 1:
            ((_, store, load),) = forms.values()
            return Form(stored, store, load)
        stores = {kind: form.store for kind, form in forms.items()}
        loads = {form.stored: form.load for form in forms.values()}
        return Form(stored, _by_type(stores), _by_type(loads))

    def _collection(self, origin: Any, parts: tuple[Any, ...]) -> Form:  # noqa: ANN401
        """The values of a mapping, or the items of a tuple of any length, may be converted."""
        forms = [Form(each) if each is Ellipsis else self.of(each) for each in parts]
        stored = origin[tuple(each.stored for each in forms)]
        changing = [each for each in forms if each.store or each.load]
        if not changing:
            return Form(stored)
        (form,) = changing
        return Form(stored, _of_each(origin, form.store), _of_each(origin, form.load))


class _Default(NamedTuple):
    """The default of a field as a Struct declares it, if it has one. `omitted` is the value that is left out."""

    declared: tuple[Any, ...]
    omitted: Any = MISSING

    def omitting(self, store: Conversion) -> Conversion:
        """The conversion, with the default object for what equals it: msgspec leaves out only that object."""
        if not is_dataclass(self.omitted):
            return store
        (default,), omitted = self.declared, self.omitted
        return lambda value: default if value == omitted else store(value)


class Refused(ValueError):
    """A member is not valid. `path` is where it is."""

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(problem)
        self.path = path


def _converted(name: str, convert: Conversion, value: Any) -> Any:  # noqa: ANN401
    try:
        return convert(value)
    except Refused as refused:
        path = f"{name}.{refused.path}"
        raise Refused(path, str(refused)) from refused
    except (ValueError, OverflowError) as error:
        raise Refused(name, str(error)) from error


def _by_type(conversions: Mapping[Any, Any]) -> Conversion:
    return lambda value: conversions[type(value)](value)


def _of_each(origin: type, convert: Conversion | None) -> Conversion | None:
    if convert is None:
        return None
    if issubclass(origin, Mapping):
        return lambda values: {key: convert(value) for key, value in values.items()}
    return lambda values: tuple(map(convert, values))
