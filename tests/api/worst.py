"""The largest valid value of everything: the longest texts, of the characters that take the most bytes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chalicelib.api.wire import authentication, users
from chalicelib.domain import ids
from chalicelib.domain.delivery.attempt import Exchange, OutboundRequest, Response
from chalicelib.domain.directory.audit import AuditAction, AuditEntry, webhook_changes
from chalicelib.domain.directory.users import ApiKey, Right, Role, User
from chalicelib.domain.expressions.syntax import LENGTH_MAX as EXPRESSION_LENGTH_MAX
from chalicelib.domain.notifications import catalogue, notification, notification_types
from chalicelib.domain.webhooks import headers, urls, webhook
from chalicelib.domain.webhooks.authentication import OAuth2Authentication
from chalicelib.domain.webhooks.owner_fields import TYPES_MAX
from tests.api.town import NOON, SETTINGS, Town
from tests.domain import samples

if TYPE_CHECKING:
    from chalicelib.domain.webhooks.webhook import Webhook

CONTROL: Final = "\x01"
r"""``\u0001`` in JSON, ``\\u0001`` in the JSON around it: seven bytes."""
QUOTE: Final = '"'
r"""``\"``, and ``\\\"`` in the JSON around it: four bytes of what has to be printable."""
QUOTED: Final = json.dumps(QUOTE)[1:-1]

LARGEST: Final = replace(
    SETTINGS,
    page_bytes_max=6_000_000,
    request_body_bytes_max=2_000_000,
    response_bytes_max=131_072,
    response_headers_max=1_000,
    response_header_bytes_max=65_536,
    webhooks_per_request_max=1_000,
    notifications_per_request_max=1_000,
    notification_schema_bytes_max=131_072,
    keys_per_user_max=1_000,
    webhooks_per_user_max=10_000,
    notification_types_max=5_000,
)
"""The settings at the limits that make responses large. A test checks them against those limits."""


def long(character: str, length: int, number: int) -> str:
    """A text of a certain length that ends in a number, so that all are different."""
    return character * (length - 6) + f"{number:06d}"


def a_webhook(number: int, owner_id: str = "1") -> Webhook:
    """The largest webhook that its owner can describe."""
    return samples.webhook(
        number,
        owner_id=owner_id,
        url="https://receiver.example/" + QUOTE * (urls.LENGTH_MAX - 25),
        name=CONTROL * webhook.NAME_LENGTH_MAX,
        notification_types=tuple(long("z", notification_types.NAME_LENGTH_MAX, each) + "*" for each in range(TYPES_MAX)),
        filter_expression=_expression(),
        transform_expression=_expression(),
        headers=tuple((long("x", headers.NAME_LENGTH_MAX, each), "secret") for each in range(headers.COUNT_MAX)),
        authentication=OAuth2Authentication(
            "https://tokens.example/" + QUOTE * (urls.LENGTH_MAX - 23),
            CONTROL * authentication.NAME_LENGTH_MAX,
            "secret",
            CONTROL * authentication.NAME_LENGTH_MAX,
        ),
        disabled_reason="It has failed for 5 days.",
        secrets=samples.webhook().secrets,
    )


def _expression() -> str:
    return f"'{CONTROL * (EXPRESSION_LENGTH_MAX - 2)}'"


def a_user(number: int) -> User:
    groups = tuple(long(QUOTE, notification.PRINCIPAL_LENGTH_MAX, each) for each in range(users.GROUPS_MAX))
    user_id = long(QUOTE, notification.PRINCIPAL_LENGTH_MAX, number)
    name = CONTROL * users.NAME_LENGTH_MAX
    return User(id=user_id, name=name, role=Role.USER, groups=groups, created_at=NOON, updated_at=NOON)


def a_key(number: int, user: User) -> ApiKey:
    key = ApiKey(
        id=f"key_{number:024x}",
        digest="",
        user_id=user.id,
        role=Role.USER,
        groups=(),
        name=CONTROL * users.NAME_LENGTH_MAX,
        rights=frozenset(Right),
        created_at=NOON,
        incarnation=user.incarnation,
        expires_at=NOON + timedelta(days=365),
    )
    return key.with_copy_of(user)


def a_line(number: int) -> AuditEntry:
    """The changes of a webhook in which every field changes."""
    part = ids.derived(samples.at(-number), "audit", str(number))
    changes = webhook_changes(a_webhook(1), replace(samples.webhook(2), name=""))
    return AuditEntry(part=part, at=samples.at(-number), actor="1", action=AuditAction.WEBHOOK_CHANGED, changes=changes)


def a_type(number: int) -> catalogue.CatalogueEntry:
    return catalogue.custom(
        name=long("z", notification_types.NAME_LENGTH_MAX, number),
        template=CONTROL * catalogue.TEMPLATE_LENGTH_MAX,
        description=CONTROL * catalogue.DESCRIPTION_LENGTH_MAX,
        schema=json.dumps({"title": QUOTE * (LARGEST.notification_schema_bytes_max // 2 - 7)}, separators=(",", ":")),
    )


def a_response() -> Response:
    size = LARGEST.response_header_bytes_max // LARGEST.response_headers_max - 10
    return Response(
        500,
        tuple((f"x{each:04d}", CONTROL * size) for each in range(LARGEST.response_headers_max)),
        CONTROL.encode() * LARGEST.response_bytes_max,
    )


def an_exchange() -> Exchange:
    """Slack's body for a notification of quotes. Each quote is escaped in the notification and again in its text."""
    body = json.dumps({"text": "", "attachments": [{"text": json.dumps({"a": QUOTE * 65_000})}]}).encode()
    sent = tuple((long("x", headers.NAME_LENGTH_MAX, each), headers.MASK) for each in range(headers.COUNT_MAX))
    request = OutboundRequest(a_webhook(1).url, sent, body, 10)
    return Exchange(request=request, started_at=NOON, duration_ms=12, response=a_response())


def a_notification() -> str:
    """A name of the largest length, of the characters that grow most when they are sent."""
    frame = '{"notificationType":"modelDeleted","text":"","a":""}'
    return frame[:-2] + '\\"' * ((LARGEST.notification_bytes_max - len(frame)) // 2) + frame[-2:]


class WorstTown(Town):
    """A service at its limits. The users own as much as they may."""

    def __init__(self) -> None:
        super().__init__(LARGEST)

    def furnish(self, webhooks: int) -> list[str]:
        """Create the largest webhooks for Anna, and return their ids."""
        made = [a_webhook(number) for number in range(webhooks)]
        for each in made:
            self.world.webhooks.create(each)
        return [each.id for each in made]
