"""The entries of the catalogue: the built-in notification types, and those that admins add."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from chalicelib.domain.errors import InvalidInput
from chalicelib.domain.notifications import notification_types
from chalicelib.domain.payloads.blank import is_blank

DESCRIPTION_LENGTH_MAX: Final = 1_000
TEMPLATE_LENGTH_MAX: Final = 2_000
PLACEHOLDERS: Final = ("{actor}", "{subject}", "{target}")
"""The placeholders of a template. Any other brace is an error."""

_PLACEHOLDER: Final = re.compile("|".join(map(re.escape, PLACEHOLDERS)))
_BRACE: Final = re.compile("[{}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueEntry:
    """A notification type. `schema` is the JSON text of its schema, or ``None`` in a list of entries.

    `template` is ``None`` only for ``ALL_NOTIFICATIONS``, which is not the type of any notification.
    """

    name: str
    template: str | None
    description: str | None = None
    is_custom: bool = False
    has_schema: bool = False
    schema: str | None = None


BUILT_IN: Final = tuple(
    CatalogueEntry(name=name, template=notification_types.TEMPLATES.get(name)) for name in notification_types.NAMES
)
"""The types of the reference API and the service's own, in the order of the reference API."""

_BUILT_IN_BY_NAME: Final = {entry.name: entry for entry in BUILT_IN}


def built_in(name: str) -> CatalogueEntry | None:
    """The built-in type with that name, case-insensitive."""
    return _BUILT_IN_BY_NAME.get(notification_types.canonical(name))


def custom(*, name: str, template: str | None, description: str | None, schema: str | None) -> CatalogueEntry:
    """A type that an admin adds; raise `InvalidInput` if its name or its template is not valid.

    Args:
        name: its spelling from now on.
        template: its sentence; ``None`` for a default of its name and the subject.
        description: what the type is for.
        schema: the JSON text of a valid schema.

    """
    if not notification_types.is_name(name):
        length_max = notification_types.NAME_LENGTH_MAX
        problem = f"use 1 to {length_max} letters, digits, '.', '_' and '-', and begin with a letter"
        message = f"{name[:length_max]!r} is not a valid name for a notification type: {problem}."
        raise InvalidInput(message, {"name": problem})
    if template is not None:
        check_template(template)
    return CatalogueEntry(
        name=name,
        template=f"{name}: {{subject}}" if template is None or is_blank(template) else template,
        description=description,
        is_custom=True,
        has_schema=schema is not None,
        schema=schema,
    )


def check_template(template: str) -> None:
    """Raise `InvalidInput` with the position of the first brace that is not part of one of the `PLACEHOLDERS`."""
    blanked = _PLACEHOLDER.sub(lambda found: " " * len(found[0]), template)
    brace = _BRACE.search(blanked)
    if brace is not None:
        problem = f"the '{brace[0]}' at character {brace.start() + 1} is not part of {', '.join(PLACEHOLDERS)}"
        message = f"The template is not valid: {problem}."
        raise InvalidInput(message, {"template": problem})
