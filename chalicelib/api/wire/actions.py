"""Notification types in requests and responses. The paths call them actions."""

from typing import Any, Final

from pydantic import Field

from chalicelib.api.wire.model import Incoming, Outgoing, PageQuery
from chalicelib.domain.notifications.catalogue import DESCRIPTION_LENGTH_MAX, TEMPLATE_LENGTH_MAX, CatalogueEntry

PAGE_LENGTH_MAX: Final = 1_000
"""Also the default: callers expect all names in one response."""


class ActionsQuery(PageQuery):
    """The query of `GET /webhooks/actions`."""

    details: bool = Field(default=False, description="True: objects instead of names.")
    limit: int = Field(PAGE_LENGTH_MAX, ge=1, le=PAGE_LENGTH_MAX, description=PageQuery.model_fields["limit"].description)


class ActionIn(Incoming):
    """The body of `PUT /webhooks/actions/{name}`."""

    description: str | None = Field(default=None, max_length=DESCRIPTION_LENGTH_MAX)
    template: str | None = Field(default=None, min_length=1, max_length=TEMPLATE_LENGTH_MAX)
    json_schema: dict[str, Any] | None = Field(default=None, validation_alias="schema")


class ActionOut(Outgoing):
    """A notification type in a list."""

    name: str
    description: str | None
    template: str | None
    has_schema: bool
    is_custom: bool

    @classmethod
    def of(cls, entry: CatalogueEntry) -> "ActionOut":
        """The type without its schema."""
        return cls(
            name=entry.name,
            description=entry.description,
            template=entry.template,
            has_schema=entry.has_schema,
            is_custom=entry.is_custom,
        )


class ActionWithSchema(ActionOut):
    """A notification type with its schema, ``null`` if it has none."""

    json_schema: dict[str, Any] | None = Field(serialization_alias="schema")
