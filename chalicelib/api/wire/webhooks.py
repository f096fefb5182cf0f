"""Webhooks in requests and responses."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.api.wire import authentication as own
from chalicelib.api.wire.errors import ElementError, ErrorDetail
from chalicelib.api.wire.model import Described, Incoming, Moment, Outgoing, ShownId, extended, without_defaults
from chalicelib.domain.delivery import signing
from chalicelib.domain.webhooks.health import Circuit
from chalicelib.domain.webhooks.owner_fields import CREATED, EDITED, OWNER_FIELDS, REQUIRED, SHOWN, OwnerField
from chalicelib.domain.webhooks.webhook import Webhook
from chalicelib.webhooks.edits import OVERLAP_DEFAULT_S, OVERLAP_MAX_S, WebhookEdit
from chalicelib.webhooks.service import WebhookDraft


class WebhookStatus(StrEnum):
    """Whether a webhook gets deliveries."""

    ENABLED = "enabled"
    PAUSED = "paused"
    """By its owner."""
    DISABLED = "disabled"
    """By the service; `disabledReason` says why."""


_OWN_KINDS: Final = {"headers": own.GivenHeaders, "authentication": own.AuthenticationIn}
"""The fields that contain secrets. They have models of their own."""
_OWN_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "headers": own.given_headers,
    "authentication": own.given_authentication,
}
_READERS: Final = {each.name: _OWN_READERS.get(each.name, each.read) for each in OWNER_FIELDS}


class _OwnerFieldsIn(Incoming):
    """A body with the fields that an owner sets, under the names of `Webhook`."""

    def values(self) -> dict[str, Any]:
        """The values in the body; raise `InvalidInput` if an authentication is incomplete."""
        return {name: read(getattr(self, name)) for name, read in _READERS.items() if name in self.model_fields_set}


class _Created(_OwnerFieldsIn):
    """One element of ``webhooks`` in `POST /webhooks`."""

    asymmetric_signature: bool = Field(default=False, description="Add an ed25519 signature (`v1a`) to the HMAC one.")

    def draft(self) -> WebhookDraft:
        """The input of the use case."""
        return WebhookDraft(self.values(), has_private_key=self.asymmetric_signature)


class _Edited(_OwnerFieldsIn):
    """The body of `PATCH /webhooks/{id}`. Members that are left out do not change; null sets the default."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    def edit(self) -> WebhookEdit:
        """The input of the use case: the members that were in the body."""
        return WebhookEdit(self.values())


def _kind(field: OwnerField, *, is_nullable: bool) -> Any:  # noqa: ANN401 - a type
    """The type of a field, with its bounds."""
    kind: Any = _OWN_KINDS.get(field.name, field.kind)
    if field.item_bounds is not None:
        kind = list[Annotated[int, Field(ge=field.item_bounds[0], le=field.item_bounds[1])]]
    if field.bounds is not None:
        kind = Annotated[kind, Field(ge=field.bounds[0], le=field.bounds[1])]
    if field.lengths is not None:
        kind = Annotated[kind, Field(min_length=field.lengths[0] or None, max_length=field.lengths[1])]
    if field.format is not None:
        kind = Annotated[kind, Field(json_schema_extra={"format": field.format})]
    return kind | None if is_nullable else kind


def _created(field: OwnerField) -> tuple[Any, Any]:
    """The member of a body that creates a webhook."""
    described: dict[str, Any] = {"alias": field.wire, "description": field.says}
    if field.default is REQUIRED:
        return _kind(field, is_nullable=False), Field(**described)
    return _kind(field, is_nullable=field.default is None), Field(default=field.default, **described)


def _edited(field: OwnerField) -> tuple[Any, Any]:
    """The member of a body that changes a webhook. Its default is not used."""
    is_nullable = field.default is not REQUIRED
    return _kind(field, is_nullable=is_nullable), Field(default=None, alias=field.wire, description=field.says)


if TYPE_CHECKING:
    WebhookIn = _Created
    WebhookPatch = _Edited
else:
    WebhookIn = extended("WebhookIn", _Created, {each.name: _created(each) for each in CREATED})
    WebhookPatch = extended("WebhookPatch", _Edited, {each.name: _edited(each) for each in EDITED})


class RotationIn(Incoming):
    """The body of `POST /webhooks/{id}/secret/rotate`, which may be left out."""

    overlap_seconds: float = Field(default=OVERLAP_DEFAULT_S, ge=0, le=OVERLAP_MAX_S)


