"""Writes changes of webhooks, on condition that the webhook has not changed since it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chalicelib.adapters.aws import ConditionFailed
from chalicelib.adapters.dynamodb import webhook_item, webhook_secrets
from chalicelib.adapters.dynamodb.table import Condition
from chalicelib.adapters.dynamodb.webhook_secrets import PLAIN
from chalicelib.domain.directory.preconditions import StandingLost
from chalicelib.domain.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.adapters.dynamodb.values import Value
    from chalicelib.adapters.dynamodb.webhook_secrets import SecretBox
    from chalicelib.domain.webhooks.health import Health
    from chalicelib.domain.webhooks.webhook import Webhook

_IS_SEALED: Final = " AND attribute_exists(#sealed)"
_IS_PLAIN: Final = " AND attribute_not_exists(#sealed)"
_INTO_THE_WHOLE: Final = " REMOVE #disabled"
"""Removes the attribute of a disablement: after the change, the JSON has the reason, or the webhook is enabled."""


def is_made(table: Table, old: Webhook, new: Webhook, box: SecretBox, checks: Sequence[Any] = ()) -> bool:
    """Write all but the health; return whether `old` was unchanged. Raise `StandingLost` if one of the checks fails.

    Encrypted secrets that stay the same are not written, so functions that cannot decrypt secrets do not remove them.
    """
    change = _Change(table, old, new, checks)
    if box is PLAIN:
        return change.is_written(webhook_item.changeable(new))
    if not webhook_secrets.are_same(old, new):
        return change.is_written(webhook_item.changeable(new, box), "" if box.may_seal else _IS_PLAIN)
    if change.is_written(webhook_item.public(new), _IS_SEALED):
        return True
    return change.is_written(_sealed_if_possible(new, box), _IS_PLAIN)


def is_disabled(table: Table, old: Webhook, new: Webhook) -> bool:
    """Write that the service has disabled it; return whether `old` was unchanged.

    The delivering functions do this. Their roles may only change the attributes named here, the health and the slots
    (`dynamodb:Attributes` in `infra/template/policies.json`): not the URL, not the owner.
    """
    changes = webhook_item.disablement(new)
    assigned = ", ".join(f"#{name} = :{name}" for name in changes)
    given = {f":{name}": value for name, value in changes.items()}
    return table.is_updated(webhook_item.key(old.id), f"SET {assigned}", given, _is_as_seen(old))


def is_health_written(table: Table, seen: Webhook, new: Health) -> bool:
    """Write the health; return whether neither the owner nor a worker has changed the webhook since it was read.

    ::

        worker: attempt to v1 ends, health decided ─────────────────────────────▶ written if still v1: refused
        owner:                             PATCH v1 → v2, with a clean health ─▶

    The version is written too, unchanged. Otherwise a clean health of v1 would look like the one that v2 begins with, and so
    like an earlier write whose response was lost.
    """
    given: dict[str, Value] = {":new": webhook_item.health(new), ":version": seen.version}
    return table.is_updated(webhook_item.key(seen.id), "SET #health = :new, #version = :version", given, _is_as_seen(seen))


def _is_as_seen(seen: Webhook) -> Condition:
    """Holds if neither the owner nor a worker has changed it. A path into the map would be one more attribute to allow."""
    values: dict[str, Value] = {":old": seen.version, ":old_health": webhook_item.health(seen.health)}
    return Condition("#version = :old AND #health = :old_health", values)


def _sealed_if_possible(new: Webhook, box: SecretBox) -> dict[str, Value]:
    """Attributes of a webhook from before there was a key. Its secrets stay plain if this process may not encrypt."""
    try:
        return webhook_item.changeable(new, box)
    except Unavailable:
        return webhook_item.changeable(new)


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of one webhook, with checks of users in the same transaction."""

    table: Table
    old: Webhook
    new: Webhook
    checks: Sequence[Any]

    def is_written(self, attributes: Mapping[str, Value], condition: str = "") -> bool:
        """Write these attributes, and the health if it changes too."""
        is_as_read = Condition(f"#version = :old{condition}", {":old": self.old.version})
        values = {f":{key}": value for key, value in attributes.items()}
        changes = [f"#{key[1:]} = {key}" for key in values]
        health = {} if self.new.health == self.old.health else {":health": webhook_item.health(self.new.health)}
        changes += ["#health = :health"] if health else []
        into_the_whole = _INTO_THE_WHOLE if self.old.disabled_reason is not None else ""
        key, expression = webhook_item.key(self.old.id), f"SET {', '.join(changes)}{into_the_whole}"
        if not self.checks:
            return self.table.is_updated(key, expression, {**values, **health}, is_as_read)
        return self._is_transacted(self.table.updating(key, expression, {**values, **health}, is_as_read))

    def _is_transacted(self, step: dict[str, Any]) -> bool:
        """Make the step and the checks in one transaction; ``False`` if only the step's own condition does not hold."""
        try:
            self.table.transact([step, *self.checks])
        except ConditionFailed as failed:
            if failed.steps != {0}:
                raise StandingLost from failed
            return False
        return True