class HealthOut(Outgoing):
    """The webhook's recent failures and response times."""

    circuit: Circuit
    consecutive_failures: int
    failing_since: Moment | None
    next_probe_at: Moment | None
    retry_after: Moment | None = Field(
        description="The receiver asked for a pause until this time (`Retry-After`); null if it did not."
    )
    is_slow: bool


class _Shown(Outgoing):
    """A webhook. `url` is masked for everybody but the owner, since the URL of a chat is a secret."""


_BY_THE_SERVICE: Final[Mapping[str, tuple[Any, Any]]] = {
    "created_by": (ShownId, Field(description="The owner.")),
    "created_at": (Moment, Field()),
    "updated_at": (Moment, Field()),
    "status": (WebhookStatus, Field(description="Whether it gets deliveries.")),
    "disabled_reason": (str | None, Field(description="Why the service disabled it.")),
    "version": (int, Field(description="The number of changes, which is also the `ETag`.")),
    "public_key": (str | None, Field(description="Verifies the ed25519 signature; null if the webhook has none.")),
    "health": (HealthOut, Field(description="Its recent failures and response times.")),
}


def _shown_as(field: OwnerField) -> tuple[Any, Any]:
    """The member of a response."""
    kind = _SHOWN_KINDS.get(field.name, field.kind)
    is_nullable = field.default is None and field.name != "headers"
    return kind | None if is_nullable else kind, Field(alias=field.wire, description=field.says)


_SHOWN_KINDS: Final[Mapping[str, Any]] = {"headers": dict[str, bool], "authentication": dict[str, str | bool]}

if TYPE_CHECKING:
    WebhookOut = _Shown
else:
    WebhookOut = extended(
        "WebhookOut", _Shown, {"id": (str, Field()), **{each.name: _shown_as(each) for each in SHOWN}, **_BY_THE_SERVICE}
    )


def _members(webhook: Webhook, now: datetime, *, is_own: bool) -> dict[str, Any]:
    fields = {each.name: each.seen(getattr(webhook, each.name), is_own=is_own) for each in SHOWN if each.kind is not None}
    return fields | {
        "id": webhook.id,
        "created_by": webhook.owner_id,
        "created_at": webhook.created_at,
        "updated_at": webhook.updated_at,
        "status": _status(webhook),
        "disabled_reason": webhook.disabled_reason,
        "version": webhook.version,
        "headers": own.shown_headers(webhook.headers),
        "authentication": own.shown_authentication(webhook.authentication, is_own=is_own),
        "public_key": signing.public_key(webhook.secrets),
        "health": HealthOut(
            circuit=webhook.health.circuit(now),
            consecutive_failures=webhook.health.failures,
            failing_since=webhook.health.failing_since,
            next_probe_at=webhook.health.called_again_at,
            retry_after=webhook.health.rest_until,
            is_slow=webhook.health.is_slow(now),
        ),
    }


class WebhookWithSecret(WebhookOut):
    """A webhook with the secret that signs its requests from now on. The secret is shown only here."""

    secret: str = Field(description="Signs the requests. Shown only here.")


def out(webhook: Webhook, now: datetime, *, is_own: bool) -> BaseModel:
    """The webhook, for its owner or for others."""
    return WebhookOut(**_members(webhook, now, is_own=is_own))


def with_secret(webhook: Webhook, now: datetime, *, is_own: bool = True) -> BaseModel:
    """The webhook with its secret, for the user who created it or rotated the secret."""
    return WebhookWithSecret(**_members(webhook, now, is_own=is_own), secret=webhook.secrets[0].value)


class WebhooksIn(Described):
    """The body of `POST /webhooks`. The setting WEBHOOKS_PER_REQUEST_MAX limits the number of webhooks."""

    model_config = ConfigDict(extra="forbid")

    webhooks: Annotated[list[WebhookIn], Field(min_length=1)]


class WebhooksCreated(Described):
    """The result for each webhook of a request."""

    created_webhooks: list[WebhookWithSecret]
    errors: list[ElementError]


class NoneCreated(WebhooksCreated):
    """The result if no webhook was created; `error` is about the whole request."""

    error: ErrorDetail


def _status(webhook: Webhook) -> WebhookStatus:
    if webhook.disabled_reason is not None:
        return WebhookStatus.DISABLED
    return WebhookStatus.ENABLED if webhook.is_enabled else WebhookStatus.PAUSED
